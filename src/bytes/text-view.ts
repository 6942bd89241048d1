/**
 * Bytes read as text, in place: one byte a character, or UTF-16 of either byte order at any alignment. The memory is
 * shared with other threads, so it is never given to a TextDecoder; characters are read one at a time.
 */

export type TextEncoding = 'ascii' | 'utf16le' | 'utf16be';

/** What `code` gives outside of the text. */
export const OUTSIDE = -1;

/** Characters are counted from the first whole one in `bytes` that keeps step with the byte `anchor`. */
export class TextView {
  readonly encoding: TextEncoding;
  /** Characters. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  /** Byte index of character 0. */
  readonly #origin: number;
  readonly #stride: 1 | 2;
  /** Where in a character its low and its high byte stand. */
  readonly #low: 0 | 1;

  /** `anchor`: index of the first byte of any character; for UTF-16 it tells the alignment. */
  constructor(bytes: Uint8Array, encoding: TextEncoding = 'ascii', anchor = 0) {
    this.#bytes = bytes;
    this.encoding = encoding;
    this.#stride = encoding === 'ascii' ? 1 : 2;
    this.#low = encoding === 'utf16be' ? 1 : 0;
    this.#origin = anchor % this.#stride;
    this.length = Math.max(0, Math.floor((bytes.length - this.#origin) / this.#stride));
  }

  /** The code unit at a character index: 0 to 0xff in a byte text, 0 to 0xffff in UTF-16, OUTSIDE beyond the ends. */
  code(index: number): number {
    if (index < 0 || index >= this.length) return OUTSIDE;
    if (this.#stride === 1) return this.#bytes[this.#origin + index] as number;
    const at = this.#origin + 2 * index;
    return (this.#bytes[at + this.#low] as number) | ((this.#bytes[at + 1 - this.#low] as number) << 8);
  }

  /** Byte index of a character's first byte. */
  byteIndex(index: number): number {
    return this.#origin + index * this.#stride;
  }

  /** The character that holds the byte. */
  charIndex(byteIndex: number): number {
    return Math.floor((byteIndex - this.#origin) / this.#stride);
  }

  /** Whether `text` (code units below 0x100) stands at the index. */
  startsWith(text: string, index: number): boolean {
    for (let i = 0; i < text.length; i++) if (this.code(index + i) !== text.charCodeAt(i)) return false;
    return true;
  }

  /** First index in `[from, to)` at which `text` begins, or -1. */
  indexOf(text: string, from: number, to: number): number {
    const first = text.charCodeAt(0);
    const end = Math.min(to, this.length);
    for (let i = Math.max(0, from); i < end; i++) {
      if (this.code(i) === first && this.startsWith(text, i)) return i;
    }
    return -1;
  }

  /** The characters of `[from, to)`, cut to what is there. The caller chooses a bounded range. */
  slice(from: number, to: number): string {
    let text = '';
    const end = Math.min(to, this.length);
    for (let i = Math.max(0, from); i < end; i++) text += String.fromCharCode(this.code(i));
    return text;
  }
}
