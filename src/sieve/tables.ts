/**
 * Turns the detectors' anchors into the look-up tables of the sieve: which four bytes of each anchor to look for
 * (its fingerprint), which of eight buckets it goes to, and the hash chains that confirm it.
 */
import type { Anchor } from '../detect/detector.js';

/** One anchor, prepared. `at` is the offset of the fingerprint in the literal. */
export interface SieveEntry {
  readonly id: number;
  readonly literal: Uint8Array;
  readonly at: number;
  readonly fingerprint: number;
}

export const FINGERPRINT = 4;
export const MAX_LITERAL = 32;
const BUCKETS = 8;
const HEADS_OFFSET = 128;
const HEAD_COUNT = 4096;
const ENTRIES_OFFSET = HEADS_OFFSET + HEAD_COUNT * 2;
const ENTRY_SIZE = 48;

/** The entries, in order of anchor id. */
export function sieveEntries(anchors: readonly Anchor[]): SieveEntry[] {
  return anchors.map(({ literal }, id) => {
    if (literal.length < FINGERPRINT || literal.length > MAX_LITERAL) throw new RangeError('anchor of 4 to 32 bytes');
    const at = rarestWindow(literal);
    const fingerprint = new DataView(literal.buffer, literal.byteOffset + at, 4).getUint32(0, true);
    return { id, literal, at, fingerprint };
  });
}

/** Serialises the entries in the layout that `kernel/index.ts` reads. */
export function encodeTables(entries: readonly SieveEntry[]): Uint8Array {
  const bytes = new Uint8Array(ENTRIES_OFFSET + entries.length * ENTRY_SIZE);
  const view = new DataView(bytes.buffer);
  fillBuckets(bytes, entries);
  // Chains are built from the last entry to the first, so that each runs in ascending order of id.
  for (const entry of [...entries].reverse()) {
    const base = ENTRIES_OFFSET + entry.id * ENTRY_SIZE;
    const head = HEADS_OFFSET + fingerprintHash(entry.fingerprint) * 2;
    view.setUint32(base, entry.fingerprint, true);
    view.setUint16(base + 4, view.getUint16(head, true), true);
    view.setUint8(base + 6, entry.at);
    view.setUint8(base + 7, entry.literal.length);
    bytes.set(entry.literal, base + 8);
    view.setUint16(base + 40, entry.id, true);
    view.setUint16(head, entry.id + 1, true);
  }
  return bytes;
}

/** Same hash as in the kernel: the top 12 bits of a Fibonacci product. */
function fingerprintHash(fingerprint: number): number {
  return Math.imul(fingerprint, 0x9e3779b1) >>> 20;
}

/**
 * Rough share of a byte value in process memory, in arbitrary units: zeros rule, then 0xff, small integers and text.
 * Only speed depends on it.
 */
function commonness(byte: number): number {
  if (byte === 0) return 64;
  if (byte === 0xff || byte === 0x7f || byte === 0x55) return 8;
  if (byte <= 0x10) return 6;
  if (byte >= 0x61 && byte <= 0x7a) return 4;
  if (byte === 0x20 || (byte >= 0x30 && byte <= 0x5a)) return 2.5;
  return 1;
}

/** Offset of the four neighbouring bytes that are rarest together. Never all zeros (see the kernel). */
function rarestWindow(literal: Uint8Array): number {
  let best = -1;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let at = 0; at + FINGERPRINT <= literal.length; at++) {
    if (literal.subarray(at, at + FINGERPRINT).every((byte) => byte === 0)) continue;
    let score = 1;
    for (let i = 0; i < FINGERPRINT; i++) score *= commonness(literal[at + i] as number);
    if (score < bestScore) [best, bestScore] = [at, score];
  }
  if (best < 0) throw new RangeError('an anchor needs a byte that is not zero');
  return best;
}

const TOTAL = Array.from({ length: 256 }, (_, byte) => commonness(byte)).reduce((a, b) => a + b, 0);

/** Puts each entry into the bucket where it adds least to the share of positions that pass the nibble tables. */
function fillBuckets(tables: Uint8Array, entries: readonly SieveEntry[]): void {
  const members: SieveEntry[][] = Array.from({ length: BUCKETS }, () => []);
  const rates = new Float64Array(BUCKETS);
  for (const entry of entries) {
    let best = 0;
    let bestGrowth = Number.POSITIVE_INFINITY;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const growth = passRate([...(members[bucket] as SieveEntry[]), entry]) - (rates[bucket] as number);
      if (growth < bestGrowth) [best, bestGrowth] = [bucket, growth];
    }
    const chosen = members[best] as SieveEntry[];
    chosen.push(entry);
    rates[best] = (rates[best] as number) + bestGrowth;
  }
  members.forEach((bucket, index) => {
    for (const { literal, at } of bucket) {
      for (let i = 0; i < FINGERPRINT; i++) {
        const byte = literal[at + i] as number;
        const low = i * 32 + (byte & 15);
        const high = i * 32 + 16 + (byte >> 4);
        tables[low] = (tables[low] as number) | (1 << index);
        tables[high] = (tables[high] as number) | (1 << index);
      }
    }
  });
}

/** Estimated share of positions that a bucket with these members lets through. */
function passRate(members: readonly SieveEntry[]): number {
  let rate = 1;
  for (let i = 0; i < FINGERPRINT; i++) {
    let low = 0;
    let high = 0;
    for (const { literal, at } of members) {
      const byte = literal[at + i] as number;
      low |= 1 << (byte & 15);
      high |= 1 << (byte >> 4);
    }
    let share = 0;
    for (let byte = 0; byte < 256; byte++) {
      if ((low >> (byte & 15)) & (high >> (byte >> 4)) & 1) share += commonness(byte);
    }
    rate *= share / TOTAL;
  }
  return rate;
}
