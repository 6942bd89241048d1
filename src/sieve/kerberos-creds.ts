/** After the scan: follows the addresses of Kerberos credentials through the dump. */
import type { ReadSpans } from '../relate/closed-shields.js';
import { kerberosCreds } from '../relate/kerberos-creds.js';
import type { DumpMap } from '../types.js';
import type { Tally } from './tally.js';

/** `read`: undefined where the dump came through a pipe. */
export async function tellKerberosCreds(tally: Tally, map: DumpMap, read: ReadSpans | undefined): Promise<void> {
  const { structures } = tally;
  if (read === undefined || structures.length === 0 || map.swappedWord !== undefined) return;
  if (!map.regions.some(({ address }) => address !== undefined)) return;
  structures.sort((a, b) => a - b);
  tally.keep(await kerberosCreds(structures, map.regions, read));
}
