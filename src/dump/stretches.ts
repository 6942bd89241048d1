/** Regions of a dump that is made of many small records: neighbours that are alike become one. */
import type { Region } from '../types.js';

/** Two stretches are alike when all but place and length is equal. */
type Label = Omit<Region, 'offset' | 'length'>;

export class Stretches {
  readonly #regions: Array<{ offset: number; length: number } & Label> = [];
  readonly #limit: number;
  #end: number;

  /** More than `limit` regions are not told apart: what follows takes the last one's kind, and has no address. */
  constructor(start: number, limit: number) {
    this.#end = start;
    this.#limit = limit;
  }

  get end(): number {
    return this.#end;
  }

  /** Whether what is added now has no address any more. */
  get full(): boolean {
    return this.#regions.length > this.#limit;
  }

  /** The next `length` bytes. */
  add(kind: Region['kind'], length: number, rest: Pick<Region, 'address' | 'physical'> = {}): void {
    if (length === 0) return;
    const last = this.#regions.at(-1);
    if (last !== undefined && (this.full || continues(last, kind, rest))) last.length += length;
    else if (this.#regions.length === this.#limit) this.#regions.push({ offset: this.#end, length, kind });
    else this.#regions.push({ offset: this.#end, length, kind, ...rest });
    this.#end += length;
  }

  /** Cut at `size`, ascending. */
  regions(size: number): Region[] {
    return clipped(this.#regions, size);
  }
}

function continues(
  { kind, length, address, physical }: Omit<Region, 'offset'>,
  next: Region['kind'],
  rest: Pick<Region, 'address' | 'physical'>,
): boolean {
  return kind === next && follows(address, length, rest.address) && follows(physical, length, rest.physical);
}

function follows(first: bigint | undefined, length: number, next: bigint | undefined): boolean {
  return first === undefined || next === undefined ? first === next : first + BigInt(length) === next;
}

/**
 * Regions that ascend and do not overlap, cut at `size`. Only the last that begins before it can be short: nothing is
 * copied for the others, of which there may be a million.
 */
export function clipped(regions: readonly Region[], size: number): Region[] {
  let count = regions.length;
  while (count > 0 && (regions[count - 1] as Region).offset >= size) count--;
  const inside = regions.slice(0, count);
  const last = inside.at(-1);
  if (last !== undefined && last.offset + last.length > size) {
    inside[count - 1] = { ...last, length: size - last.offset };
  }
  return inside;
}
