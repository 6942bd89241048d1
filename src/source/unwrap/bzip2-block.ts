/**
 * A block of bzip2: Huffman codes, move-to-front, and the Burrows-Wheeler transform undone. The format has no document but
 * the program; this follows its decompress.c and the description in Joe Tsai's "BZIP2: Format Specification".
 */
import type { BitReader } from './bzip2-bits.js';
import { BlockError } from './packed.js';

const GROUP = 50;
const MOST_BITS = 20;
/** Codes up to this length are found in one step. */
const FAST = 10;

/** Bytes of input that the head of a block takes at most, and a group of symbols. */
export const HEAD_INPUT = 32 * 1024;
export const GROUP_INPUT = (GROUP * MOST_BITS) / 8 + 8;

interface Code {
  /** For each value of FAST bits: the symbol and its length, or 0. */
  readonly fast: Uint16Array;
  readonly limit: Int32Array;
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
  readonly longest: number;
}

export class Bzip2Block {
  readonly checksum: number;
  readonly #start: number;
  readonly #codes: Code[] = [];
  readonly #selectors: Uint8Array;
  readonly #order = new Uint8Array(256);
  readonly #lastSymbol: number;
  readonly #counts = new Uint32Array(256);
  /** Bytes in the low eight bits; later the order in which they follow one another above. */
  readonly #cells: Uint32Array;
  readonly #most: number;
  #length = 0;
  #group = 0;
  #run = 0;
  #runBit = 1;

  /** Reads the head, behind the block's magic. `cells` is used again from block to block. */
  constructor(bits: BitReader, cells: Uint32Array, most: number) {
    this.#cells = cells;
    this.#most = most;
    this.checksum = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
    // Made by bzip2 0.9.0 and before, to get around a slow sort.
    if (bits.read(1) === 1) throw new BlockError();
    this.#start = bits.read(24);
    const used = bits.read(16);
    let kinds = 0;
    for (let i = 0; i < 16; i++) {
      if ((used & (0x8000 >> i)) === 0) continue;
      const row = bits.read(16);
      for (let j = 0; j < 16; j++) if (row & (0x8000 >> j)) this.#order[kinds++] = i * 16 + j;
    }
    if (kinds === 0) throw new BlockError();
    this.#lastSymbol = kinds + 1;
    const codes = bits.read(3);
    const selectors = bits.read(15);
    if (codes < 2 || codes > 6 || selectors === 0) throw new BlockError();
    this.#selectors = new Uint8Array(selectors);
    const recent = [0, 1, 2, 3, 4, 5];
    for (let i = 0; i < selectors; i++) {
      let which = 0;
      while (bits.read(1) === 1) if (++which >= codes) throw new BlockError();
      const [selector = 0] = recent.splice(which, 1);
      recent.unshift(selector);
      this.#selectors[i] = selector;
    }
    for (let i = 0; i < codes; i++) this.#codes.push(readCode(bits, kinds + 2));
  }

  /** Decodes symbols while the input surely holds a group of them. True when the block has ended. */
  symbols(bits: BitReader): boolean {
    while (bits.holds(GROUP_INPUT)) {
      const code = this.#codes[this.#selectors[this.#group++] ?? 255];
      if (code === undefined) throw new BlockError();
      for (let i = 0; i < GROUP; i++) {
        const symbol = next(bits, code);
        if (symbol <= 1) {
          // Bijective base 2: RUNA is 1, RUNB is 2, each digit worth twice the one before.
          this.#run += this.#runBit << symbol;
          this.#runBit *= 2;
          if (this.#run > this.#most) throw new BlockError();
          continue;
        }
        if (this.#run > 0) this.#endRun();
        if (symbol === this.#lastSymbol) return true;
        if (this.#length >= this.#most) throw new BlockError();
        const order = this.#order;
        const index = symbol - 1;
        const byte = order[index] as number;
        if (index < 16) for (let j = index; j > 0; j--) order[j] = order[j - 1] as number;
        else order.copyWithin(1, 0, index);
        order[0] = byte;
        this.#counts[byte] = (this.#counts[byte] as number) + 1;
        this.#cells[this.#length++] = byte;
      }
    }
    return false;
  }

  #endRun(): void {
    const byte = this.#order[0] as number;
    const end = this.#length + this.#run;
    if (end > this.#most) throw new BlockError();
    this.#cells.fill(byte, this.#length, end);
    this.#counts[byte] = (this.#counts[byte] as number) + this.#run;
    this.#length = end;
    this.#run = 0;
    this.#runBit = 1;
  }

  /** The bytes of the block before its runs are unfolded, one call after the other. Only when all symbols were read. */
  unsort(): { readonly cells: Uint32Array; readonly first: number; readonly length: number } {
    const [cells, length] = [this.#cells, this.#length];
    if (this.#start >= length) throw new BlockError();
    const places = this.#counts;
    for (let byte = 0, sum = 0; byte < 256; byte++) {
      const count = places[byte] as number;
      places[byte] = sum;
      sum += count;
    }
    for (let i = 0; i < length; i++) {
      const byte = (cells[i] as number) & 0xff;
      const place = places[byte] as number;
      places[byte] = place + 1;
      cells[place] = (cells[place] as number) | (i << 8);
    }
    return { cells, first: (cells[this.#start] as number) >>> 8, length };
  }
}

function next(bits: BitReader, code: Code): number {
  const value = bits.peek(MOST_BITS);
  const entry = code.fast[value >> (MOST_BITS - FAST)] as number;
  if (entry !== 0) {
    bits.drop(entry & 31);
    return entry >> 5;
  }
  for (let length = FAST + 1; length <= code.longest; length++) {
    const prefix = value >> (MOST_BITS - length);
    if (prefix > (code.limit[length] as number)) continue;
    bits.drop(length);
    return code.symbols[prefix - (code.base[length] as number)] as number;
  }
  throw new BlockError();
}

function readCode(bits: BitReader, count: number): Code {
  const lengths = new Uint8Array(count);
  let length = bits.read(5);
  for (let i = 0; i < count; i++) {
    for (;;) {
      if (length < 1 || length > MOST_BITS) throw new BlockError();
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[i] = length;
  }
  const limit = new Int32Array(MOST_BITS + 1).fill(-1);
  const base = new Int32Array(MOST_BITS + 1);
  const symbols = new Uint16Array(count);
  const fast = new Uint16Array(1 << FAST);
  let [code, at, longest] = [0, 0, 0];
  for (let bit = 1; bit <= MOST_BITS; bit++) {
    base[bit] = code - at;
    for (let symbol = 0; symbol < count; symbol++) {
      if (lengths[symbol] !== bit) continue;
      // More codes than there is room for.
      if (code >= 1 << bit) throw new BlockError();
      if (bit <= FAST) fast.fill((symbol << 5) | bit, code << (FAST - bit), (code + 1) << (FAST - bit));
      symbols[at++] = symbol;
      limit[bit] = code++;
      longest = bit;
    }
    code *= 2;
  }
  return { fast, limit, base, symbols, longest };
}
