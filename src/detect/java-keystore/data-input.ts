/** The primitives of java.io.DataInput, in which Java keystores are written. All integers are big-endian. */
import { checkedSize, Fields, slice } from '../../bytes/read.js';

/** BoundsError where a field does not fit. */
export class DataInput {
  readonly #bytes: Uint8Array;
  readonly #fields: Fields;
  #at = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#fields = new Fields(bytes, false);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
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

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const bytes = slice(this.#bytes, this.#at, length, 'keystore field');
    this.#at += length;
    return bytes;
  }

  /** A view of the bytes of `writeUTF`: two bytes of length, then modified UTF-8. */
  utf(): Uint8Array {
    return this.take(this.u16());
  }

  /** A view of bytes counted by four bytes, at most `limit` of them. */
  counted(limit: number, what: string): Uint8Array {
    return this.take(checkedSize(this.u32(), limit, what));
  }
}
