/** Reads the fields of a 7z header. Throws a BoundsError where they do not fit. */
import { checkedCount, checkedSize, Fields, slice } from '../../../bytes/read.js';

export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #fields: Fields;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#fields = new Fields(bytes, true);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  u8(): number {
    const value = this.#fields.u8(this.at);
    this.at++;
    return value;
  }

  /** A view. */
  bytes(length: number, what: string): Uint8Array {
    const bytes = slice(this.#bytes, this.at, length, what);
    this.at += length;
    return bytes;
  }

  /** 7zFormat.txt, "UINT64": the high bits of the first byte tell how many follow; its low bits are the highest. */
  u64(): bigint {
    const first = this.u8();
    let value = 0n;
    for (let i = 0; i < 8; i++) {
      const mask = 0x80 >> i;
      if ((first & mask) === 0) return value | (BigInt(first & (mask - 1)) << BigInt(8 * i));
      value |= BigInt(this.u8()) << BigInt(8 * i);
    }
    return value;
  }

  /** A size or place within anything that a file can hold. */
  size(what: string, limit = Number.MAX_SAFE_INTEGER): number {
    return checkedSize(this.u64(), limit, what);
  }

  /** A count of things of which each takes at least `each` bytes of what follows. */
  count(what: string, each = 1): number {
    return checkedCount(this.u64(), each, this.left, what);
  }

  /** Highest bit first. */
  bits(count: number): (index: number) => boolean {
    const bytes = this.bytes(Math.ceil(count / 8), 'a list of bits');
    return (index) => (((bytes[index >> 3] as number) >> (7 - (index & 7))) & 1) === 1;
  }

  /** Bits behind a byte that says that all are set, when it is not zero. */
  optionalBits(count: number): (index: number) => boolean {
    return this.u8() !== 0 ? () => true : this.bits(count);
  }

  /** A checksum for each of `count`, where there is one. */
  digests(count: number): (number | undefined)[] {
    const defined = this.optionalBits(count);
    const digests: (number | undefined)[] = [];
    for (let i = 0; i < count; i++) {
      if (!defined(i)) digests.push(undefined);
      else {
        digests.push(this.#fields.u32(this.at));
        this.at += 4;
      }
    }
    return digests;
  }
}
