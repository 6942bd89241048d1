/**
 * The one bounds gate: every offset, count and size that a file declares passes through here before it is used.
 */
import { BoundsError } from '../errors.js';

/** Random access to the bytes of a dump. A read past the end, or past what a stream still holds, comes back short. */
export interface ByteReader {
  /** Bytes that can be read, from 0. */
  readonly size: number;
  /** A fresh copy of up to `length` bytes at `offset`. `length` must be one the caller chose, or passed `checkedCount`. */
  read(offset: number, length: number): Uint8Array;
}

/** A declared 64-bit value as a safe number, at most `limit`. */
export function checkedSize(value: bigint | number, limit: number, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0 || number > limit) {
    throw new BoundsError(`${what} is ${value}, more than ${limit}`);
  }
  return number;
}

/** A declared count of `each`-byte records that must fit into `available` bytes. */
export function checkedCount(count: bigint | number, each: number, available: number, what: string): number {
  const limit = Math.floor(available / each);
  const number = Number(count);
  if (!Number.isSafeInteger(number) || number < 0 || number > limit) {
    throw new BoundsError(`${what} is ${count}, and only ${limit} fit`);
  }
  return number;
}

/** Exactly `length` bytes of `bytes` at `offset`, as a view. */
export function slice(bytes: Uint8Array, offset: number, length: number, what = 'field'): Uint8Array {
  if (offset < 0 || length < 0 || offset + length > bytes.length) {
    throw new BoundsError(`${what} [${offset}, +${length}) is outside ${bytes.length} bytes`);
  }
  return bytes.subarray(offset, offset + length);
}

/** Exactly `length` bytes from `reader`, or a BoundsError. */
export function readExactly(reader: ByteReader, offset: number, length: number, what: string): Uint8Array {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new BoundsError(`${what} lies at ${offset}`);
  const bytes = reader.read(offset, length);
  if (bytes.length !== length) throw new BoundsError(`${what} at ${offset}: ${bytes.length} of ${length} bytes`);
  return bytes;
}

/** Integer fields of one byte order, each read checked by DataView itself (RangeError becomes BoundsError). */
export class Fields {
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = littleEndian;
  }

  get length(): number {
    return this.#view.byteLength;
  }

  u8(at: number): number {
    return this.#gate(at, 1).getUint8(at);
  }

  u16(at: number): number {
    return this.#gate(at, 2).getUint16(at, this.#little);
  }

  u32(at: number): number {
    return this.#gate(at, 4).getUint32(at, this.#little);
  }

  i32(at: number): number {
    return this.#gate(at, 4).getInt32(at, this.#little);
  }

  u64(at: number): bigint {
    return this.#gate(at, 8).getBigUint64(at, this.#little);
  }

  #gate(at: number, length: number): DataView {
    if (!(at >= 0) || at + length > this.#view.byteLength) {
      throw new BoundsError(`field [${at}, +${length}) is outside ${this.#view.byteLength} bytes`);
    }
    return this.#view;
  }
}
