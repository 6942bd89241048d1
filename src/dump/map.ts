/** Questions to a dump map: what lies at a span, which regions are neighbours in memory but not in the file, how much is missing. */
import type { DumpMap, Location, Region, RegionKind, Span } from '../types.js';

export type Place = Pick<Location, 'address' | 'physical' | 'region' | 'module' | 'thread' | 'process'>;

/** The more a kind tells, the sooner it is named. */
export const TELLING: readonly RegionKind[] = [
  'stack',
  'heap',
  'module',
  'mapped-file',
  'vdso',
  'anonymous',
  'metadata',
  'physical',
  'raw',
  'gap',
];

/** Regions looked at for one span: hostile maps nest thousands of them. */
const MAX_STEPS = 10_000;

/** More places than this for one span say nothing more. */
const MAX_PLACES = 16;

/** Finds the regions of a span in O(log n + matches), overlapping ones too. */
export class RegionIndex {
  /** Sorted by offset. */
  readonly #regions: readonly Region[];
  /** Greatest end among the regions up to each index: where a walk to the left may stop. */
  readonly #reach: Float64Array;

  constructor({ regions }: Pick<DumpMap, 'regions'>) {
    this.#regions = [...regions].sort((a, b) => a.offset - b.offset || b.length - a.length);
    this.#reach = new Float64Array(regions.length);
    let reach = 0;
    this.#regions.forEach(({ offset, length }, index) => {
      reach = Math.max(reach, offset + length);
      this.#reach[index] = reach;
    });
  }

  /** Every place of the span's first byte, the most telling first; a gap where no region holds it. Never empty. */
  locate({ offset }: Span): [Place, ...Place[]] {
    const found: Region[] = [];
    const last = this.#lastStartingBy(offset);
    for (let i = last; i >= 0 && last - i < MAX_STEPS && (this.#reach[i] as number) > offset; i--) {
      const region = this.#regions[i] as Region;
      if (region.offset + region.length > offset) found.push(region);
      if (found.length >= MAX_PLACES) break;
    }
    found.sort(
      (a, b) =>
        TELLING.indexOf(a.kind) - TELLING.indexOf(b.kind) || (a.thread ?? 0) - (b.thread ?? 0) || a.offset - b.offset,
    );
    const places = found.map((region) => placeOf(region, offset));
    const [first = { region: 'gap' }, ...rest] = places;
    return [first, ...rest];
  }

  /**
   * Where a span leaves memory that is contiguous by address: the end of the region that holds its first byte, when the
   * bytes behind it in the file have another address. Undefined when the span stays together.
   */
  tornAt({ offset, length }: Span): number | undefined {
    const first = this.#regions[this.#lastStartingBy(offset)];
    if (first?.address === undefined) return undefined;
    let end = first.offset + first.length;
    let address = first.address + BigInt(first.length);
    for (let steps = 0; end > offset && end < offset + length && steps < MAX_STEPS; steps++) {
      const next = this.#regions[this.#lastStartingBy(end)];
      if (next?.offset !== end || next.address !== address || next.length === 0) return end;
      end += next.length;
      address += BigInt(next.length);
    }
    return undefined;
  }

  /** Index of the last region that starts at or before `offset`; -1 if none. */
  #lastStartingBy(offset: number): number {
    let [low, high] = [0, this.#regions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#regions[middle] as Region).offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function placeOf({ offset, address, physical, kind, module, thread }: Region, at: number): Place {
  const hex = (first: bigint) => `0x${(first + BigInt(at - offset)).toString(16)}`;
  return {
    ...(address !== undefined && { address: hex(address) }),
    ...(physical !== undefined && { physical: hex(physical) }),
    region: kind,
    ...(module !== undefined && { module }),
    ...(thread !== undefined && { thread }),
  };
}

/** Two spans, the first ending at the address where the second begins. */
export type Seam = readonly [Span & Pick<Region, 'address'>, Span & Pick<Region, 'address'>];

/**
 * Pairs of regions that are neighbours by address and lie apart in the file: a structure may cross from one to the
 * other. At most one pair for each region's end; none twice where regions repeat each other, as a minidump's stacks do.
 */
export function seams({ regions }: Pick<DumpMap, 'regions'>): Seam[] {
  const byStart = new Map<bigint, Region>();
  for (const region of regions) {
    if (region.address === undefined || region.length === 0 || region.alone) continue;
    const known = byStart.get(region.address);
    if (known === undefined || region.length > known.length) byStart.set(region.address, region);
  }
  const pairs: Seam[] = [];
  const seen = new Set<string>();
  for (const region of regions) {
    if (region.address === undefined || region.length === 0 || region.alone) continue;
    const end = region.offset + region.length;
    const next = byStart.get(region.address + BigInt(region.length));
    if (next === undefined || next.offset === end || seen.has(`${end} ${next.offset}`)) continue;
    seen.add(`${end} ${next.offset}`);
    pairs.push([region, next]);
  }
  return pairs;
}

/** Bytes of memory that the dump declares and does not hold. */
export function holeBytes({ holes }: Pick<DumpMap, 'holes'>): number {
  const bytes = holes.reduce((sum, { length }) => sum + length, 0n);
  // Hostile headers can declare more than a safe integer holds.
  return bytes > BigInt(Number.MAX_SAFE_INTEGER) / 4n ? Math.floor(Number.MAX_SAFE_INTEGER / 4) : Number(bytes);
}
