/** Reads the fields of an OpenPGP packet one after the other (RFC 9580 section 3). All integers are big-endian. */
import { bigintFromBytes } from '../../bytes/convert.js';
import { checkedSize, Fields, slice } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';

/** Bits of the longest number that is read. */
const MAX_BITS = 16384 + 8;

/** BoundsError where a field does not fit. */
export class Octets {
  readonly bytes: Uint8Array;
  readonly #fields: Fields;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.#fields = new Fields(bytes, false);
    this.#at = at;
  }

  /** Index in `bytes` of the next octet. */
  get position(): number {
    return this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  u8(): number {
    const value = this.#fields.u8(this.#at);
    this.#at += 1;
    return value;
  }

  u16(): number {
    const value = this.#fields.u16(this.#at);
    this.#at += 2;
    return value;
  }

  u32(): number {
    const value = this.#fields.u32(this.#at);
    this.#at += 4;
    return value;
  }

  /** A view of the next `length` octets. */
  take(length: number): Uint8Array {
    const bytes = slice(this.bytes, this.#at, length, 'OpenPGP field');
    this.#at += length;
    return bytes;
  }

  /** A view of octets counted by one octet. */
  counted(): Uint8Array {
    return this.take(this.u8());
  }

  /**
   * A view of a multiprecision integer's octets (section 3.2), without its bit count. A `strict` one has exactly as
   * many bits as it says. GnuPG counts a point or seed, too, by its octets (`simple octet string`), so there the top octet
   * may be anything.
   */
  mpi(strict: boolean): Uint8Array {
    const bits = checkedSize(this.u16(), MAX_BITS, 'bits of an OpenPGP number');
    const bytes = this.take(Math.ceil(bits / 8));
    if (strict && (bits === 0 || 32 - Math.clz32(bytes[0] as number) !== ((bits - 1) & 7) + 1)) {
      throw new FormatError('OpenPGP number has other bits than it says');
    }
    return bytes;
  }

  number(): bigint {
    return bigintFromBytes(this.mpi(true));
  }
}
