/** After the scan: follows the addresses of what may be shielded SSH keys through the dump. */
import type { ReadSpans } from '../relate/addresses.js';
import { closedShields } from '../relate/closed-shields.js';
import type { DumpMap } from '../types.js';
import type { Tally } from './tally.js';

/** `read`: undefined where the dump came through a pipe: nothing is told then, as nothing is lost with it. */
export async function tellClosedShields(tally: Tally, map: DumpMap, read: ReadSpans | undefined): Promise<void> {
  const { shieldTails } = tally;
  if (read === undefined || shieldTails.length === 0 || !map.regions.some(({ address }) => address !== undefined))
    return;
  // Other machines' words are of other lengths and orders.
  if (map.swappedWord !== undefined) return;
  shieldTails.sort((a, b) => a - b);
  tally.keep(await closedShields(shieldTails, map.regions, read));
}
