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

  /** The next `length` bytes. */
  add(kind: Region['kind'], length: number, rest: Pick<Region, 'address' | 'physical'> = {}): void {
    const last = this.#regions.at(-1);
    if (last !== undefined && (this.#regions.length > this.#limit || continues(last, kind, rest)))
      last.length += length;
    else if (this.#regions.length === this.#limit) this.#regions.push({ offset: this.#end, length, kind });
    else this.#regions.push({ offset: this.#end, length, kind, ...rest });
    this.#end += length;
  }

  /** Cut at `size`, ascending. */
  regions(size: number): Region[] {
    return this.#regions
      .filter(({ offset, length }) => length > 0 && offset < size)
      .map((region) => ({ ...region, length: Math.min(region.length, size - region.offset) }));
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
