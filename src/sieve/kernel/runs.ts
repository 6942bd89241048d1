/**
 * Runs of random-looking words in AssemblyScript, one block of 64 bytes at a time. `../runs.ts` is the specification:
 * the two must emit the same runs.
 *
 * Per byte three comparisons become bit masks of 64 bits; what concerns a word of eight bytes is then worked out for
 * eight words at once in ordinary integers (SWAR).
 */

const LOW: u64 = 0x0101010101010101;
const HIGH: u64 = 0x8080808080808080;
const LOW7: u64 = 0x7f7f7f7f7f7f7f7f;

/** The shortest and the longest run that is told, in words, and whether it must be diverse. Set by `resetRuns`. */
let minWords: u32 = 0;
let maxWords: u32 = 0;
let diverse: bool = false;

/** State between calls. A block's words are judged when the next block is known. */
let random: u32 = 0;
let soft: u32 = 0;
/** Whether the last word before the pending block is random. */
let before: u32 = 0;
/** Start of the pending block; 0 when there is none. */
let pending: usize = 0;
/** Start and words of the run that is open; no words: none. */
let start: usize = 0;
let words: u32 = 0;

let count: u32 = 0;
let output: usize = 0;
/** Blocks that hold the marked word. */
let marks: u32 = 0;
/** Same as `MARK` in ../runs.ts. */
const MARK: u64 = 0x4000;

export function runCount(): u32 {
  return count;
}

export function markCount(): u32 {
  return marks;
}

/** Forgets all state: the next call begins a new range. */
export function resetRuns(min: u32, max: u32, mustBeDiverse: bool): void {
  minWords = min;
  maxWords = max;
  diverse = mustBeDiverse;
  forget();
}

function forget(): void {
  random = 0;
  soft = 0;
  before = 0;
  pending = 0;
  words = 0;
}

/** Whether a run is open, or might be with the next word. */
export function runOpen(): bool {
  return words != 0 || (random | soft) != 0;
}

/** The top bit of each byte to eight bits. */
// @ts-ignore: AssemblyScript decorator
@inline
function gather(mask: u64): u32 {
  return <u32>(((mask & HIGH) >> 7) * 0x0102040810204080 >> 56);
}

/** A bit for each byte of the block that equals the one `distance` further on. */
// @ts-ignore: AssemblyScript decorator
@inline
function equal(block: usize, distance: usize, v0: v128, v1: v128, v2: v128, v3: v128): u64 {
  const next = block + distance;
  return (
    <u64>i8x16.bitmask(i8x16.eq(v0, v128.load(next))) |
    (<u64>i8x16.bitmask(i8x16.eq(v1, v128.load(next, 16))) << 16) |
    (<u64>i8x16.bitmask(i8x16.eq(v2, v128.load(next, 32))) << 32) |
    (<u64>i8x16.bitmask(i8x16.eq(v3, v128.load(next, 48))) << 48)
  );
}

/** All bits of each byte that is printable ASCII. */
// @ts-ignore: AssemblyScript decorator
@inline
function printable(bytes: v128): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x20)), i8x16.splat(0x5f));
}

// @ts-ignore: AssemblyScript decorator
@inline
function isText(v0: v128, v1: v128, v2: v128, v3: v128): bool {
  return i8x16.all_true(v128.and(v128.and(printable(v0), printable(v1)), v128.and(printable(v2), printable(v3))));
}

/**
 * Judges the blocks in [from, to); `to - from` is a multiple of 64. Writes {u32 start, u32 words} of the runs that end to
 * `out`: at most one for each three words; and the u32 starts of blocks that hold the marked word to `markOut`.
 */
export function runs(from: usize, to: usize, out: usize, markOut: usize): void {
  count = 0;
  output = out;
  marks = 0;
  const mark = i64x2.splat(MARK);
  const none = i8x16.splat(0);
  for (let block = from; block < to; block += 64) {
    const v0 = v128.load(block);
    const v1 = v128.load(block, 16);
    const v2 = v128.load(block, 32);
    const v3 = v128.load(block, 48);
    let nextRandom: u32 = 0;
    let nextSoft: u32 = 0;
    if (v128.any_true(v128.or(v128.or(v0, v1), v128.or(v2, v3)))) {
      const marked = v128.or(
        v128.or(i64x2.eq(v0, mark), i64x2.eq(v1, mark)),
        v128.or(i64x2.eq(v2, mark), i64x2.eq(v3, mark)),
      );
      if (v128.any_true(marked)) {
        store<u32>(markOut + (<usize>marks << 2), <u32>block);
        marks++;
      }
      const zeros =
        <u64>i8x16.bitmask(i8x16.eq(v0, none)) |
        (<u64>i8x16.bitmask(i8x16.eq(v1, none)) << 16) |
        (<u64>i8x16.bitmask(i8x16.eq(v2, none)) << 32) |
        (<u64>i8x16.bitmask(i8x16.eq(v3, none)) << 48);
      // Zero bytes of each word, in its byte of the mask; three or more make no random word.
      let n = zeros - ((zeros >> 1) & 0x5555555555555555);
      n = (n & 0x3333333333333333) + ((n >> 2) & 0x3333333333333333);
      n = (n + (n >> 4)) & 0x0f0f0f0f0f0f0f0f;
      let hard = gather(n + LOW * 0x7d);
      // A soft word counts between two random ones alone: a block of text has none.
      if (hard != 0xff && !(zeros == 0 && isText(v0, v1, v2, v3))) {
        // Bytes that are zero, equal the next one or the one four further on: four or more are a fill pattern.
        const repeated =
          zeros |
          (equal(block, 1, v0, v1, v2, v3) & LOW7) |
          (equal(block, 4, v0, v1, v2, v3) & 0x0f0f0f0f0f0f0f0f);
        let m = repeated - ((repeated >> 1) & 0x5555555555555555);
        m = (m & 0x3333333333333333) + ((m >> 2) & 0x3333333333333333);
        m = (m + (m >> 4)) & 0x0f0f0f0f0f0f0f0f;
        hard |= gather(m + LOW * 0x7c);
        if (hard != 0xff) {
          const text =
            <u64>i8x16.bitmask(printable(v0)) |
            (<u64>i8x16.bitmask(printable(v1)) << 16) |
            (<u64>i8x16.bitmask(printable(v2)) << 32) |
            (<u64>i8x16.bitmask(printable(v3)) << 48);
          const softMask = (((text & LOW7) + LOW) & text) | (zeros & (zeros << 1));
          nextSoft = gather(softMask) & ~hard;
          nextRandom = 0xff & ~hard & ~nextSoft;
        }
      }
    }
    if (pending != 0) settle(nextRandom & 1);
    pending = block;
    random = nextRandom;
    soft = nextSoft;
  }
}

/** Judges the last block as if nothing random followed, and ends the run. */
export function endRuns(out: usize): void {
  count = 0;
  marks = 0;
  output = out;
  if (pending != 0) settle(0);
  if (words != 0) end();
  forget();
}

/** `after`: whether the first word behind the pending block is random. */
function settle(after: u32): void {
  const neighbours = ((random << 1) | before) & ((random >> 1) | (after << 7));
  let bits = random | (soft & neighbours);
  before = random >> 7;
  if (bits == 0) {
    if (words != 0) end();
    return;
  }
  if (bits == 0xff) {
    if (words == 0) start = pending;
    words += 8;
    return;
  }
  // From one stretch of words to the next.
  let at = pending;
  for (let left: u32 = 8; ; ) {
    const apart = min(<u32>ctz(bits), left);
    if (apart > 0 && words != 0) end();
    left -= apart;
    if (left == 0) return;
    at += <usize>apart << 3;
    bits >>= apart;
    const stretch = <u32>ctz(~bits);
    if (words == 0) start = at;
    words += stretch;
    left -= stretch;
    if (left == 0) return;
    at += <usize>stretch << 3;
    bits >>= stretch;
  }
}

function end(): void {
  if (words >= minWords && words <= maxWords && (!diverse || looksRandom())) {
    store<u32>(output + (<usize>count << 3), <u32>start);
    store<u32>(output + (<usize>count << 3) + 4, words);
    count++;
  }
  words = 0;
}

function looksRandom(): bool {
  return !areIndexes() && isDiverse() && !isOfAKind();
}

/** Whether a run of three or four words has too many bytes of a kind: `LEAST_OF_A_KIND` in ../runs.ts. */
function isOfAKind(): bool {
  if (words > 4 || words < 3 || mayBeDigits()) return false;
  const length: u32 = words << 3;
  let zeros: u32 = 0;
  let printable: u32 = 0;
  let letters: u32 = 0;
  let small: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte: u32 = load<u8>(start + i);
    zeros += u32(byte == 0);
    printable += u32(byte - 0x20 < 0x5f);
    letters += u32(byte < 2) + u32(byte - 0x61 < 26);
    small += u32(byte < 16);
  }
  if (words == 3) return zeros >= 4 || printable >= 21 || letters >= 12 || small >= 10;
  return zeros >= 5 || printable >= 26 || letters >= 14 || small >= 11;
}

/** Whether all words of 64 bits are below 2^60, or of 32 bits below 2^30: digits of a number have small bytes. */
function mayBeDigits(): bool {
  const end = start + (<usize>words << 3);
  let any: u64 = 0;
  for (let at = start; at < end; at += 8) any |= load<u64>(at);
  return (any & 0xf000000000000000) == 0 || (any & 0xc0000000c0000000) == 0;
}

/** Whether its first 64 bytes at most hold nearly as many different bytes as random ones do: code and tables do not. */
function isDiverse(): bool {
  const length: u32 = min(words << 3, 64);
  let a: u64 = 0;
  let b: u64 = 0;
  let c: u64 = 0;
  let d: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(start + i);
    const bit: u64 = 1 << (<u64>byte & 63);
    if (byte < 64) a |= bit;
    else if (byte < 128) b |= bit;
    else if (byte < 192) c |= bit;
    else d |= bit;
  }
  const distinct = <u32>(popcnt(a) + popcnt(b) + popcnt(c) + popcnt(d));
  return distinct >= (length > 48 ? 43 : (length * 3) >> 2);
}

/** Whether all its integers of 32 bits are below 2^27: indexes and offsets, of tables. Asked first: two words tell mostly. */
function areIndexes(): bool {
  const end = start + (<usize>words << 3);
  for (let at = start; at < end; at += 8) {
    if ((load<u64>(at) & 0xf8000000f8000000) != 0) return false;
  }
  return true;
}
