/**
 * Runs of random-looking words: where numbers of keys lie in memory. Allocators' headers, pointers, lengths and zeros
 * surround a big number, so it stands out as an island of a certain length. `scalarRuns` is the specification;
 * `SimdRuns` runs the WebAssembly build of `kernel/runs.ts` and must give the same runs.
 *
 * A word of eight bytes, aligned by address, is random unless it has three zero bytes or more, or four bytes or more that
 * are zero or repeat within it, as fill patterns do. It is soft when its upper
 * two bytes are zero or all its bytes are printable ASCII: one random word in 2,000 is. A soft word belongs to a run
 * only between two random ones, so that pointers and text end runs and chance does not. A run whose integers of 32 bits
 * are all below 2^27 is none: compressors' and databases' tables of offsets are full of those, and among random runs of
 * three words one in 2^30 is such. Runs of three and four words must not look like text, bytecode or class files either,
 * which are full of them: one random run in 170,000 does.
 */
import { HITS_OFFSET } from './slot.js';

/** Whole words in the shortest run: a scalar of 256 bits that does not begin with a word holds three. */
export const MIN_WORDS = 3;
/** Words of the longest: OpenSSH's prekey has 2048. Longer ones are bulk data: compressed, media, random. */
export const MAX_WORDS = 2304;
const MIN_ZEROS = 3;
const MIN_REPEATED = 4;
/** Bytes of a run that are looked at for diversity. */
const SAMPLE = 64;

/**
 * The word that is told wherever it stands, since the pass has it in hand: the length of an OpenSSH prekey, by which its
 * structure is found (relate/closed-shields.ts).
 */
export const MARK = 0x4000;

/** Called for each marked word with the index of its first byte, in ascending order. */
export type OnMark = (at: number) => void;

/** Called for each run: index of its first byte, and words. In ascending order. */
export type OnRun = (start: number, words: number) => void;

export interface RunFinder {
  /**
   * Runs that begin in `[from, to)`; they may go on to `limit`. What stands before `from` is looked at, down to `floor`.
   * `from` must be aligned to the words of the address space. 64 bytes past `limit` must be mapped memory.
   * `onMark` is called for marked words that begin in `[from, to)` and end by `limit`.
   */
  find(floor: number, from: number, to: number, limit: number, onRun: OnRun, limits?: RunLimits, onMark?: OnMark): void;
}

/** Which runs are told. Words, both included. */
export interface RunLimits {
  readonly min: number;
  readonly max: number;
  /** Whether the first bytes must be as different from each other as random ones are, and neither indexes nor of a kind. */
  readonly diverse: boolean;
}

export const ISLANDS: RunLimits = { min: MIN_WORDS, max: MAX_WORDS, diverse: true };
/** Everything random of some length, also inside bulk data. */
export const EVERYTHING: RunLimits = { min: 7, max: 0x7fff_ffff, diverse: false };

type Class = 'random' | 'soft' | 'other';

function classOf(bytes: Uint8Array, at: number): Class {
  let zeros = 0;
  let repeated = 0;
  let printable = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] as number;
    if (byte === 0) zeros++;
    if (byte === 0 || (i < 7 && byte === bytes[at + i + 1]) || (i < 4 && byte === bytes[at + i + 4])) repeated++;
    if (byte >= 0x20 && byte < 0x7f) printable++;
  }
  if (zeros >= MIN_ZEROS || repeated >= MIN_REPEATED) return 'other';
  return printable === 8 || (bytes[at + 6] === 0 && bytes[at + 7] === 0) ? 'soft' : 'random';
}

/** Whether so many of the first 64 bytes are different from each other as of random ones; code and tables have fewer. */
function isDiverse(bytes: Uint8Array, start: number, words: number): boolean {
  const length = Math.min(words * 8, SAMPLE);
  const distinct = new Set(bytes.subarray(start, start + length)).size;
  return distinct >= (length > 48 ? 43 : Math.floor((length * 3) / 4));
}

/** Whether all integers of 32 bits are below 2^27. */
function areIndexes(bytes: Uint8Array, start: number, words: number): boolean {
  return bytes.subarray(start, start + words * 8).every((byte, i) => i % 4 < 3 || byte < 8);
}

function looksRandom(bytes: Uint8Array, start: number, words: number): boolean {
  return isDiverse(bytes, start, words) && !areIndexes(bytes, start, words) && !isOfAKind(bytes, start, words);
}

/** By words of a short run: how many bytes of a kind random ones do not have. */
const LEAST_OF_A_KIND: ReadonlyMap<
  number,
  { readonly zeros: number; readonly printable: number; readonly letters: number; readonly small: number }
> = new Map([
  [3, { zeros: 4, printable: 21, letters: 12, small: 10 }],
  [4, { zeros: 5, printable: 26, letters: 14, small: 11 }],
]);

/** Whether all words of 64 bits are below 2^60, or of 32 bits below 2^30: digits of a number (relate/digits.ts) have small bytes. */
function mayBeDigits(bytes: Uint8Array, start: number, words: number): boolean {
  const run = bytes.subarray(start, start + words * 8);
  return run.every((byte, i) => i % 8 < 7 || byte < 0x10) || run.every((byte, i) => i % 4 < 3 || byte < 0x40);
}

/** Whether a short run has too many zeros, printable characters, small letters with what counts them, or small numbers. */
function isOfAKind(bytes: Uint8Array, start: number, words: number): boolean {
  const least = LEAST_OF_A_KIND.get(words);
  if (least === undefined || mayBeDigits(bytes, start, words)) return false;
  const run = bytes.subarray(start, start + words * 8);
  const count = (is: (byte: number) => boolean) => run.filter(is).length;
  return (
    count((byte) => byte === 0) >= least.zeros ||
    count((byte) => byte >= 0x20 && byte < 0x7f) >= least.printable ||
    count((byte) => byte < 2 || (byte >= 0x61 && byte <= 0x7a)) >= least.letters ||
    count((byte) => byte < 16) >= least.small
  );
}

export class ScalarRuns implements RunFinder {
  readonly #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#bytes = new Uint8Array(memory.buffer);
  }

  find(
    floor: number,
    from: number,
    to: number,
    limit: number,
    onRun: OnRun,
    limits = ISLANDS,
    onMark: OnMark = () => {},
  ): void {
    const bytes = this.#bytes;
    for (let at = from; at < to && at + 8 <= limit; at += 8) if (isMarked(bytes, at)) onMark(at);
    // Words beyond either end are as good as zeros.
    const classAt = (at: number): Class => (at >= floor && at + 8 <= limit ? classOf(bytes, at) : 'other');
    const belongs = (at: number): boolean => {
      const kind = classAt(at);
      return kind === 'random' || (kind === 'soft' && classAt(at - 8) === 'random' && classAt(at + 8) === 'random');
    };
    for (let at = from; at < to; ) {
      if (!belongs(at)) {
        at += 8;
        continue;
      }
      const start = at;
      while (belongs(at)) at += 8;
      const words = (at - start) / 8;
      if (belongs(start - 8) || words < limits.min || words > limits.max) continue;
      if (limits.diverse && !looksRandom(bytes, start, words)) continue;
      onRun(start, words);
    }
  }
}

function isMarked(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== (MARK & 255) || bytes[at + 1] !== MARK >> 8) return false;
  for (let i = 2; i < 8; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

interface RunExports {
  runs(from: number, to: number, out: number, markOut: number): void;
  markCount(): number;
  endRuns(out: number): void;
  resetRuns(min: number, max: number, diverse: boolean): void;
  runCount(): number;
  runOpen(): number;
}

/** Bytes in one call: the runs of so many fit into the output. */
const STRIDE = 256 * 1024;
const BLOCK = 64;
/** Behind the runs' room. */
const MARKS_OFFSET = HITS_OFFSET + STRIDE / 2;

export class SimdRuns implements RunFinder {
  readonly #exports: RunExports;
  readonly #output: Uint32Array;
  readonly #marks: Uint32Array;
  readonly #bytes: Uint8Array;

  constructor(exports: unknown, memory: WebAssembly.Memory) {
    this.#exports = exports as RunExports;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#output = new Uint32Array(memory.buffer, HITS_OFFSET, STRIDE / 8);
    this.#marks = new Uint32Array(memory.buffer, MARKS_OFFSET, STRIDE / BLOCK);
  }

  find(floor: number, from: number, to: number, limit: number, onRun: OnRun, limits = ISLANDS, onMark?: OnMark): void {
    const kernel = this.#exports;
    const reportMarks = (): void => {
      for (let i = 0, n = kernel.markCount(); i < n; i++) {
        const block = this.#marks[i] as number;
        for (let at = Math.max(from, block), end = Math.min(to, block + BLOCK, limit - 7); at < end; at += 8) {
          if (isMarked(this.#bytes, at)) onMark?.(at);
        }
      }
    };
    const report = (): void => {
      if (onMark) reportMarks();
      for (let i = 0, n = kernel.runCount(); i < n; i++) {
        const start = this.#output[2 * i] as number;
        if (start >= from && start < to) onRun(start, this.#output[2 * i + 1] as number);
      }
    };
    kernel.resetRuns(limits.min, limits.max, limits.diverse);
    // One block before tells whether a run at `from` began earlier.
    let at = from - Math.min(BLOCK, Math.floor((from - floor) / 8) * 8);
    // Whole blocks only; what the last one holds past the limit is put aside.
    const whole = at + Math.floor((limit - at) / BLOCK) * BLOCK;
    while (at < to && at < whole) {
      const stop = Math.min(at + STRIDE, whole, at + Math.ceil((to - at) / BLOCK) * BLOCK);
      kernel.runs(at, stop, HITS_OFFSET, MARKS_OFFSET);
      report();
      at = stop;
    }
    while (at < whole && kernel.runOpen() !== 0 && at < to + (limits.max + 16) * 8) {
      kernel.runs(at, at + BLOCK, HITS_OFFSET, MARKS_OFFSET);
      report();
      at += BLOCK;
    }
    if (at >= whole && at < limit && (at < to || kernel.runOpen() !== 0)) {
      // A partial word at the end belongs to none.
      const rest = Math.floor((limit - at) / 8) * 8;
      const aside = this.#bytes.slice(at + rest, at + BLOCK);
      this.#bytes.fill(0, at + rest, at + BLOCK);
      kernel.runs(at, at + BLOCK, HITS_OFFSET, MARKS_OFFSET);
      report();
      this.#bytes.set(aside, at + rest);
    }
    kernel.endRuns(HITS_OFFSET);
    report();
  }
}
