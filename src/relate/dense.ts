/**
 * RSA numbers packed together, with little between them: canonical s-expressions of libgcrypt, packed structures, DER
 * without its headers. Nothing tells where one number ends, so every odd and full one at any byte counts: the product of
 * two neighbours must end like a third number, twice as long, which is tested by its lowest 32 bits before it is
 * multiplied in full.
 */
import type { ParsedSecret } from '../types.js';
import { lowest32 } from './blob.js';
import { type ByteOrder, ORDER } from './number-store.js';
import { isOddAndFull, readNumber } from './numbers.js';

/** Bytes of factors: RSA of 1024 to 4096 bits. */
const SIZES = [64, 96, 128, 192, 256];
/** Bytes of a structure: RSA of 4096 bits takes 2,500 with all its numbers. */
export const MAX_DENSE = 4096;
/** What is looked at in one piece: a cell, and the structures that begin at its end. */
const MAX_PIECE = 2 * MAX_DENSE;
/** Bytes between p and q: lengths, tags, names. */
const MAX_BETWEEN = 32;

/** Working space, used again for each call: a worker has one thread. */
const FILTER = new Uint8Array(1 << 13);
const PLACES = new Int32Array(MAX_PIECE + 16);
const LOWS = new Int32Array(MAX_PIECE + 16);

export interface DenseKey {
  /** Where p and q stand. */
  readonly spans: ReadonlyArray<readonly [name: string, from: number, to: number]>;
  readonly order: ByteOrder;
  readonly secret: ParsedSecret;
}

/** The first key whose n, p and q lie in `[from, to)`, most significant byte first, with every place of p and q there. */
export function findDense(bytes: Uint8Array, from: number, to: number): DenseKey | undefined {
  if (to - from > MAX_PIECE) return undefined;
  const first = Math.max(0, from - 7);
  const end = Math.min(bytes.length, to + 7);
  for (const size of SIZES) {
    if (end - first < 4 * size) break;
    // As such structures write their numbers; little-endian ones side by side are blob.ts's.
    const found = pairsOf(bytes, first, end, size, ORDER.big);
    if (found) return found;
  }
  return undefined;
}

function pairsOf(bytes: Uint8Array, from: number, to: number, size: number, order: ByteOrder): DenseKey | undefined {
  const moduli = new Map<number, number>();
  for (let at = from, last = to - 2 * size; at <= last; at++) {
    if (!isOddAndFull(bytes, at, 2 * size, order)) continue;
    const low = lowest32(bytes, at, 2 * size, order);
    moduli.set(low, at);
    FILTER[(low >>> 3) & 0x1fff] = (FILTER[(low >>> 3) & 0x1fff] as number) | (1 << (low & 7));
  }
  if (moduli.size === 0) return undefined;
  try {
    return joinNeighbours(bytes, from, to, size, order, moduli);
  } finally {
    for (const low of moduli.keys()) FILTER[(low >>> 3) & 0x1fff] = 0;
  }
}

/** `moduli`: places by their lowest 32 bits; FILTER has a bit for the lowest 16. */
function joinNeighbours(
  bytes: Uint8Array,
  from: number,
  to: number,
  size: number,
  order: ByteOrder,
  moduli: ReadonlyMap<number, number>,
): DenseKey | undefined {
  let count = 0;
  for (let at = from, last = to - size; at <= last; at++) {
    if (!isOddAndFull(bytes, at, size, order)) continue;
    PLACES[count] = at;
    LOWS[count++] = lowest32(bytes, at, size, order);
  }
  const [places, lows] = [PLACES.subarray(0, count), LOWS.subarray(0, count)];
  // Places are in ascending order: the first that can be q for this p only moves on.
  for (let i = 0, start = 0; i < lows.length; i++) {
    const p = places[i] as number;
    while (start < lows.length && (places[start] as number) < p + size) start++;
    for (let j = start; j < lows.length && (places[j] as number) <= p + size + MAX_BETWEEN; j++) {
      const low = Math.imul(lows[i] as number, lows[j] as number);
      if (!(((FILTER[(low >>> 3) & 0x1fff] as number) >> (low & 7)) & 1)) continue;
      const n = moduli.get(low);
      const key = n === undefined ? undefined : keyOf(bytes, n, p, places[j] as number, size, order, from, to);
      if (key) return key;
    }
  }
  return undefined;
}

/** A structure is often there several times: read, parsed, and copied into secure memory. */
function copies(
  bytes: Uint8Array,
  name: string,
  at: number,
  size: number,
  from: number,
  to: number,
): Array<readonly [name: string, from: number, to: number]> {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  const needle = bytes.slice(at, at + size);
  const found: Array<readonly [string, number, number]> = [];
  for (let index = haystack.indexOf(needle); index >= 0; index = haystack.indexOf(needle, index + 1)) {
    found.push([name, from + index, from + index + size]);
  }
  return found;
}

function keyOf(
  bytes: Uint8Array,
  nAt: number,
  pAt: number,
  qAt: number,
  size: number,
  order: ByteOrder,
  from: number,
  to: number,
): DenseKey | undefined {
  const n = readNumber(bytes, nAt, 2 * size, order);
  const [p, q] = [readNumber(bytes, pAt, size, order), readNumber(bytes, qAt, size, order)];
  if (p * q !== n) return undefined;
  const spans = [...copies(bytes, 'p', pAt, size, from, to), ...copies(bytes, 'q', qAt, size, from, to)];
  const key = { type: 'rsa', n, p, q } as const;
  return { spans, order, secret: { kind: 'private-key', form: 'RSA numbers', length: 2 * size, key, whole: true } };
}
