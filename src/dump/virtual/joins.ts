/**
 * Where memory of a process goes on in another place of the dump: spans that stand next to each other at its addresses,
 * in windows around each such joint. A joint that several processes share is taken once.
 */
import type { Span } from '../../types.js';
import { PAGE } from './memory.js';
import type { Extent } from './page-tables.js';
import type { AddressSpace } from './spaces.js';

export interface JoinedSpans {
  readonly pieces: readonly Span[];
  /** Bytes of all pieces. */
  readonly length: number;
}

/** `reach`: bytes around a joint that a structure across it may take; `most`: bytes of one window. Multiples of a page. */
export function* joinedSpans(spaces: readonly AddressSpace[], reach: number, most: number): Generator<JoinedSpans> {
  const seen = new JointSet();
  for (const { extents } of spaces) {
    for (const stretch of stretches(extents)) yield* windows(stretch, seen, reach / PAGE, most / PAGE);
  }
}

/** Extents that follow each other by address without a gap. */
function* stretches(extents: readonly Extent[]): Generator<Extent[]> {
  let stretch: Extent[] = [];
  let end = -1;
  for (const extent of extents) {
    if (extent.virtual !== end && stretch.length > 0) {
      yield stretch;
      stretch = [];
    }
    stretch.push(extent);
    end = extent.virtual + extent.pages;
  }
  if (stretch.length > 0) yield stretch;
}

/** Windows of one stretch that together have `reach` pages around every joint that is new. */
function* windows(stretch: readonly Extent[], seen: JointSet, reach: number, most: number): Generator<JoinedSpans> {
  const first = (stretch[0] as Extent).virtual;
  const last = stretch.at(-1) as Extent;
  const end = last.virtual + last.pages;
  let [from, to] = [-1, -1];
  for (let i = 1; i < stretch.length; i++) {
    const [before, after] = [stretch[i - 1] as Extent, stretch[i] as Extent];
    if (!seen.add((before.offset + before.pages * PAGE) / PAGE, after.offset / PAGE)) continue;
    const [low, high] = [Math.max(first, after.virtual - reach), Math.min(end, after.virtual + reach)];
    if (from >= 0 && low <= to && high - from <= most) {
      to = high;
      continue;
    }
    if (from >= 0) yield cut(stretch, from, to);
    [from, to] = [low, high];
  }
  if (from >= 0) yield cut(stretch, from, to);
}

/** The pages `[from, to)` of a stretch as spans of the dump. */
function cut(stretch: readonly Extent[], from: number, to: number): JoinedSpans {
  const pieces: Span[] = [];
  for (let i = indexOf(stretch, from); i < stretch.length; i++) {
    const { virtual, offset, pages } = stretch[i] as Extent;
    if (virtual >= to) break;
    const low = Math.max(from, virtual);
    const high = Math.min(to, virtual + pages);
    pieces.push({ offset: offset + (low - virtual) * PAGE, length: (high - low) * PAGE });
  }
  return { pieces, length: (to - from) * PAGE };
}

/** The extent that holds a page of the stretch. */
function indexOf(stretch: readonly Extent[], page: number): number {
  let [low, high] = [0, stretch.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretch[middle] as Extent).virtual <= page) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Pairs of page offsets. */
class JointSet {
  /** Mostly there is one: a set for each of millions of pages would be most of the memory. */
  readonly #next = new Map<number, number | Set<number>>();

  /** False when the pair is there already. */
  add(before: number, after: number): boolean {
    const known = this.#next.get(before);
    if (known === undefined) this.#next.set(before, after);
    else if (typeof known === 'number') {
      if (known === after) return false;
      this.#next.set(before, new Set([known, after]));
    } else if (known.has(after)) return false;
    else known.add(after);
    return true;
  }
}
