/** Finds candidates for primes of RSA in a slot's window by the WebAssembly build of `kernel/factors.ts`. */
import { type FactorFinder, type FactorPlaces, ScalarFactors } from '../relate/factors.js';
import type { ByteOrder } from '../relate/number-store.js';
import { WINDOW_OFFSET } from './slot.js';

interface FactorExports {
  factors(first: number, last: number, size: number, step: number, aligned: number): number;
}

/** Behind the number that the kernel lays out, in the memory below the tables. */
const FACTORS_OFFSET = 3088;
const ROOM = 250;
/** At each place, one for each order. */
const AT_ONCE = Math.floor(ROOM / 3) - 1;

/** Indexes are those of the window, of `length` bytes. */
export class SimdFactors implements FactorFinder {
  readonly #exports: FactorExports;
  readonly #places: Uint32Array;

  constructor(exports: unknown, memory: WebAssembly.Memory) {
    this.#exports = exports as FactorExports;
    this.#places = new Uint32Array(memory.buffer, FACTORS_OFFSET, ROOM);
  }

  find({ first, last, size, step, aligned }: FactorPlaces, onFactor: (at: number, order: ByteOrder) => void): void {
    const at = (index: number) => WINDOW_OFFSET + index;
    for (let from = first; from <= last; from += AT_ONCE * step) {
      const to = Math.min(last, from + (AT_ONCE - 1) * step);
      const count = this.#exports.factors(at(from), at(to), size, step, at(aligned));
      for (let i = 0; i < count; i++) {
        const place = this.#places[i] as number;
        onFactor(from + (place >>> 2), (place & 3) as ByteOrder);
      }
    }
  }
}

/** The specification, on the same indexes. */
export function scalarFactors(memory: WebAssembly.Memory): FactorFinder {
  return new ScalarFactors(new Uint8Array(memory.buffer, WINDOW_OFFSET));
}
