/** After the scan: follows the addresses of what may be shielded SSH keys through the dump. */
import { closedShields, type ReadSpans } from '../relate/closed-shields.js';
import type { Chunks, RandomBytes } from '../source/unwrap/chunks.js';
import { pick } from '../source/unwrap/pick.js';
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

export function readRandom(random: RandomBytes): ReadSpans {
  return (spans) => Promise.all(spans.map(({ offset, length }) => random.read(offset, length)));
}

/** One more pass over a stream for all the spans. */
export function readAgain(again: (() => Chunks) | undefined): ReadSpans | undefined {
  if (again === undefined) return undefined;
  return async (spans) => {
    const { picked } = await pick(again(), spans);
    const keyOf = (offset: number, length: number) => `${offset} ${length}`;
    const wanted = [...spans].sort((a, b) => a.offset - b.offset);
    const bytes = new Map(wanted.map(({ offset, length }, i) => [keyOf(offset, length), picked[i]?.bytes]));
    return spans.map(({ offset, length }) => bytes.get(keyOf(offset, length)) ?? new Uint8Array(0));
  };
}
