/**
 * LZX as cabinets have it: [MS-PATCH] section 2 without its additions, and Microsoft's "LZX Data Compression Format" of
 * the Cabinet SDK. Each block of a cabinet holds one frame of up to 32 KiB; window, codes, recent distances and a block of
 * LZX that is not at its end go on in the next one.
 */
import { Fields } from '../../../bytes/read.js';
import { BlockError } from '../packed.js';

const FRAME = 32 * 1024;
const LEAST_WINDOW = 15;
const MOST_WINDOW = 21;
/** By the window's bits, from 15 on. */
const SLOTS = [30, 32, 34, 36, 38, 42, 50];
const VERBATIM = 1;
const ALIGNED = 2;
const STORED = 3;
const CHARACTERS = 256;
const LENGTHS = 249;
const MOST_BITS = 16;
/** Frames of which the targets of CALL are translated. */
const TRANSLATED = 32768;

const EXTRA_BITS = Array.from({ length: 50 }, (_, slot) => Math.min(17, Math.max(0, (slot >> 1) - 1)));
const BASES = [0];
for (const bits of EXTRA_BITS) BASES.push((BASES.at(-1) as number) + 2 ** bits);

/** Words of 16 bits, least significant byte first; of each, the highest bit first. Behind the end there are zeros. */
class Bits {
  #buffer = 0;
  #count = 0;
  /** Of the next word. */
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** Whether more was read than there is. */
  get overrun(): boolean {
    return this.used > this.bytes.length;
  }

  /** Bytes, up to the end of the word in which the next bit is. */
  get used(): number {
    return this.at - (this.#count >> 4) * 2;
  }

  /** Up to 16 bits, left where they are. */
  peek(count: number): number {
    if (this.#count < count) {
      const word = (this.bytes[this.at] ?? 0) | ((this.bytes[this.at + 1] ?? 0) << 8);
      this.at += 2;
      // At most 15 bits are left, so that there are never more than 31.
      this.#buffer = ((this.#buffer << 16) | word) & 0x7fffffff;
      this.#count += 16;
    }
    return (this.#buffer >>> (this.#count - count)) & ((1 << count) - 1);
  }

  drop(count: number): void {
    this.#count -= count;
    this.#buffer &= (1 << this.#count) - 1;
  }

  read(count: number): number {
    if (count > 16) return this.read(count - 16) * 65536 + this.read(16);
    const value = this.peek(count);
    this.drop(count);
    return value;
  }

  /** To the next word; where one has just ended, over a whole one. */
  toBytes(): void {
    if (this.#count === 0) this.at += 2;
    this.#count = 0;
    this.#buffer = 0;
  }

  symbol({ limit, base, symbols, longest }: Code): number {
    const value = this.peek(MOST_BITS);
    for (let length = 1; length <= longest; length++) {
      const prefix = value >> (MOST_BITS - length);
      if (prefix > (limit[length] as number)) continue;
      this.drop(length);
      return symbols[prefix - (base[length] as number)] as number;
    }
    throw new BlockError();
  }
}

interface Code {
  readonly limit: Int32Array;
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
  readonly longest: number;
}

/** Canonical: by length, then by symbol. Without any lengths nothing can be read by it. */
function codeOf(lengths: Uint8Array): Code {
  const limit = new Int32Array(MOST_BITS + 1).fill(-1);
  const base = new Int32Array(MOST_BITS + 1);
  const symbols = new Uint16Array(lengths.length);
  let [code, at, longest] = [0, 0, 0];
  for (let bits = 1; bits <= MOST_BITS; bits++) {
    base[bits] = code - at;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== bits) continue;
      // More codes than there is room for.
      if (code >= 1 << bits) throw new BlockError();
      symbols[at++] = symbol;
      limit[bits] = code++;
      longest = bits;
    }
    code *= 2;
  }
  return { limit, base, symbols, longest };
}

const NOTHING = codeOf(new Uint8Array(1));

export class LzxDecoder {
  readonly #window: Uint8Array;
  readonly #mainLengths: Uint8Array;
  readonly #lengthLengths = new Uint8Array(LENGTHS);
  #main = NOTHING;
  #length = NOTHING;
  #aligned = NOTHING;
  readonly #recent: [number, number, number] = [1, 1, 1];
  #type = 0;
  /** Bytes of the current block that are to come, and all of them. */
  #left = 0;
  #blockLength = 0;
  /** Bytes made so far: the window's bytes are at their number modulo its length. */
  #made = 0;
  /** Of the data, as its header says; 0 where targets of CALL are not translated. */
  #translated: number | undefined;
  #calls = false;

  /** A BlockError where there is no such window. */
  constructor(windowBits: number) {
    if (windowBits < LEAST_WINDOW || windowBits > MOST_WINDOW) throw new BlockError();
    this.#window = new Uint8Array(2 ** windowBits);
    this.#mainLengths = new Uint8Array(CHARACTERS + 8 * (SLOTS[windowBits - LEAST_WINDOW] as number));
  }

  /** The next `size` bytes, at most FRAME, and how many of `data` they were made of. Throws a BlockError for damage. */
  frame(data: Uint8Array, size: number): { readonly bytes: Uint8Array; readonly consumed: number } {
    if (size > FRAME) throw new BlockError();
    const bits = new Bits(data);
    this.#translated ??= bits.read(1) === 1 ? bits.read(32) : 0;
    for (let left = size; left > 0; ) {
      if (this.#left === 0) this.#block(bits);
      const run = Math.min(left, this.#left);
      if (this.#type === STORED) this.#copy(bits, run);
      else this.#decode(bits, run);
      if (bits.overrun) throw new BlockError();
      this.#left -= run;
      left -= run;
    }
    // A stored block of an odd length is padded.
    if (this.#type === STORED && this.#left === 0 && this.#blockLength % 2 === 1 && bits.at < data.length) {
      bits.at++;
      this.#blockLength = 0;
    }
    return { bytes: this.#taken(size), consumed: Math.min(bits.used, data.length) };
  }

  /** The last `size` bytes, targets of CALL made relative again. */
  #taken(size: number): Uint8Array {
    const [window, start] = [this.#window, this.#made - size];
    const from = start % window.length;
    const bytes = window.slice(from, from + size);
    if (!this.#translated || !this.#calls || start / FRAME >= TRANSLATED) return bytes;
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < size - 10; at++) {
      if (bytes[at] !== 0xe8) continue;
      const place = (start + at) | 0;
      const target = view.getInt32(at + 1, true);
      if (target >= -place && target < this.#translated) {
        view.setInt32(at + 1, target >= 0 ? target - place : target + this.#translated, true);
      }
      at += 4;
    }
    return bytes;
  }

  #block(bits: Bits): void {
    if (this.#type === STORED && this.#blockLength % 2 === 1) bits.at++;
    this.#type = bits.read(3);
    this.#left = bits.read(24);
    this.#blockLength = this.#left;
    if (this.#left === 0) throw new BlockError();
    if (this.#type === STORED) {
      bits.toBytes();
      if (bits.at + 12 > bits.bytes.length) throw new BlockError();
      const fields = new Fields(bits.bytes, true);
      for (let i = 0; i < 3; i++) this.#recent[i] = fields.u32(bits.at + 4 * i);
      bits.at += 12;
      this.#calls = true;
      return;
    }
    if (this.#type !== VERBATIM && this.#type !== ALIGNED) throw new BlockError();
    if (this.#type === ALIGNED) this.#aligned = codeOf(Uint8Array.from({ length: 8 }, () => bits.read(3)));
    this.#readLengths(bits, this.#mainLengths.subarray(0, CHARACTERS));
    this.#readLengths(bits, this.#mainLengths.subarray(CHARACTERS));
    this.#readLengths(bits, this.#lengthLengths);
    this.#main = codeOf(this.#mainLengths);
    this.#length = codeOf(this.#lengthLengths);
    if (this.#mainLengths[0xe8] !== 0) this.#calls = true;
  }

  /** Lengths of codes, told by how they differ from those of the block before. */
  #readLengths(bits: Bits, lengths: Uint8Array): void {
    const code = codeOf(Uint8Array.from({ length: 20 }, () => bits.read(4)));
    const changed = (index: number, difference: number) => ((lengths[index] as number) - difference + 17) % 17;
    for (let at = 0; at < lengths.length; ) {
      const symbol = bits.symbol(code);
      if (bits.overrun) throw new BlockError();
      if (symbol < 17) {
        lengths[at] = changed(at, symbol);
        at++;
        continue;
      }
      const count = symbol === 17 ? 4 + bits.read(4) : symbol === 18 ? 20 + bits.read(5) : 4 + bits.read(1);
      const value = symbol === 19 ? changed(at, this.#difference(bits, code)) : 0;
      if (at + count > lengths.length) throw new BlockError();
      lengths.fill(value, at, at + count);
      at += count;
    }
  }

  #difference(bits: Bits, code: Code): number {
    const symbol = bits.symbol(code);
    if (symbol >= 17) throw new BlockError();
    return symbol;
  }

  #copy(bits: Bits, run: number): void {
    if (bits.at + run > bits.bytes.length) throw new BlockError();
    // Frames fill the window without a rest.
    this.#window.set(bits.bytes.subarray(bits.at, bits.at + run), this.#made % this.#window.length);
    bits.at += run;
    this.#made += run;
  }

  /** No match goes beyond a frame or a block. */
  #decode(bits: Bits, run: number): void {
    const window = this.#window;
    const mask = window.length - 1;
    const recent = this.#recent;
    let at = this.#made;
    const end = at + run;
    while (at < end) {
      const symbol = bits.symbol(this.#main);
      if (symbol < CHARACTERS) {
        window[at++ & mask] = symbol;
        continue;
      }
      const slot = (symbol - CHARACTERS) >> 3;
      let length = (symbol & 7) + 2;
      if (length === 9) length += bits.symbol(this.#length);
      let distance = 0;
      if (slot < 3) {
        distance = recent[slot] as number;
        recent[slot] = recent[0];
        recent[0] = distance;
      } else {
        distance = (BASES[slot] as number) - 2 + this.#footer(bits, EXTRA_BITS[slot] as number);
        recent[2] = recent[1];
        recent[1] = recent[0];
        recent[0] = distance;
      }
      if (at + length > end || distance === 0 || distance > at || distance > window.length) throw new BlockError();
      for (const to = at + length; at < to; at++) window[at & mask] = window[(at - distance) & mask] as number;
    }
    this.#made = end;
  }

  #footer(bits: Bits, count: number): number {
    if (this.#type === VERBATIM || count < 3) return bits.read(count);
    return bits.read(count - 3) * 8 + bits.symbol(this.#aligned);
  }
}
