/**
 * Deflate64 (PKWARE APPNOTE 4.4.5, method 9): deflate with a window of 64 KiB, two more distance codes, and a length code
 * with 16 further bits. zlib does not read it. The rest follows RFC 1951.
 */
import type { Chunks } from './chunks.js';
import { BlockError, type Packed } from './packed.js';

const WINDOW = 64 * 1024;
const LONGEST = 3 + 0xffff;
/** Unpacked bytes that are handed on at a time, at least. */
const OUTPUT = 256 * 1024;
const PIECE = 64 * 1024;
/** Packed bytes that one symbol takes at most, and those of the codes in a block's head. */
const SYMBOL_INPUT = 12;
const HEAD_INPUT = 1024;
const MOST_BITS = 15;
/** Codes up to this length are found in one step. */
const FAST = 9;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16];
const DISTANCE_BITS = Array.from({ length: 32 }, (_, code) => Math.max(0, (code >> 1) - 1));
const DISTANCE_BASE = Array.from({ length: 32 }, (_, code) =>
  code < 4 ? code + 1 : (2 | (code & 1)) * 2 ** ((code >> 1) - 1) + 1,
);
/** RFC 1951, 3.2.7. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END = 256;

interface Code {
  /** For each value of FAST bits: the symbol and its length, or 0. */
  readonly fast: Uint16Array;
  /** How many codes there are of each length, and their symbols, by length and value. */
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** Bits, lowest first. Behind the end there are zeros. */
class Bits {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #buffer = 0;
  #count = 0;
  #ended = false;

  constructor(readonly packed: Packed) {}

  holds(length: number): boolean {
    return this.#ended || this.#bytes.length - this.#at >= length;
  }

  async fill(length: number): Promise<void> {
    while (!this.holds(length)) {
      const piece = await this.packed.some(PIECE);
      this.#ended = piece.length === 0;
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), piece]);
      this.#at = 0;
    }
  }

  /** Whether more was read than there is. */
  get overrun(): boolean {
    return this.#at - (this.#count >> 3) > this.#bytes.length;
  }

  /** Of the next bit, in bytes. */
  get offset(): number {
    return this.packed.offset - this.#bytes.length + this.#at - (this.#count >> 3);
  }

  /** Up to 16 bits. */
  read(count: number): number {
    this.#have(count);
    const value = this.#buffer & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  symbol({ fast, counts, symbols }: Code): number {
    this.#have(MOST_BITS);
    const entry = fast[this.#buffer & ((1 << FAST) - 1)] as number;
    if (entry !== 0) {
      this.#drop(entry & 15);
      return entry >> 4;
    }
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MOST_BITS; length++) {
      code |= (this.#buffer >> (length - 1)) & 1;
      const count = counts[length] as number;
      if (code - first < count) {
        this.#drop(length);
        return symbols[index + code - first] as number;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new BlockError();
  }

  /** The rest of the byte is padding. */
  align(): void {
    this.#drop(this.#count & 7);
  }

  /** Gives back what was not used. */
  finish(): void {
    this.packed.unread(this.#bytes.subarray(this.#at - (this.#count >> 3)));
  }

  #have(count: number): void {
    while (this.#count < count) {
      this.#buffer |= (this.#bytes[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
  }

  #drop(count: number): void {
    this.#buffer >>>= count;
    this.#count -= count;
  }
}

/** The bytes of one stream. What stands behind it is left in `packed`. Throws what `packed` makes. */
export async function* deflate64(packed: Packed): Chunks {
  const bits = new Bits(packed);
  const window = new Uint8Array(WINDOW + OUTPUT + LONGEST);
  let [taken, end] = [0, 0];
  /** Gives what was unpacked, and makes room. */
  const take = () => {
    const bytes = window.slice(taken, end);
    const keep = Math.min(end, WINDOW);
    window.copyWithin(0, end - keep, end);
    [taken, end] = [keep, keep];
    return bytes;
  };
  for (let last = false; !last; ) {
    await bits.fill(HEAD_INPUT);
    const at = bits.offset;
    let broken: unknown;
    let codes: readonly [Code, Code] | undefined;
    let stored = 0;
    try {
      last = bits.read(1) === 1;
      const type = bits.read(2);
      if (type === 0) stored = storedLength(bits);
      else codes = type === 1 ? FIXED : type === 2 ? readCodes(bits) : fail();
    } catch (error) {
      broken = error;
    }
    while (broken === undefined && !bits.overrun && (codes !== undefined || stored > 0)) {
      await bits.fill(SYMBOL_INPUT);
      const limit = WINDOW + OUTPUT;
      try {
        if (codes === undefined) {
          for (; stored > 0 && end < limit && bits.holds(SYMBOL_INPUT) && !bits.overrun; stored--) {
            const byte = bits.read(8);
            if (!bits.overrun) window[end++] = byte;
          }
        } else {
          const before = end;
          end = symbols(bits, codes, window, end, limit);
          if (end < 0) {
            codes = undefined;
            end = -end - 1;
          } else if (end === before && bits.overrun) break;
        }
      } catch (error) {
        if (error instanceof Short) end = error.end;
        broken = error;
      }
      if (end >= limit) yield take();
    }
    if (bits.overrun || broken !== undefined) {
      yield take();
      throw bits.overrun ? packed.truncated() : packed.damaged(at);
    }
  }
  yield take();
  bits.align();
  bits.finish();
}

/** Damage, and how far the bytes were unpacked before. */
class Short extends BlockError {
  constructor(readonly end: number) {
    super();
  }
}

function fail(): never {
  throw new BlockError();
}

function storedLength(bits: Bits): number {
  bits.align();
  const [length, complement] = [bits.read(16), bits.read(16)];
  return length === (complement ^ 0xffff) ? length : fail();
}

/** Unpacks while the input surely holds a symbol. Gives the new end; or, when the block has ended, -1 less it. */
function symbols(
  bits: Bits,
  [lengths, distances]: readonly [Code, Code],
  window: Uint8Array,
  from: number,
  limit: number,
) {
  let end = from;
  try {
    while (end < limit && bits.holds(SYMBOL_INPUT)) {
      const symbol = bits.symbol(lengths);
      if (bits.overrun) return end;
      if (symbol < END) {
        window[end++] = symbol;
        continue;
      }
      if (symbol === END) return -end - 1;
      const code = symbol - END - 1;
      const length = (LENGTH_BASE[code] ?? fail()) + bits.read(LENGTH_BITS[code] as number);
      const which = bits.symbol(distances);
      const distance = (DISTANCE_BASE[which] ?? fail()) + bits.read(DISTANCE_BITS[which] as number);
      if (bits.overrun) return end;
      // The window's front is the start of the data, or bytes that were unpacked before.
      if (distance > end || distance > WINDOW) fail();
      for (const to = end + length; end < to; end++) window[end] = window[end - distance] as number;
    }
    return end;
  } catch {
    throw new Short(end);
  }
}

/** RFC 1951, 3.2.7: code lengths, themselves packed. */
function readCodes(bits: Bits): readonly [Code, Code] {
  const [literals, distances, count] = [bits.read(5) + 257, bits.read(5) + 1, bits.read(4) + 4];
  const outer = new Uint8Array(19);
  for (let i = 0; i < count; i++) outer[ORDER[i] as number] = bits.read(3);
  const code = codeOf(outer);
  const lengths = new Uint8Array(literals + distances);
  for (let i = 0; i < lengths.length; ) {
    const symbol = bits.symbol(code);
    if (symbol < 16) lengths[i++] = symbol;
    else {
      const [value, least, more] =
        symbol === 16 ? [i > 0 ? (lengths[i - 1] as number) : fail(), 3, 2] : symbol === 17 ? [0, 3, 3] : [0, 11, 7];
      const to = i + least + bits.read(more);
      if (to > lengths.length) fail();
      lengths.fill(value, i, to);
      i = to;
    }
  }
  return [codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals))];
}

/** RFC 1951, 3.2.2. A code may be incomplete. */
function codeOf(lengths: Uint8Array): Code {
  const counts = new Uint16Array(MOST_BITS + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] as number) + 1;
  const places = new Uint16Array(MOST_BITS + 2);
  const next = new Uint32Array(MOST_BITS + 2);
  for (let bits = 1; bits <= MOST_BITS; bits++) {
    const count = counts[bits] as number;
    // More codes than there is room for.
    if ((next[bits] as number) + count > 1 << bits) fail();
    next[bits + 1] = ((next[bits] as number) + count) << 1;
    places[bits + 1] = (places[bits] as number) + count;
  }
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << FAST);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    symbols[places[length] as number] = symbol;
    places[length] = (places[length] as number) + 1;
    const code = next[length] as number;
    next[length] = code + 1;
    if (length > FAST) continue;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let i = reversed; i < fast.length; i += 1 << length) fast[i] = (symbol << 4) | length;
  }
  return { fast, counts, symbols };
}

const FIXED: readonly [Code, Code] = [
  codeOf(Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  codeOf(new Uint8Array(32).fill(5)),
];
