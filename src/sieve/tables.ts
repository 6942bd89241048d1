/**
 * Turns the detectors' anchors into the look-up tables of the sieve: which four bytes of each anchor to look for
 * (its fingerprint), which of eight buckets it goes to, and the hash chains that confirm it.
 */
import { createHash } from 'node:crypto';
import type { Anchor } from '../detect/detector.js';
import { commonness, encodeBuckets } from './buckets.js';

/** One anchor, prepared. `at` is the offset of the fingerprint in the literal; its four bytes are little-endian. */
export interface SieveEntry {
  readonly id: number;
  readonly literal: Uint8Array;
  readonly at: number;
  readonly fingerprint: number;
  /** The fingerprint begins a run of UTF-16: byte, zero, byte, zero, byte, zero, byte. */
  readonly wide: boolean;
}

export const FINGERPRINT = 4;
export const MAX_LITERAL = 32;
/** Behind the nibble tables: 4 × {low, high} × 16 bytes. */
const HEADS_OFFSET = 128;
const HEAD_COUNT = 4096;
const FILTER_OFFSET = HEADS_OFFSET + HEAD_COUNT * 2;
/** A byte for each value of the top bits of the hash: to ask for it takes half as long as for a bit. */
const FILTER_BITS = 16;
const WIDE_FILTER_OFFSET = FILTER_OFFSET + 2 ** FILTER_BITS;
const SECOND_FILTER_OFFSET = WIDE_FILTER_OFFSET + 2 ** FILTER_BITS;
/** A bit for each value of the top 16 bits of the hash. */
const SECOND_FILTER_SIZE = 65_536 / 8;
const ENTRIES_OFFSET = SECOND_FILTER_OFFSET + SECOND_FILTER_SIZE;
const ENTRY_SIZE = 48;

/** Of all literals in their order: tells whether encoded tables are those of these anchors. SHA-256, in base64. */
export function digestOf(anchors: readonly Anchor[]): string {
  const all = anchors.flatMap(({ literal }) => [Uint8Array.of(literal.length), literal]);
  return createHash('sha256').update(Buffer.concat(all)).digest('base64');
}

/** The entries, in order of anchor id. */
export function sieveEntries(anchors: readonly Anchor[]): SieveEntry[] {
  return anchors.map(({ literal }, id) => {
    if (literal.length < FINGERPRINT || literal.length > MAX_LITERAL) throw new RangeError('anchor of 4 to 32 bytes');
    const wideAt = rarest(literal, 7, (at) => isWide(literal, at), [0, 2, 4, 6]);
    const at = wideAt ?? rarest(literal, FINGERPRINT, (start) => !isZero(literal, start), [0, 1, 2, 3]);
    if (at === undefined) throw new RangeError('an anchor needs a byte that is not zero');
    const wide = wideAt !== undefined;
    const fingerprint = Buffer.from(fingerprintBytes({ literal, at, wide })).readUInt32LE();
    return { id, literal, at, fingerprint, wide };
  });
}

/** Serialises the entries in the layout that `kernel/index.ts` reads. */
export function encodeTables(entries: readonly SieveEntry[]): Uint8Array {
  const bytes = new Uint8Array(ENTRIES_OFFSET + entries.length * ENTRY_SIZE);
  const view = new DataView(bytes.buffer);
  bytes.set(encodeBuckets(entries.filter(({ wide }) => !wide).map(fingerprintBytes)));
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
    bytes[(entry.wide ? WIDE_FILTER_OFFSET : FILTER_OFFSET) + (product(entry.fingerprint) >>> (32 - FILTER_BITS))] = 1;
    setBit(bytes, SECOND_FILTER_OFFSET, secondProduct(entry.fingerprint) >>> 16);
  }
  return bytes;
}

/** The literal of an entry within encoded tables: a view, which takes no time to make. */
export function encodedLiteral(tables: Uint8Array, id: number): Uint8Array {
  const base = ENTRIES_OFFSET + id * ENTRY_SIZE;
  return tables.subarray(base + 8, base + 8 + (tables[base + 7] as number));
}

/** The kernel reads words of 32 bits, little-endian: the bit stands in the same place. */
function setBit(bytes: Uint8Array, offset: number, bit: number): void {
  const at = offset + (bit >>> 3);
  bytes[at] = (bytes[at] as number) | (1 << (bit & 7));
}

/** The four bytes that are looked for; of UTF-16 every other one. */
function fingerprintBytes({ literal, at, wide }: Pick<SieveEntry, 'literal' | 'at' | 'wide'>): number[] {
  return [0, 1, 2, 3].map((i) => literal[at + (wide ? 2 * i : i)] as number);
}

/** Same hash as in the kernel: the top 12 bits of a Fibonacci product. */
function fingerprintHash(fingerprint: number): number {
  return product(fingerprint) >>> 20;
}

/** 2^32 divided by the golden ratio (Knuth, volume 3, section 6.4). */
function product(fingerprint: number): number {
  return Math.imul(fingerprint, 0x9e3779b1);
}

/** Of the second filter: a multiplier of MurmurHash3's finaliser. */
function secondProduct(fingerprint: number): number {
  return Math.imul(fingerprint, 0x85ebca6b);
}

function isZero(literal: Uint8Array, at: number): boolean {
  return literal.subarray(at, at + FINGERPRINT).every((byte) => byte === 0);
}

function isWide(literal: Uint8Array, at: number): boolean {
  return [0, 1, 2, 3, 4, 5, 6].every((i) => (literal[at + i] === 0) === (i % 2 === 1));
}

/** Offset of the window of `length` bytes, of those that fit, whose bytes at `steps` are rarest together. */
function rarest(
  literal: Uint8Array,
  length: number,
  fits: (at: number) => boolean,
  steps: readonly number[],
): number | undefined {
  let best: number | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let at = 0; at + length <= literal.length; at++) {
    if (!fits(at)) continue;
    const score = steps.reduce((product, step) => product * commonness(literal[at + step] as number), 1);
    if (score < bestScore) [best, bestScore] = [at, score];
  }
  return best;
}
