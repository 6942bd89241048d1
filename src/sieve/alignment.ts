/**
 * Where words begin: their alignment is one of virtual addresses. In an ELF core regions begin at multiples of a page in
 * both; in a minidump a region may begin at any byte of the file.
 */
import type { DumpMap, Region, Span } from '../types.js';
import type { Grid } from './protocol.js';

const WORD = 8n;

/** For a window of the dump, its ranges of aligned words. Undefined: offsets are aligned as addresses are. */
export function alignment({ regions }: Pick<DumpMap, 'regions'>): (window: Span) => Grid | undefined {
  const addressed = regions.filter((region) => (region.address ?? region.physical) !== undefined && region.length > 0);
  if (addressed.every((region) => shiftOf(region) === 0)) return () => undefined;
  const sorted = [...addressed].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return (window) => gridOf(sorted, window);
}

/** Offset of the region's first whole word, less that of its first byte modulo the word. */
function shiftOf({ offset, address, physical }: Region): number {
  const first = (address ?? physical) as bigint;
  return Number((((BigInt(offset) - first) % WORD) + WORD) % WORD);
}

function gridOf(regions: readonly Region[], { offset, length }: Span): Grid {
  const grid: Array<{ from: number; to: number }> = [];
  const end = offset + length;
  let covered = offset;
  const add = (from: number, to: number, shift: number): void => {
    const aligned = from + ((((shift - from) % 8) + 8) % 8);
    if (to - aligned >= 8) grid.push({ from: aligned - offset, to: to - offset });
  };
  for (const region of regions) {
    const from = Math.max(region.offset, covered);
    const to = Math.min(region.offset + region.length, end);
    if (to <= from) continue;
    // What no region covers, and where regions overlap the first that begins, keep an alignment of their own.
    if (from > covered) add(covered, from, 0);
    add(from, to, shiftOf(region));
    covered = to;
  }
  if (covered < end) add(covered, end, 0);
  return grid;
}
