/**
 * What one input may unpack to. A few kilobytes can claim to be petabytes: past the bounds, unpacking ends with a remark,
 * and the dump is incomplete.
 */
import type { Warning } from '../../types.js';
import type { Chunks } from './chunks.js';

export interface UnpackLimits {
  /** Bytes that one input may unpack to, over all its members and levels. */
  readonly most: number;
  /** Unpacked bytes for each packed one, once `allowance` is used up. */
  readonly ratio: number;
  /** Bytes that are unpacked whatever the ratio: cores of processes that reserve much and use little shrink 10,000-fold. */
  readonly allowance: number;
}

const GiB = 1024 ** 3;
/** gzip packs zeros 1,032-fold at best, and a real heap dump was seen at 559. */
export const UNPACK_LIMITS: UnpackLimits = { most: 64 * 1024 * GiB, ratio: 1000, allowance: 16 * GiB };

export class UnpackBudget {
  readonly #limits: UnpackLimits;
  readonly #size: number;
  #packed = 0;
  #unpacked = 0;
  #spent = false;
  /** Bytes of archives within streams that are in memory now, over all levels. */
  held = 0;

  /** `packed`: bytes of the input that are read already. `size`: those that there are, where that is known. */
  constructor(limits: UnpackLimits = UNPACK_LIMITS, packed = 0, size = Number.POSITIVE_INFINITY) {
    this.#limits = limits;
    this.#packed = packed;
    this.#size = size;
  }

  /** A budget of its own for another pass over the same input. */
  again(): UnpackBudget {
    return new UnpackBudget(this.#limits, this.#packed, this.#size);
  }

  /** Whether a bound was reached: nothing more is unpacked of this input. */
  get spent(): boolean {
    return this.#spent;
  }

  /** Counts what is read of the input itself. Members that lie on each other are read again, and are not more for that. */
  read(bytes: number): void {
    this.#packed = Math.min(this.#size, this.#packed + bytes);
  }

  /** Passes unpacked bytes on, to the end or to the bound. */
  async *meter(chunks: Chunks, remark: (warning: Warning) => void): Chunks {
    for await (const piece of chunks) {
      this.#unpacked += piece.length;
      const { most, ratio, allowance } = this.#limits;
      if (this.#unpacked > most || (this.#unpacked > allowance && this.#unpacked > ratio * this.#packed)) {
        this.#spent = true;
      }
      if (this.#spent) {
        remark(this.exhausted());
        return;
      }
      yield piece;
    }
  }

  exhausted(): Warning {
    const message = `unpacking ended after ${this.#unpacked} bytes from ${this.#packed}: what follows was not scanned`;
    return { code: 'UNPACK_LIMIT', message, incomplete: true };
  }
}
