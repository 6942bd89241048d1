/**
 * `krb5_creds` of MIT krb5 (krb5.h) in memory, as caches of the kind MEMORY hold them: the session key and the ticket lie
 * elsewhere, and their addresses are followed after the scan (relate/kerberos-creds.ts). Of 64-bit machines that store the
 * least significant byte first. Layout: magic, client, server, keyblock (magic, enctype, length, contents), four times,
 * is_skey, flags, addresses, ticket and second ticket (magic, length, data), authdata.
 */
import { DerCursor, TAG } from '../../bytes/der.js';
import { Fields } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { ENCTYPES, principalOf, timeOf } from './names.js';
import { nameIn, partsIn } from './session-key.js';

/** Bytes of the structure that are looked at. */
export const CREDS_LENGTH = 112;
const [ENCTYPE, KEY_LENGTH, KEY, TIMES, TICKET, SECOND] = [28, 32, 40, 48, 80, 96];
/** KV5M_DATA of krb5_err.h. */
const DATA_MAGIC = 0x970ea702;
const MAX_TICKET = 65_536;

export interface Creds {
  readonly key: { readonly address: bigint; readonly length: number };
  readonly ticket: { readonly address: bigint; readonly length: number };
  /** Type of the key, and times. */
  readonly notes: readonly string[];
}

/** Throws where the fields do not fit. */
export function readCreds(bytes: Uint8Array): Creds {
  const fields = new Fields(bytes, true);
  const type = ENCTYPES.get(fields.u32(ENCTYPE));
  const [length, size] = [fields.u32(KEY_LENGTH), fields.u32(TICKET + 4)];
  if (type === undefined || length !== type[1]) throw new FormatError('krb5_creds key');
  const isTicket = fields.u32(TICKET) === DATA_MAGIC && fields.u32(SECOND) === DATA_MAGIC;
  if (!isTicket || size === 0 || size > MAX_TICKET) throw new FormatError('krb5_creds ticket');
  const [authenticated, end] = [fields.u32(TIMES), fields.u32(TIMES + 8)];
  if (end < authenticated) throw new FormatError('krb5_creds times');
  return {
    key: { address: fields.u64(KEY), length },
    ticket: { address: fields.u64(TICKET + 8), length: size },
    notes: [`valid from ${timeOf(authenticated)} until ${timeOf(end)}`, type[0]],
  };
}

export const credsDetector: Detector = {
  name: 'krb5-creds',
  anchors: [hexAnchor('02a70e97')],
  detect({ bytes, at }: Hit, sink: Sink): void {
    const start = at - TICKET;
    if (start < 0) return;
    readCreds(bytes.subarray(start, start + CREDS_LENGTH));
    sink.structure?.(start);
  },
};

/** Bytes of a ticket in which its names stand. */
export const TICKET_HEAD = 768;
const [APPLICATION_1, CONTEXT, VERSION] = [0x61, 0xa0, 5n];

/** The service that a ticket is for (RFC 4120 section 5.3); `bytes` may be cut behind its names. */
export function serviceOf(bytes: Uint8Array): string {
  const ticket = new DerCursor(bytes).open(APPLICATION_1).open(TAG.sequence);
  if (ticket.enter(CONTEXT).unsigned() !== VERSION) throw new FormatError('Kerberos ticket');
  const realm = nameIn(ticket.enter(CONTEXT + 1));
  return principalOf(realm, partsIn(ticket.enter(CONTEXT + 2)));
}
