/** Finds candidates for primes of RSA in a slot's window by the WebAssembly build of `kernel/factors.ts`. */
import { type FactorFinder, type FactorPlaces, ScalarFactors } from '../relate/factors.js';
import type { ByteOrder } from '../relate/number-store.js';
import { WINDOW_OFFSET } from './slot.js';

interface FactorExports {
  factorPlacesAt(): number;
  factorRoom(): number;
  factors(first: number, last: number, size: number, step: number, aligned: number): number;
}

/** Candidates at one place, at most: one for each order. */
const ORDERS = 3;

/** Indexes are those of the window. */
export class SimdFactors implements FactorFinder {
  readonly #exports: FactorExports;
  readonly #places: Uint32Array;
  /** Places of which the kernel has room for all candidates. */
  readonly #atOnce: number;

  constructor(exports: unknown, memory: WebAssembly.Memory) {
    this.#exports = exports as FactorExports;
    const room = this.#exports.factorRoom();
    this.#places = new Uint32Array(memory.buffer, this.#exports.factorPlacesAt(), room);
    this.#atOnce = Math.floor(room / ORDERS);
  }

  find({ first, last, size, step, aligned }: FactorPlaces, onFactor: (at: number, order: ByteOrder) => void): void {
    const at = (index: number) => WINDOW_OFFSET + index;
    for (let from = first; from <= last; from += this.#atOnce * step) {
      const to = Math.min(last, from + (this.#atOnce - 1) * step);
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
