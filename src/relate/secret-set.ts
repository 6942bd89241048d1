/** Secrets of one size, each once, one behind the other in one piece of memory that can be wiped: of hundreds of thousands. */
import { randomInt } from 'node:crypto';

/** The memory and the table begin with room for so many. */
const FIRST = 1024;

export class SecretSet {
  /** Bytes of a secret. */
  readonly size: number;
  #bytes: Uint8Array;
  #count = 0;
  /** By hash: one more than the index of a secret; 0 where there is none. At most half of the places are taken. */
  #table = new Int32Array(4 * FIRST);

  constructor(size: number) {
    this.size = size;
    this.#bytes = new Uint8Array(FIRST * size);
  }

  get count(): number {
    return this.#count;
  }

  /** All of them, in the order in which they came. A view: good until the next call of `add`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#count * this.size);
  }

  /** Whether the `size` bytes at `at` are one of them. */
  has(source: Uint8Array, at: number): boolean {
    return this.#table[this.#placeOf(source, at)] !== 0;
  }

  /** Adds the `size` bytes at `at`; false where they are there already. */
  add(source: Uint8Array, at: number): boolean {
    const { size } = this;
    const place = this.#placeOf(source, at);
    if (this.#table[place] !== 0) return false;
    if ((this.#count + 1) * size > this.#bytes.length) this.#grow();
    const to = this.#count * size;
    for (let i = 0; i < size; i++) this.#bytes[to + i] = source[at + i] as number;
    this.#table[place] = ++this.#count;
    if (4 * this.#count > this.#table.length) this.#rehash();
    return true;
  }

  /** A copy of one. */
  get(index: number): Uint8Array {
    return this.#bytes.slice(index * this.size, (index + 1) * this.size);
  }

  /** Overwrites and forgets all. */
  wipe(): void {
    this.#bytes.fill(0, 0, this.#count * this.size);
    this.#table.fill(0);
    this.#count = 0;
  }

  /** Where it stands in the table, or would. */
  #placeOf(source: Uint8Array, at: number): number {
    const mask = this.#table.length - 1;
    let place = hash(source, at, this.size) & mask;
    for (let known = this.#table[place] as number; known > 0; known = this.#table[place] as number) {
      if (isSame(this.#bytes, (known - 1) * this.size, source, at, this.size)) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes.fill(0);
    this.#bytes = bytes;
  }

  #rehash(): void {
    const table = new Int32Array(2 * this.#table.length);
    const mask = table.length - 1;
    for (let i = 0; i < this.#count; i++) {
      let place = hash(this.#bytes, i * this.size, this.size) & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = i + 1;
    }
    this.#table = table;
  }
}

/** Anew in each thread: else a dump could be made of which all secrets have one hash. */
const [KEY_0, KEY_1] = [randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0] as const;

/** HalfSipHash-1-3 (Aumasson and Bernstein, SipHash: a fast short-input PRF, 2012; its variant of 32 bits). */
function hash(bytes: Uint8Array, at: number, size: number): number {
  let [v0, v1, v2, v3] = [KEY_0, KEY_1, KEY_0 ^ 0x6c79_6765, KEY_1 ^ 0x7465_6462];
  const words = size >> 2;
  // The word behind the whole ones has the rest and the length; three rounds without a word end it.
  for (let i = 0; i <= words + 3; i++) {
    const word = i > words ? 0 : wordOf(bytes, at + 4 * i, i < words ? 4 : size & 3) ^ (i < words ? 0 : size << 24);
    if (i === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = rotate(v1, 5) ^ v0;
    v0 = rotate(v0, 16);
    v2 = (v2 + v3) | 0;
    v3 = rotate(v3, 8) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = rotate(v3, 7) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = rotate(v1, 13) ^ v2;
    v2 = rotate(v2, 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/** `count` bytes, the least significant one first. */
function wordOf(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = count - 1; i >= 0; i--) word = (word << 8) | (bytes[at + i] as number);
  return word;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function isSame(a: Uint8Array, from: number, b: Uint8Array, at: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[from + i] !== b[at + i]) return false;
  return true;
}
