/**
 * LZMA's decoder: what the chunks of LZMA2 (xz) and the whole of a .lzma file hold. After lzma-specification.txt of the
 * LZMA SDK. Input comes in pieces; the dictionary grows with what was decoded, not with what was declared.
 */
import { BlockError } from './packed.js';

/** The most bytes that one symbol takes: 14 bits of tree and flags, 26 direct ones, and some over. */
export const SYMBOL_INPUT = 24;

const STATES = 12;
const POSITIONS = 16;
const START = 1024;
const BITS = 11;
const MOVE = 5;
const TOP = 0x1000000;
/** Rows of probabilities, one array for all. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITIONS;
const IS_REP0 = IS_REP + STATES;
const IS_REP1 = IS_REP0 + STATES;
const IS_REP2 = IS_REP1 + STATES;
const IS_REP0_LONG = IS_REP2 + STATES;
const SLOT = IS_REP0_LONG + STATES * POSITIONS;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
/** Choice, second choice, low and middle trees for each position, high tree. */
const LENGTH_SIZE = 2 + 2 * POSITIONS * 8 + 256;
const REP_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;

/** Bytes that are decoded before the dictionary is moved to the front of its buffer. */
const SLACK = 4 * 1024 * 1024;
/** Never reached: a length ends at 273. */
const END_MARKER = -1;

export interface LzmaProperties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

/** The byte that holds all three: (pb * 5 + lp) * 9 + lc. */
export function lzmaProperties(byte: number): LzmaProperties {
  if (byte >= 9 * 5 * 5) throw new BlockError();
  const rest = Math.floor(byte / 9);
  return { lc: byte % 9, lp: rest % 5, pb: Math.floor(rest / 5) };
}

export class LzmaDecoder {
  readonly #dictionarySize: number;
  #window = new Uint8Array(64 * 1024);
  /** Where the next byte goes, and where the bytes begin that nobody has taken. */
  #end = 0;
  #taken = 0;
  /** Bytes before `#end` that may be referred to. */
  #history = 0;
  #probabilities = new Uint16Array(0);
  #properties: LzmaProperties = { lc: 0, lp: 0, pb: 0 };
  #state = 0;
  readonly #reps = new Int32Array(4);
  /** Range and code. */
  readonly #coder = new Uint32Array(2);
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bytes since the last reset of the dictionary: their number chooses among probabilities. */
  #position = 0;
  /** What is left of a match that did not fit. */
  #pending = 0;

  constructor(dictionarySize: number) {
    this.#dictionarySize = Math.max(dictionarySize, 4096);
  }

  get ready(): boolean {
    return this.#probabilities.length > 0;
  }

  /** Bytes of the last input that were used, also when decoding failed. */
  get used(): number {
    return this.#at;
  }

  /** Forgets everything that was decoded. */
  resetDictionary(): void {
    this.#history = 0;
    this.#position = 0;
  }

  resetState(properties: LzmaProperties = this.#properties): void {
    this.#properties = properties;
    const count = LITERAL + (0x300 << (properties.lc + properties.lp));
    if (this.#probabilities.length !== count) this.#probabilities = new Uint16Array(count);
    this.#probabilities.fill(START);
    this.#state = 0;
    this.#reps.fill(0);
    this.#pending = 0;
  }

  /** The five bytes with which a range coder starts. */
  start(bytes: Uint8Array): void {
    if (bytes[0] !== 0) throw new BlockError();
    this.#coder[0] = 0xffffffff;
    this.#coder[1] = Buffer.from(bytes).readUInt32BE(1);
  }

  /** At the end of a chunk, and of a stream, the code is zero. */
  get finished(): boolean {
    return this.#coder[1] === 0 && this.#pending === 0;
  }

  /** What was decoded and not taken yet; valid until more is decoded. */
  take(): Uint8Array {
    const bytes = this.#window.subarray(this.#taken, this.#end);
    this.#taken = this.#end;
    return bytes;
  }

  /** Bytes that were not packed. */
  copy(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#window.set(bytes, this.#end);
    this.#end += bytes.length;
    this.#position += bytes.length;
    this.#history = Math.min(this.#history + bytes.length, this.#dictionarySize);
  }

  /**
   * Decodes until `most` bytes have been made, or input[at] to input[end] does not surely hold another symbol. `input` must
   * have SYMBOL_INPUT bytes behind `end`. Gives the place in `input`, and whether the end marker was met.
   */
  decode(input: Uint8Array, at: number, end: number, most: number): { at: number; made: number; marker: boolean } {
    this.#room(most);
    this.#input = input;
    this.#at = at;
    const from = this.#end;
    const limit = from + most;
    const window = this.#window;
    const positionMask = (1 << this.#properties.pb) - 1;
    const reps = this.#reps;
    let to = from;
    let marker = false;
    if (this.#pending > 0) to = this.#match(to, limit, this.#pending);
    while (to < limit && this.#at < end) {
      const position = (this.#position + to - from) & positionMask;
      const state = this.#state;
      if (this.#bit(IS_MATCH + state * POSITIONS + position) === 0) {
        this.#literal(to, this.#position + to - from, this.#history + to - from);
        to++;
        continue;
      }
      let length = 0;
      if (this.#bit(IS_REP + state) === 0) {
        reps.copyWithin(1, 0, 3);
        length = this.#length(LENGTH, position);
        this.#state = state < 7 ? 7 : 10;
        const distance = this.#distance(length);
        if (distance === END_MARKER) {
          marker = true;
          break;
        }
        reps[0] = distance;
      } else {
        if (this.#bit(IS_REP0 + state) === 0) {
          if (this.#bit(IS_REP0_LONG + state * POSITIONS + position) === 0) {
            this.#state = state < 7 ? 9 : 11;
            this.#check(to - from);
            window[to] = window[to - (reps[0] as number) - 1] as number;
            to++;
            continue;
          }
        } else {
          const which = this.#bit(IS_REP1 + state) === 0 ? 1 : this.#bit(IS_REP2 + state) === 0 ? 2 : 3;
          const distance = reps[which] as number;
          reps.copyWithin(1, 0, which);
          reps[0] = distance;
        }
        length = this.#length(REP_LENGTH, position);
        this.#state = state < 7 ? 8 : 11;
      }
      this.#check(to - from);
      to = this.#match(to, limit, length + 2);
    }
    const made = to - from;
    this.#end = to;
    this.#position += made;
    this.#history = Math.min(this.#history + made, this.#dictionarySize);
    return { at: this.#at, made, marker };
  }

  /** The distance lies within what has been decoded and within the dictionary. */
  #check(made: number): void {
    const distance = this.#reps[0] as number;
    if (distance < 0 || distance >= this.#history + made || distance >= this.#dictionarySize) throw new BlockError();
  }

  #match(to: number, limit: number, length: number): number {
    const window = this.#window;
    const distance = (this.#reps[0] as number) + 1;
    const end = Math.min(limit, to + length);
    this.#pending = to + length - end;
    if (distance >= end - to && end - to > 32) {
      window.copyWithin(to, to - distance, end - distance);
      return end;
    }
    for (let at = to; at < end; at++) window[at] = window[at - distance] as number;
    return end;
  }

  #literal(to: number, position: number, history: number): void {
    const { lc, lp } = this.#properties;
    const window = this.#window;
    const before = history > 0 ? (window[to - 1] as number) : 0;
    const row = LITERAL + 0x300 * (((position & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
    const state = this.#state;
    let symbol = 1;
    if (state >= 7) {
      this.#check(history - this.#history);
      let matched = window[to - (this.#reps[0] as number) - 1] as number;
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(row + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    // The inner loop of everything: the coder in variables.
    const probabilities = this.#probabilities;
    const input = this.#input;
    const coder = this.#coder;
    let range = coder[0] as number;
    let code = coder[1] as number;
    let at = this.#at;
    while (symbol < 0x100) {
      const probability = probabilities[row + symbol] as number;
      const bound = (range >>> BITS) * probability;
      if (code < bound) {
        range = bound;
        probabilities[row + symbol] = probability + ((2048 - probability) >> MOVE);
        symbol <<= 1;
      } else {
        range -= bound;
        code -= bound;
        probabilities[row + symbol] = probability - (probability >> MOVE);
        symbol = (symbol << 1) | 1;
      }
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | (input[at++] as number)) >>> 0;
      }
    }
    coder[0] = range;
    coder[1] = code;
    this.#at = at;
    window[to] = symbol;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  #bit(index: number): number {
    const probabilities = this.#probabilities;
    const coder = this.#coder;
    const probability = probabilities[index] as number;
    let range = coder[0] as number;
    let code = coder[1] as number;
    const bound = (range >>> BITS) * probability;
    let bit = 0;
    if (code < bound) {
      range = bound;
      probabilities[index] = probability + ((2048 - probability) >> MOVE);
    } else {
      range -= bound;
      code -= bound;
      probabilities[index] = probability - (probability >> MOVE);
      bit = 1;
    }
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | (this.#input[this.#at++] as number)) >>> 0;
    }
    coder[0] = range;
    coder[1] = code;
    return bit;
  }

  #tree(row: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(row + symbol);
    return symbol - (1 << bits);
  }

  /** Lowest bit first. `row` is where the node 0 would be. */
  #reverseTree(row: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(row + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Less two, which is the shortest. */
  #length(row: number, position: number): number {
    if (this.#bit(row) === 0) return this.#tree(row + 2 + position * 8, 3);
    if (this.#bit(row + 1) === 0) return 8 + this.#tree(row + 2 + (POSITIONS + position) * 8, 3);
    return 16 + this.#tree(row + 2 + 2 * POSITIONS * 8, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(SLOT + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + this.#reverseTree(SPECIAL + base - slot, bits);
    const coder = this.#coder;
    let range = coder[0] as number;
    let code = coder[1] as number;
    let direct = 0;
    for (let i = bits - 4; i > 0; i--) {
      range >>>= 1;
      const bit = code >= range ? 1 : 0;
      if (bit) code -= range;
      direct = (direct << 1) | bit;
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | (this.#input[this.#at++] as number)) >>> 0;
      }
    }
    coder[0] = range;
    coder[1] = code;
    // All ones is the end marker, and as a number of 32 bits -1.
    return (base + (direct << 4) + this.#reverseTree(ALIGN, 4)) | 0;
  }

  /** Room for `length` more bytes behind a whole dictionary. */
  #room(length: number): void {
    if (this.#end + length <= this.#window.length) return;
    const keep = Math.min(this.#history, this.#end);
    const start = this.#end - keep;
    const most = this.#dictionarySize + SLACK;
    if (this.#window.length < Math.min(most, 2 * (keep + length))) {
      // Fourfold: pages that are not written to take no memory, but those of the windows before do, for a while.
      const larger = new Uint8Array(Math.min(most, Math.max(4 * this.#window.length, 4 * (keep + length))));
      larger.set(this.#window.subarray(start, this.#end));
      this.#window = larger;
    } else this.#window.copyWithin(0, start, this.#end);
    this.#taken -= start;
    this.#end = keep;
  }
}
