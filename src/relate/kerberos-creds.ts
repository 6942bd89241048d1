/** Follows the addresses of `krb5_creds` (detect/kerberos/creds.ts) to the session key and the ticket. */

import { judgeSecret } from '../detect/judge.js';
import { CREDS_LENGTH, type Creds, readCreds, serviceOf, TICKET_HEAD } from '../detect/kerberos/creds.js';
import { kerberosKey } from '../detect/kerberos/names.js';
import { attempt } from '../errors.js';
import type { Detection, Region, Span } from '../types.js';
import { addresses, type ReadSpans } from './addresses.js';

/** `structures`: offsets at which one may stand. Those are told whose ticket is one, and whose key is there. */
export async function kerberosCreds(
  structures: readonly number[],
  regions: readonly Region[],
  read: ReadSpans,
): Promise<Detection[]> {
  const placeOf = addresses(regions);
  const heads = await read(structures.map((offset) => ({ offset, length: CREDS_LENGTH })));
  const candidates = heads.flatMap((bytes) => {
    const creds = attempt(() => readCreds(bytes));
    const key = creds && placeOf(creds.key.address, creds.key.length);
    const ticket = creds && placeOf(creds.ticket.address, Math.min(creds.ticket.length, TICKET_HEAD));
    return creds && key && ticket ? [{ creds, key, ticket }] : [];
  });
  const parts = await read(candidates.flatMap(({ key, ticket }) => [key, ticket]));
  return candidates.flatMap(({ creds, key }, i) => {
    const [secret, ticket] = parts.slice(2 * i, 2 * i + 2) as [Uint8Array, Uint8Array];
    const service = attempt(() => serviceOf(ticket));
    if (service === undefined || secret.length < key.length || secret.every((byte) => byte === 0)) return [];
    return tell(creds, key, secret, service);
  });
}

function tell(creds: Creds, place: Span, secret: Uint8Array, service: string): Detection[] {
  const notes = [`ticket for ${service}`, ...creds.notes];
  const judged = judgeSecret(
    'kerberos-ticket',
    kerberosKey('krb5_creds', place.length, Uint8Array.from(secret), notes),
  );
  secret.fill(0);
  return judged ? [{ ...judged, ...place }] : [];
}
