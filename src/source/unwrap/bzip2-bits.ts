/** Bits of a bzip2 stream, highest first. Whoever reads sees to it that there are enough; behind the end there are zeros. */
import type { Packed } from './packed.js';

const PIECE = 64 * 1024;

export class BitReader {
  readonly #packed: Packed;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #buffer = 0;
  #count = 0;
  #ended = false;

  constructor(packed: Packed) {
    this.#packed = packed;
  }

  /** Whether `length` more bytes are there, or no more will come. */
  holds(length: number): boolean {
    return this.#ended || this.#bytes.length - this.#at >= length;
  }

  /** Gets more input until `length` bytes are there. */
  async fill(length: number): Promise<void> {
    while (!this.holds(length)) {
      const piece = await this.#packed.some(PIECE);
      this.#ended = piece.length === 0;
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), piece]);
      this.#at = 0;
    }
  }

  /** Whether more was read than there is. */
  get overrun(): boolean {
    return this.#at - (this.#count >> 3) > this.#bytes.length;
  }

  /** Where the next bit is, in bytes of the packed data. */
  get offset(): number {
    return this.#packed.offset - this.#bytes.length + this.#at - (this.#count >> 3);
  }

  /** Up to 24 bits, left where they are. */
  peek(count: number): number {
    while (this.#count < count) {
      this.#buffer = ((this.#buffer << 8) | (this.#bytes[this.#at++] ?? 0)) & 0x7fffffff;
      this.#count += 8;
    }
    return (this.#buffer >>> (this.#count - count)) & ((1 << count) - 1);
  }

  drop(count: number): void {
    this.#count -= count;
  }

  read(count: number): number {
    const value = this.peek(count);
    this.#count -= count;
    return value;
  }

  /** Leaves the rest of the byte, and gives back the bytes behind it. */
  finish(): void {
    const used = this.#at - (this.#count >> 3);
    this.#packed.unread(this.#bytes.subarray(used));
  }
}
