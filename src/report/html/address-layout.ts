/** Where addresses come to lie in a drawing: clusters of memory, without the voids between them. */
import type { AddressStrip } from '../../picture.js';

/** A strip and its place, in units from the left end of its cluster. */
export interface Placed {
  readonly strip: AddressStrip;
  readonly x: number;
  readonly width: number;
}

export interface Cluster {
  readonly placed: readonly Placed[];
  /** Pieces of the drawing that it takes. */
  readonly pieces: number;
}

/** A void that is smaller than this does not part two clusters. */
const LEAST_VOID = 64n * 1024n * 1024n;
const MAX_CLUSTERS = 12;
/** Strips in a piece, and pieces of a cluster, and of all. */
const STRIPS = 14;
const MAX_PIECES = 6;
/** Units of a collapsed void, and of the smallest strip. */
const VOID = 6;
const THINNEST = 2;

/** `strips` ascend by address. */
export function layOutAddresses(strips: readonly AddressStrip[], width: number): Cluster[] {
  return clusters(strips).map((cluster) => {
    const pieces = Math.min(MAX_PIECES, Math.max(1, Math.round(cluster.length / STRIPS)));
    return { pieces, placed: place(cluster, width * pieces) };
  });
}

/** Parts the strips at the largest voids. */
function clusters(strips: readonly AddressStrip[]): AddressStrip[][] {
  const voids = strips
    .map((strip, index) => ({ index, bytes: voidBefore(strips, index), strip }))
    .filter(({ bytes }) => bytes >= LEAST_VOID)
    .sort((a, b) => (a.bytes > b.bytes ? -1 : a.bytes < b.bytes ? 1 : a.index - b.index))
    .slice(0, MAX_CLUSTERS - 1);
  const cuts = [0, ...voids.map(({ index }) => index).sort((a, b) => a - b), strips.length];
  return cuts.slice(1).flatMap((end, index) => {
    const cluster = strips.slice(cuts[index], end);
    return cluster.length > 0 ? [cluster] : [];
  });
}

export function voidBefore(strips: readonly AddressStrip[], index: number): bigint {
  const [before, strip] = [strips[index - 1], strips[index]];
  return before && strip ? strip.address - before.address - before.length : 0n;
}

/**
 * Widths grow with the square root of lengths, so that a stack can be seen beside a heap a thousand times as large; a hole
 * is no wider than the widest memory of its cluster, voids are all alike.
 */
function place(strips: readonly AddressStrip[], width: number): Placed[] {
  const gaps = strips.filter((_, index) => voidBefore(strips, index) > 0n).length;
  const gap = Math.min(VOID, (width * 0.4) / Math.max(1, gaps));
  const weights = weigh(strips);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const room = width - gap * gaps;
  const raw = weights.map((weight) => Math.max(THINNEST, (weight / total) * room));
  const shrink = room / raw.reduce((sum, wide) => sum + wide, 0);
  let x = 0;
  return strips.map((strip, index) => {
    if (voidBefore(strips, index) > 0n) x += gap;
    const placed = { strip, x, width: (raw[index] as number) * shrink };
    x += placed.width;
    return placed;
  });
}

function weigh(strips: readonly AddressStrip[]): number[] {
  const memory = strips.filter(({ kind }) => kind !== 'hole').map(({ length }) => Number(length));
  const most = memory.length > 0 ? memory.reduce((a, b) => Math.max(a, b)) : Number.MAX_VALUE;
  return strips.map(({ length }) => Math.sqrt(Math.min(Number(length), most)));
}

/** The strip that holds an address, and where in it the address lies; undefined in a void. */
export function unitOf(placed: readonly Placed[], address: bigint): number | undefined {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((placed[middle] as Placed).strip.address <= address) low = middle + 1;
    else high = middle;
  }
  const found = placed[low - 1];
  if (found === undefined || address >= found.strip.address + found.strip.length) return undefined;
  return found.x + (Number(address - found.strip.address) / Number(found.strip.length)) * found.width;
}
