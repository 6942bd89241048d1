/**
 * The sieve in AssemblyScript: one pass over the bytes, 64 at a time, looking for all anchors at once.
 * `../kernel.ts` is the specification: the two must emit the same hits in the same order.
 *
 * Teddy (Hyperscan, also in the aho-corasick crate): for each of four neighbouring bytes two 16-entry tables say, by low
 * and by high nibble, which of eight buckets may have that byte there; the AND of all eight look-ups leaves the
 * positions worth a look. Those are looked up in a hash table by their four bytes and compared in full.
 *
 * UTF-16 anchors have tables of their own, over every other byte, that are only asked where bytes and zeros alternate:
 * among the others, their letters would let most of a text through.
 *
 * Table layout (written by ../tables.ts): 8 × 16 B nibble tables (low 0, high 0, … low 3, high 3), 8 more for UTF-16;
 * 4096 × u16 heads of chains, 0 for none, else 1 + entry; 65536 bits, set where a fingerprint has that hash; then 48 B entries {u32 fingerprint, u16 next (like a head),
 * u8 offset of the fingerprint in the literal, u8 length, 32 B literal, u16 anchor id}.
 */

const WIDE: usize = 128;
const HEADS: usize = 256;
const FILTER: usize = 256 + 4096 * 2;
const ENTRIES: usize = FILTER + 8192;
const ENTRY: usize = 48;

/** Same hash as `fingerprintHash` in ../tables.ts. */
// @ts-ignore: AssemblyScript decorator
@inline
function hash(fingerprint: u32): u32 {
  return (fingerprint * 0x9e3779b1) >>> 20;
}

/**
 * Whether any anchor may have this fingerprint. Most positions of a text get through the nibble tables when there are
 * thousands of anchors; one bit of a table that stays in the cache turns nearly all of them away.
 */
// @ts-ignore: AssemblyScript decorator
@inline
function isKnown(fingerprint: u32, tables: usize): bool {
  const bit = (fingerprint * 0x9e3779b1) >>> 16;
  return ((<u32>load<u8>(tables + FILTER + <usize>(bit >>> 3)) >>> (bit & 7)) & 1) != 0;
}

/** How many hits were written by the last call of `scan`. */
let hits: u32 = 0;

export function hitCount(): u32 {
  return hits;
}

/** Compares the anchors of one chain; returns false when the output has no room for all of them. */
function verify(position: usize, from: usize, to: usize, limit: usize, tables: usize, out: usize, capacity: u32): bool {
  const fingerprint = load<u32>(position);
  let next: u32 = load<u16>(tables + HEADS + (<usize>hash(fingerprint) << 1));
  const before = hits;
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
    if (hits >= capacity) {
      hits = before;
      return false;
    }
    store<u32>(out + (<usize>hits << 3), <u32>start);
    store<u32>(out + (<usize>hits << 3) + 4, <u32>load<u16>(entry + 40));
    hits++;
  }
  return true;
}

/** The buckets of UTF-16 fingerprints that the bytes at p, p + 2, p + 4 and p + 6 may belong to. */
function wide(p: usize, b0: v128, b2: v128, tables: usize): v128 {
  const mask = i8x16.splat(0x0f);
  const b4 = v128.load(p, 4);
  const b6 = v128.load(p, 6);
  const t = tables + WIDE;
  const m01 = v128.and(
    v128.and(i8x16.swizzle(v128.load(t), v128.and(b0, mask)), i8x16.swizzle(v128.load(t, 16), i8x16.shr_u(b0, 4))),
    v128.and(i8x16.swizzle(v128.load(t, 32), v128.and(b2, mask)), i8x16.swizzle(v128.load(t, 48), i8x16.shr_u(b2, 4))),
  );
  const m23 = v128.and(
    v128.and(i8x16.swizzle(v128.load(t, 64), v128.and(b4, mask)), i8x16.swizzle(v128.load(t, 80), i8x16.shr_u(b4, 4))),
    v128.and(i8x16.swizzle(v128.load(t, 96), v128.and(b6, mask)), i8x16.swizzle(v128.load(t, 112), i8x16.shr_u(b6, 4))),
  );
  return v128.and(m01, m23);
}

/**
 * Finds anchors that start in [from, to) and end by `limit`, looking at fingerprint positions from `first` on. Writes
 * {u32 start, u32 anchor id} pairs to `out`. Returns the position to go on from: `stop` when all is done. 80 bytes past
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
    for (let p = block, end = block + 64; p < end; p += 16) {
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
      let m = v128.and(m01, m23);
      const alternating = v128.and(
        v128.and(i8x16.eq(b1, none), i8x16.eq(b3, none)),
        v128.and(i8x16.ne(b0, none), i8x16.ne(b2, none)),
      );
      if (v128.any_true(alternating)) m = v128.or(m, v128.and(alternating, wide(p, b0, b2, tables)));
      if (v128.any_true(m)) {
        let bits = <u32>i8x16.bitmask(i8x16.ne(m, none));
        while (bits != 0) {
          const position = p + <usize>ctz(bits);
          bits &= bits - 1;
          if (position >= stop) return stop;
          if (!isKnown(load<u32>(position), tables)) continue;
          if (!verify(position, from, to, limit, tables, out, capacity)) return position;
        }
      }
    }
    block += 64;
  }
  return stop;
}

export { endRuns, markCount, resetRuns, runCount, runOpen, runs } from './runs';
