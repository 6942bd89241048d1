/**
 * A strict DER cursor (X.690): reads one value after the other, checks every length against what is there, copies
 * nothing. Indefinite lengths are BER, which only PKCS#12 writers still use: they have a reader of their own.
 */
import { FormatError } from '../errors.js';
import { bigintFromBytes } from './convert.js';

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Longest INTEGER that is read, in bytes: 32,768 bits. Keeps a lying length from costing big-number arithmetic. */
export const MAX_INTEGER = 4096;

/** One value: tag octet and contents, `end` the index behind it in the bytes it was read from. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly start: number;
  /** Index of the first content byte. */
  readonly contentStart: number;
  readonly end: number;
}

export class DerCursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Reads `bytes` from index `at` up to `end`. */
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** Index of the next value in the bytes given to the constructor. */
  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** A view of what has not been read. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }

  /** The tag of the next value; -1 at the end. */
  get peek(): number {
    return this.done ? -1 : (this.#bytes[this.#at] as number);
  }

  /** The next value. Throws FormatError when its header is malformed or its contents reach past the end. */
  next(): DerValue {
    const value = this.header();
    if (value.end > this.#end) throw new FormatError('DER: value is cut');
    this.#at = value.end;
    return value;
  }

  /** The next value, its contents cut short where the bytes end: `end` may lie outside. Does not move the cursor. */
  header(): DerValue {
    const bytes = this.#bytes;
    const start = this.#at;
    if (start + 2 > this.#end) throw new FormatError('DER: no value');
    const tag = bytes[start] as number;
    if ((tag & 0x1f) === 0x1f) throw new FormatError('DER: multi-byte tag');
    const first = bytes[start + 1] as number;
    if (first < 0x80) return this.#value(tag, start, start + 2, first);
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new FormatError('DER: length of unknown size');
    if (start + 2 + count > this.#end) throw new FormatError('DER: length is cut');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + 2 + i] as number);
    if (length < 0x80 || bytes[start + 2] === 0) throw new FormatError('DER: length is not minimal');
    return this.#value(tag, start, start + 2 + count, length);
  }

  /** The next value, which must have this tag. */
  take(tag: number): DerValue {
    if (this.peek !== tag) throw new FormatError(`DER: tag ${tag} expected`);
    return this.next();
  }

  /** The next value if it has this tag. */
  takeIf(tag: number): DerValue | undefined {
    return this.peek === tag ? this.next() : undefined;
  }

  /** A cursor over the contents of the next value, which must have this tag. */
  enter(tag: number): DerCursor {
    const { contentStart, end } = this.take(tag);
    return new DerCursor(this.#bytes, contentStart, end);
  }

  /** As `enter`, but the value may be cut: then the cursor ends where the bytes do. */
  open(tag: number): DerCursor {
    if (this.peek !== tag) throw new FormatError(`DER: tag ${tag} expected`);
    const { contentStart, end } = this.header();
    this.#at = Math.min(end, this.#end);
    return new DerCursor(this.#bytes, contentStart, this.#at);
  }

  /** A non-negative INTEGER of at most `MAX_INTEGER` bytes. */
  unsigned(): bigint {
    const { content } = this.take(TAG.integer);
    if (content.length > MAX_INTEGER) throw new FormatError('DER: integer too long');
    if (content.length === 0) throw new FormatError('DER: empty integer');
    if ((content[0] as number) >= 0x80) throw new FormatError('DER: negative integer');
    if (content.length > 1 && content[0] === 0 && (content[1] as number) < 0x80) {
      throw new FormatError('DER: integer is not minimal');
    }
    return bigintFromBytes(content);
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(): string {
    return dottedOid(this.take(TAG.oid).content);
  }

  #value(tag: number, start: number, contentStart: number, length: number): DerValue {
    const end = contentStart + length;
    return { tag, start, contentStart, end, content: this.#bytes.subarray(contentStart, Math.min(end, this.#end)) };
  }
}

/** Dotted form of an OID's contents. Throws FormatError for a cut or oversized arc. */
export function dottedOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  content.forEach((byte, index) => {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 0xffffffff) throw new FormatError('DER: OID arc too large');
    if (byte < 0x80) {
      if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
      else arcs.push(arc);
      arc = 0;
    } else if (index === content.length - 1) throw new FormatError('DER: OID is cut');
  });
  if (arcs.length === 0) throw new FormatError('DER: empty OID');
  return arcs.join('.');
}
