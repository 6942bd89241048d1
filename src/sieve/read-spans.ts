/** How spans of a dump are read once more, behind the scan. */
import type { ReadSpans } from '../relate/addresses.js';
import type { Chunks, RandomBytes } from '../source/unwrap/chunks.js';
import { pick } from '../source/unwrap/pick.js';

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
