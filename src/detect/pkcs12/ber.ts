/**
 * BER to DER, as far as PKCS#12 needs it: indefinite lengths become definite ones, and octet strings in pieces are put
 * together (X.690 sections 8.1.3.6 and 8.7.3). What the pieces hold is not touched.
 */
import { concatBytes } from '../../bytes/convert.js';
import { slice } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';

const MAX_DEPTH = 24;
const MAX_VALUES = 1024;
const MAX_LENGTH = 256 * 1024;

const CONSTRUCTED = 0x20;
const CONSTRUCTED_OCTET_STRING = 0x24;
const OCTET_STRING = 0x04;

export interface DerCopy {
  readonly der: Uint8Array;
  /** Bytes of the input that the value takes. */
  readonly length: number;
}

/** The value at index 0 in DER. FormatError or BoundsError when it is malformed, cut, or passes the bounds. */
export function berToDer(bytes: Uint8Array): DerCopy {
  const reader = new BerReader(bytes.subarray(0, MAX_LENGTH));
  const der = reader.value(0);
  return { der, length: reader.at };
}

class BerReader {
  at = 0;
  readonly #bytes: Uint8Array;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  value(depth: number): Uint8Array {
    if (depth > MAX_DEPTH || ++this.#values > MAX_VALUES) throw new FormatError('BER is too deep or too long');
    const tag = this.#octet();
    if ((tag & 0x1f) === 0x1f) throw new FormatError('BER: multi-byte tag');
    const length = this.#length();
    if ((tag & CONSTRUCTED) === 0) {
      if (length === undefined) throw new FormatError('BER: primitive value of indefinite length');
      const content = slice(this.#bytes, this.at, length, 'BER value');
      this.at += length;
      return encode(tag, content);
    }
    const children: Uint8Array[] = [];
    const end = length === undefined ? undefined : this.at + length;
    if (end !== undefined && end > this.#bytes.length) throw new BoundsError('BER value is cut');
    while (end === undefined ? !this.#endOfContents() : this.at < end) children.push(this.value(depth + 1));
    if (end !== undefined && this.at !== end) throw new FormatError('BER: contents pass their value');
    if (tag !== CONSTRUCTED_OCTET_STRING) return encode(tag, concatBytes(...children));
    return encode(OCTET_STRING, concatBytes(...children.map(octetsOf)));
  }

  #octet(): number {
    const octet = this.#bytes[this.at];
    if (octet === undefined) throw new BoundsError('BER value is cut');
    this.at += 1;
    return octet;
  }

  /** Undefined: indefinite. */
  #length(): number | undefined {
    const first = this.#octet();
    if (first < 0x80) return first;
    if (first === 0x80) return undefined;
    if (first > 0x84) throw new FormatError('BER: length of unknown size');
    let length = 0;
    for (let i = 0x80; i < first; i++) length = length * 256 + this.#octet();
    return length;
  }

  #endOfContents(): boolean {
    if (this.#bytes[this.at] !== 0 || this.#bytes[this.at + 1] !== 0) return false;
    this.at += 2;
    return true;
  }
}

/** The contents of a piece, which by now is a primitive octet string in DER. */
function octetsOf(piece: Uint8Array): Uint8Array {
  if (piece[0] !== OCTET_STRING) throw new FormatError('BER: piece is no octet string');
  const first = piece[1] as number;
  return piece.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

function encode(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), content);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return concatBytes(Uint8Array.of(tag, 0x80 | digits.length, ...digits), content);
}
