/** After the scan: follows the addresses of Kerberos credentials through the dump. */
import type { ReadSpans } from '../relate/addresses.js';
import { kerberosCreds } from '../relate/kerberos-creds.js';
import type { DumpMap } from '../types.js';
import type { Tally } from './tally.js';

/** `read`: undefined where the dump came through a pipe. What cannot be followed is told: nothing else finds those keys. */
export async function tellKerberosCreds(tally: Tally, map: DumpMap, read: ReadSpans | undefined): Promise<void> {
  const { structures } = tally;
  if (structures.length === 0 || map.swappedWord !== undefined) return;
  if (!map.regions.some(({ address }) => address !== undefined)) return;
  if (read === undefined) {
    const message = 'addresses of Kerberos credentials cannot be followed in a stream that is read once: scan the file';
    tally.warnings.push({ code: 'TICKETS_IN_STREAM', message, incomplete: true });
    return;
  }
  if (tally.structuresDropped) {
    const message = `more than ${structures.length} structures that may be Kerberos credentials: not all were followed`;
    tally.warnings.push({ code: 'TICKETS_CUT', message, incomplete: true });
  }
  structures.sort((a, b) => a - b);
  tally.keep(await kerberosCreds(structures, map.regions, read));
}
