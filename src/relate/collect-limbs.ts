/**
 * Candidates from memory whose words have been reversed (relate/limbs.ts): numbers kept as limbs. Everything else that
 * memory holds, bytes and structures, has been collected from it as it stands.
 */
import { FACTOR_SIZES, MARGIN, MAX_SLACK, MIN_FACTOR } from './collect.js';
import { KIND, type NumberStore, ORDER } from './number-store.js';
import { hasNoSmallFactor, isOddAndFull, mayBePrime, readNumber, wheelResidue } from './numbers.js';
import { MAX_CIPHERTEXT } from './shield-parts.js';

/** Bytes of a limb, at least: numbers begin and end with one. */
const LIMB = 4;

export class LimbCollector {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #store: NumberStore;

  /** `bytes`: the window with its words reversed; `offset`: of its first byte in the dump. */
  constructor(bytes: Uint8Array, offset: number, store: NumberStore) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#store = store;
  }

  /** One run, `[from, to)` of the window. */
  add(from: number, to: number, own: boolean): void {
    const length = to - from;
    if (!own || length > MAX_CIPHERTEXT) return;
    const start = Math.max(0, from - MARGIN);
    const end = Math.min(this.#bytes.length, to + MARGIN);
    this.#store.add(KIND.limbs, ORDER.limbs, this.#offset + from, this.#bytes.subarray(start, end), from - start);
    for (const size of FACTOR_SIZES) {
      if (size > length + MARGIN) break;
      const last = size >= length - MAX_SLACK ? end - size : from;
      for (let at = last === from ? from : start; at <= last; at += LIMB) this.#tryFactor(at, size);
    }
  }

  #tryFactor(at: number, size: number): void {
    const bytes = this.#bytes;
    if (size < MIN_FACTOR || at + size > bytes.length || !isOddAndFull(bytes, at, size, ORDER.little)) return;
    if (!mayBePrime(wheelResidue(bytes, at, size, ORDER.little))) return;
    if (!hasNoSmallFactor(readNumber(bytes, at, size, ORDER.little))) return;
    this.#store.add(KIND.factor, ORDER.limbs, this.#offset + at, bytes.subarray(at, at + size));
  }
}
