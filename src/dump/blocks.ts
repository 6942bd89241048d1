/** Small reads of a dump's records, one after another: a system call for each block, not for each record. */
import { type ByteReader, Fields } from '../bytes/read.js';

const BLOCK = 1 << 18;

export class Blocks {
  readonly #reader: ByteReader;
  #start = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Up to `length` bytes (at most a block) at `offset`, as a view; short at the end of what is there. */
  bytes(offset: number, length: number): Uint8Array {
    this.has(offset, length);
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }

  /** Whether `length` bytes (at most a block) are there at `offset`. */
  has(offset: number, length: number): boolean {
    if (offset < this.#start || offset + length > this.#start + this.#bytes.length) {
      this.#start = offset;
      this.#bytes = offset < this.#reader.size ? this.#reader.read(offset, BLOCK) : new Uint8Array(0);
    }
    return offset + length <= this.#start + this.#bytes.length;
  }

  /** A byte for which `has` was asked. */
  u8(offset: number): number {
    return this.#bytes[offset - this.#start] as number;
  }

  /** `length` bytes at `offset` as fields; undefined where they are not all there. */
  fields(offset: number, length: number, littleEndian: boolean): Fields | undefined {
    return this.has(offset, length) ? new Fields(this.bytes(offset, length), littleEndian) : undefined;
  }
}
