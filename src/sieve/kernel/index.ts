/**
 * The sieve in AssemblyScript: one pass over the bytes, 64 at a time, looking for all anchors at once.
 * `../kernel.ts` is the specification: the two must emit the same hits in the same order.
 *
 * Teddy (Hyperscan, also in the aho-corasick crate): for each of four neighbouring bytes two 16-entry tables say, by low
 * and by high nibble, which of eight buckets may have that byte there; the AND of all eight look-ups leaves the
 * positions worth a look. With thousands of anchors that is most of a text: one bit of a filter that stays in the cache
 * turns nearly all of them away, without a branch where they are many. What is left is looked up in a hash table by its
 * four bytes and compared in full.
 *
 * UTF-16 anchors have a filter of their own, over every other byte, that is only asked where bytes and zeros alternate:
 * among the others, their letters would let most of a text through.
 *
 * Table layout (written by ../tables.ts): 8 × 16 B nibble tables (low 0, high 0, … low 3, high 3); 4096 × u16 heads of
 * chains, 0 for none, else 1 + entry; filters of 65536 bits in u32 words, where fingerprints have a hash: of narrow ones, of
 * UTF-16, and by another hash of all; then 48 B entries {u32 fingerprint, u16 next (like a head), u8 offset of the
 * fingerprint in the literal, u8 length, 32 B literal, u16 anchor id}. The fingerprint of UTF-16 is of every other byte.
 */

const HEADS: usize = 128;
const FILTER: usize = HEADS + 4096 * 2;
/** Of narrow fingerprints, and of those of UTF-16: a byte for each value of the top bits of their hash. */
const FILTER_BITS: u32 = 16;
const WIDE_FILTER: usize = FILTER + (1 << FILTER_BITS);
const SECOND_FILTER: usize = WIDE_FILTER + (1 << FILTER_BITS);
const ENTRIES: usize = SECOND_FILTER + 8192;
const ENTRY: usize = 48;
/** So many positions of a block are faster asked one by one. */
const FEW: u64 = 24;
/** So many blocks behind one of which more are let through are asked whole, without the nibble tables. */
const TRUSTED: u32 = 16;

/** 2^32 divided by the golden ratio, as `product` in ../tables.ts. */
const GOLDEN: u32 = 0x9e3779b1;
/** `secondProduct` in ../tables.ts. */
const SECOND: u32 = 0x85ebca6b;

/** 1 where an anchor may have this fingerprint. */
// @ts-ignore: AssemblyScript decorator
@inline
function isKnown(fingerprint: u32, filter: usize): u64 {
  return load<u8>(filter + <usize>((fingerprint * GOLDEN) >>> (32 - FILTER_BITS)));
}

// @ts-ignore: AssemblyScript decorator
@inline
function isSet(bit: u32, filter: usize): u32 {
  return (load<u32>(filter + ((<usize>bit >>> 5) << 2)) >>> (bit & 31)) & 1;
}

/** A bit for each of the eight positions from `p` on: whether an anchor may have that fingerprint. */
// @ts-ignore: AssemblyScript decorator
@inline
function knownOfEight(p: usize, filter: usize): u64 {
  return (
    isKnown(load<u32>(p), filter) |
    (isKnown(load<u32>(p, 1), filter) << 1) |
    (isKnown(load<u32>(p, 2), filter) << 2) |
    (isKnown(load<u32>(p, 3), filter) << 3) |
    (isKnown(load<u32>(p, 4), filter) << 4) |
    (isKnown(load<u32>(p, 5), filter) << 5) |
    (isKnown(load<u32>(p, 6), filter) << 6) |
    (isKnown(load<u32>(p, 7), filter) << 7)
  );
}

/** A bit for each of a block's positions. */
function knownOfAll(block: usize, filter: usize): u64 {
  let found: u64 = 0;
  for (let i: usize = 0; i < 64; i += 16) {
    found |= (knownOfEight(block + i, filter) | (knownOfEight(block + i + 8, filter) << 8)) << i;
  }
  return found;
}

/** The same for the eight positions p, p + 2, … p + 14, of fingerprints made of every other byte; 32 bytes are read. */
function wideKnownOfEight(p: usize, filter: usize): u64 {
  const low = i16x8.splat(0xff);
  const bytes = i8x16.narrow_i16x8_u(v128.and(v128.load(p), low), v128.and(v128.load(p, 16), low));
  const first = i64x2.extract_lane(bytes, 0);
  const second = i64x2.extract_lane(bytes, 1);
  return (
    isKnown(<u32>first, filter) |
    (isKnown(<u32>(first >>> 8), filter) << 2) |
    (isKnown(<u32>(first >>> 16), filter) << 4) |
    (isKnown(<u32>(first >>> 24), filter) << 6) |
    (isKnown(<u32>(first >>> 32), filter) << 8) |
    (isKnown(<u32>((first >>> 40) | (second << 24)), filter) << 10) |
    (isKnown(<u32>((first >>> 48) | (second << 16)), filter) << 12) |
    (isKnown(<u32>((first >>> 56) | (second << 8)), filter) << 14)
  );
}

/** Every other byte of the eight at `p`. */
// @ts-ignore: AssemblyScript decorator
@inline
function wideFingerprint(p: usize): u32 {
  let x = load<u64>(p) & 0x00ff00ff00ff00ff;
  x = (x | (x >>> 8)) & 0x0000ffff0000ffff;
  return <u32>(x | (x >>> 16));
}

/** How many hits were written by the last call of `scan`. */
let hits: u32 = 0;

export function hitCount(): u32 {
  return hits;
}

/** Compares the anchors with this fingerprint at `position`; returns false when the output has no room for all of them. */
function verify(
  fingerprint: u32,
  position: usize,
  from: usize,
  to: usize,
  limit: usize,
  tables: usize,
  out: usize,
  capacity: u32,
): bool {
  if (!isSet((fingerprint * SECOND) >>> 16, tables + SECOND_FILTER)) return true;
  let next: u32 = load<u16>(tables + HEADS + (<usize>((fingerprint * GOLDEN) >>> 20) << 1));
  while (next != 0) {
    const entry = tables + ENTRIES + <usize>(next - 1) * ENTRY;
    next = load<u16>(entry + 4);
    if (load<u32>(entry) != fingerprint) continue;
    const start = position - <usize>load<u8>(entry + 6);
    const length = <usize>load<u8>(entry + 7);
    if (start < from || start >= to || start + length > limit) continue;
    let same = true;
    for (let i: usize = 0; i < length; i++) {
      if (load<u8>(start + i) != load<u8>(entry + 8 + i)) {
        same = false;
        break;
      }
    }
    if (!same) continue;
    if (hits >= capacity) return false;
    store<u32>(out + (<usize>hits << 3), <u32>start);
    store<u32>(out + (<usize>hits << 3) + 4, <u32>load<u16>(entry + 40));
    hits++;
  }
  return true;
}

/** Those of a block's positions at which an anchor may have its fingerprint. */
// @ts-ignore: AssemblyScript decorator
@inline
function known(block: usize, bits: u64, filter: usize): u64 {
  let found: u64 = 0;
  for (let left = bits; left != 0; left &= left - 1) {
    const i = ctz(left);
    found |= isKnown(load<u32>(block + <usize>i), filter) << i;
  }
  return found;
}

/** The same for UTF-16, of the positions at which bytes and zeros alternate. */
function wideKnown(block: usize, alternating: u64, filter: usize): u64 {
  let found: u64 = 0;
  for (let i: usize = 0; i < 64; i += 16) {
    const here = <u32>(alternating >>> i) & 0xffff;
    if (here & 0x5555) found |= wideKnownOfEight(block + i, filter) << i;
    if (here & 0xaaaa) found |= wideKnownOfEight(block + i + 1, filter) << (i + 1);
  }
  return found & alternating;
}

/** A bit for each of sixteen positions: whether bytes and zeros alternate there, as in UTF-16. */
// @ts-ignore: AssemblyScript decorator
@inline
function alternates(b0: v128, b1: v128, b2: v128, b3: v128): u32 {
  const none = i8x16.splat(0);
  const zeros = v128.and(i8x16.eq(b1, none), i8x16.eq(b3, none));
  return i8x16.bitmask(v128.andnot(zeros, v128.or(i8x16.eq(b0, none), i8x16.eq(b2, none))));
}

/**
 * Finds anchors that start in [from, to) and end by `limit`, looking at fingerprint positions from `first` on. Writes
 * {u32 start, u32 anchor id} pairs to `out`. Returns the position to go on from: `stop` when all is done. 100 bytes past
 * `stop` must be mapped memory.
 */
export function scan(
  first: usize,
  stop: usize,
  from: usize,
  to: usize,
  limit: usize,
  tables: usize,
  out: usize,
  capacity: u32,
): usize {
  hits = 0;
  const mask = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  const low0 = v128.load(tables);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const high1 = v128.load(tables, 48);
  const low2 = v128.load(tables, 64);
  const high2 = v128.load(tables, 80);
  const low3 = v128.load(tables, 96);
  const high3 = v128.load(tables, 112);
  let block = first;
  let dense: u32 = 0;
  while (block < stop) {
    // No fingerprint is all zeros, so where a block and the three bytes behind it are, no position is worth a look.
    const zero = v128.or(
      v128.or(v128.or(v128.load(block), v128.load(block, 16)), v128.or(v128.load(block, 32), v128.load(block, 48))),
      v128.load(block, 51),
    );
    if (!v128.any_true(zero)) {
      block += 64;
      continue;
    }
    let bits: u64 = 0;
    let alternating: u64 = 0;
    if (dense > 0) {
      // What the tables would let through is most of it: only the filter tells.
      dense--;
      for (let i: usize = 0; i < 64; i += 16) {
        const p = block + i;
        alternating |= <u64>alternates(v128.load(p), v128.load(p, 1), v128.load(p, 2), v128.load(p, 3)) << i;
      }
      bits = knownOfAll(block, tables + FILTER);
    } else {
      for (let i: usize = 0; i < 64; i += 16) {
        const p = block + i;
        const b0 = v128.load(p);
        const b1 = v128.load(p, 1);
        const b2 = v128.load(p, 2);
        const b3 = v128.load(p, 3);
        const m01 = v128.and(
          v128.and(i8x16.swizzle(low0, v128.and(b0, mask)), i8x16.swizzle(high0, i8x16.shr_u(b0, 4))),
          v128.and(i8x16.swizzle(low1, v128.and(b1, mask)), i8x16.swizzle(high1, i8x16.shr_u(b1, 4))),
        );
        const m23 = v128.and(
          v128.and(i8x16.swizzle(low2, v128.and(b2, mask)), i8x16.swizzle(high2, i8x16.shr_u(b2, 4))),
          v128.and(i8x16.swizzle(low3, v128.and(b3, mask)), i8x16.swizzle(high3, i8x16.shr_u(b3, 4))),
        );
        bits |= <u64>(<u32>i8x16.bitmask(i8x16.ne(v128.and(m01, m23), none))) << i;
        alternating |= <u64>alternates(b0, b1, b2, b3) << i;
      }
      if (popcnt(bits) > FEW) {
        dense = TRUSTED;
        bits &= knownOfAll(block, tables + FILTER);
      } else if (bits != 0) {
        bits = known(block, bits, tables + FILTER);
      }
    }
    const wideBits = alternating == 0 ? 0 : wideKnown(block, alternating, tables + WIDE_FILTER);
    let all = bits | wideBits;
    while (all != 0) {
      const bit = all & (0 - all);
      const position = block + <usize>ctz(all);
      all ^= bit;
      if (position >= stop) return stop;
      const before = hits;
      if (
        ((bits & bit) != 0 && !verify(load<u32>(position), position, from, to, limit, tables, out, capacity)) ||
        ((wideBits & bit) != 0 && !verify(wideFingerprint(position), position, from, to, limit, tables, out, capacity))
      ) {
        hits = before;
        return position;
      }
    }
    block += 64;
  }
  return stop;
}

export { factorPlacesAt, factorRoom, factors } from './factors';
export { endRuns, markCount, resetRuns, runCount, runOpen, runs } from './runs';
