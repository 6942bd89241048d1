/** Things that stand at addresses, found by address. */
import type { Address } from '../types.js';

/** Finds items by address, in O(log n). Asked in ascending order, it rarely has to search. */
export class Lookup<T> {
  /** Sorted by start. */
  readonly items: readonly T[];
  readonly #start: (item: T) => Address;
  /** Index after the item that was last found. */
  #next = 0;

  constructor(items: readonly T[], start: (item: T) => Address) {
    this.items = byAddress(items, start);
    this.#start = start;
  }

  /** The last item that starts at or before an address. */
  lastBefore(address: Address): T | undefined {
    return this.items[this.indexBefore(address)];
  }

  /** Its index; -1 if there is none. */
  indexBefore(address: Address): number {
    if (!this.#isNext(this.#next, address)) {
      this.#next = this.#isNext(this.#next + 1, address) ? this.#next + 1 : this.#search(address);
    }
    return this.#next - 1;
  }

  /** Whether the address lies between the item before `index` and the one at `index`. */
  #isNext(index: number, address: Address): boolean {
    const [before, after] = [this.items[index - 1], this.items[index]];
    if (index > 0 && (before === undefined || this.#start(before) > address)) return false;
    return after === undefined || this.#start(after) > address;
  }

  #search(address: Address): number {
    let [low, high] = [0, this.items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start(this.items[middle] as T) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Sorted by `start`, without work where they are already, as writers leave them. */
function byAddress<T>(items: readonly T[], start: (item: T) => Address): readonly T[] {
  const sorted = items.every((item, i) => i === 0 || start(items[i - 1] as T) <= start(item));
  return sorted ? items : [...items].sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : 0));
}
