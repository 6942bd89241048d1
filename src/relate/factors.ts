/** Which places of a run may hold a prime or a modulus of RSA. */
import { type ByteOrder, ORDER } from './number-store.js';
import { hasNoSmallFactor, isOddAndFull, mayBePrime, readNumber, wheelResidue } from './numbers.js';

/** Where to look: every number of `size` bytes, a multiple of eight up to 1024, that begins at `first + i·step` up to `last`. */
export interface FactorPlaces {
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly step: 1 | 8;
  /** Words of 32 bits, most significant first, only at places that differ from this by a multiple of four. */
  readonly aligned: number;
}

export interface FactorFinder {
  /**
   * Calls `onFactor` for each number that is odd, has its top bit set, and is divisible by no odd prime below 1000, as 16 of
   * a hundred odd ones: by place, at one place in the order little, big, words. Places are indexes of the finder's bytes.
   */
  find(places: FactorPlaces, onFactor: (at: number, order: ByteOrder) => void): void;
}

/** The specification. */
export class ScalarFactors implements FactorFinder {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  find({ first, last, size, step, aligned }: FactorPlaces, onFactor: (at: number, order: ByteOrder) => void): void {
    for (let at = first; at <= last; at += step) {
      for (const order of [ORDER.little, ORDER.big, ORDER.words]) {
        if (order === ORDER.words && (at - aligned) % 4 !== 0) continue;
        if (!isOddAndFull(this.#bytes, at, size, order)) continue;
        if (!mayBePrime(wheelResidue(this.#bytes, at, size, order))) continue;
        if (hasNoSmallFactor(readNumber(this.#bytes, at, size, order))) onFactor(at, order);
      }
    }
  }
}
