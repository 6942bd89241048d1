/**
 * RSA numbers packed together, with little between them: canonical s-expressions of libgcrypt, packed structures, DER
 * without its headers. Nothing tells where one number ends, so every odd and full one at any byte counts that no small
 * prime divides: the product of two neighbours must end like a third number, twice as long, which is tested by its lowest
 * 32 bits before it is multiplied in full. All numbers are big-endian here, as such structures write them; little-endian
 * ones side by side are blob.ts's.
 */
import type { ParsedSecret } from '../types.js';
import { lowest32 } from './blob.js';
import { type ByteOrder, ORDER } from './number-store.js';
import { COPRIME, readNumber, SMALL_WHEEL } from './numbers.js';

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
/** The number that the first i bytes of the piece make, modulo SMALL_WHEEL. */
const RESIDUES = new Int32Array(MAX_PIECE + 16);

/** What may be a prime of one size, or the product of two: places in ascending order, and the lowest 32 bits. */
interface Places {
  readonly size: number;
  /** 256^size modulo SMALL_WHEEL. */
  readonly shift: number;
  readonly at: Int32Array;
  readonly low: Int32Array;
  count: number;
}

/** By bytes of the number. */
const PLACES: ReadonlyMap<number, Places> = new Map(
  SIZES.flatMap((size) => [size, 2 * size]).map((size) => {
    const [at, low] = [new Int32Array(MAX_PIECE + 16), new Int32Array(MAX_PIECE + 16)];
    return [size, { size, shift: shiftOf(size), at, low, count: 0 }];
  }),
);

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
  fillResidues(bytes, first, end);
  // Of a modulus and its primes there are two lengths of the modulus in all.
  for (const places of PLACES.values()) if (end - first >= 2 * places.size) findPlaces(bytes, first, end, places);
  for (const size of SIZES) {
    if (end - first < 4 * size) break;
    const found = pairsOf(bytes, first, end, PLACES.get(size) as Places, PLACES.get(2 * size) as Places);
    if (found) return found;
  }
  return undefined;
}

function fillResidues(bytes: Uint8Array, from: number, to: number): void {
  let residue = 0;
  RESIDUES[0] = 0;
  for (let i = from; i < to; i++) {
    residue = (residue * 256 + (bytes[i] as number)) % SMALL_WHEEL;
    RESIDUES[i - from + 1] = residue;
  }
}

function shiftOf(size: number): number {
  let shift = 1;
  for (let i = 0; i < size; i++) shift = (shift * 256) % SMALL_WHEEL;
  return shift;
}

function findPlaces(bytes: Uint8Array, from: number, to: number, places: Places): void {
  const { size, shift, at: found, low } = places;
  let count = 0;
  for (let at = from, last = to - size; at <= last; at++) {
    // Odd, and with its top bit set: a branch less than asking one after the other.
    if ((((bytes[at] as number) >> 7) & (bytes[at + size - 1] as number)) === 0) continue;
    const above = ((RESIDUES[at - from] as number) * shift) % SMALL_WHEEL;
    const residue = (RESIDUES[at - from + size] as number) - above;
    if (COPRIME[residue < 0 ? residue + SMALL_WHEEL : residue] !== 1) continue;
    found[count] = at;
    low[count++] = lowest32(bytes, at, size, ORDER.big);
  }
  places.count = count;
}

function pairsOf(bytes: Uint8Array, from: number, to: number, primes: Places, moduli: Places): DenseKey | undefined {
  const lows = moduli.low;
  for (let i = 0; i < moduli.count; i++) {
    const low = lows[i] as number;
    FILTER[(low >>> 3) & 0x1fff] = (FILTER[(low >>> 3) & 0x1fff] as number) | (1 << (low & 7));
  }
  try {
    return moduli.count === 0 ? undefined : joinNeighbours(bytes, from, to, primes, moduli);
  } finally {
    for (let i = 0; i < moduli.count; i++) FILTER[((lows[i] as number) >>> 3) & 0x1fff] = 0;
  }
}

/** FILTER has a bit for the lowest 16 bits of each modulus. */
function joinNeighbours(
  bytes: Uint8Array,
  from: number,
  to: number,
  { size, at: places, low: lows, count }: Places,
  moduli: Places,
): DenseKey | undefined {
  // Places are in ascending order: the first that can be q for this p only moves on.
  for (let i = 0, start = 0; i < count; i++) {
    const p = places[i] as number;
    while (start < count && (places[start] as number) < p + size) start++;
    for (let j = start; j < count && (places[j] as number) <= p + size + MAX_BETWEEN; j++) {
      const low = Math.imul(lows[i] as number, lows[j] as number);
      if (!(((FILTER[(low >>> 3) & 0x1fff] as number) >> (low & 7)) & 1)) continue;
      const n = moduli.low.subarray(0, moduli.count).indexOf(low);
      if (n < 0) continue;
      const key = keyOf(bytes, moduli.at[n] as number, p, places[j] as number, size, from, to);
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
  from: number,
  to: number,
): DenseKey | undefined {
  const n = readNumber(bytes, nAt, 2 * size, ORDER.big);
  const [p, q] = [readNumber(bytes, pAt, size, ORDER.big), readNumber(bytes, qAt, size, ORDER.big)];
  if (p * q !== n) return undefined;
  const spans = [...copies(bytes, 'p', pAt, size, from, to), ...copies(bytes, 'q', qAt, size, from, to)];
  const key = { type: 'rsa', n, p, q } as const;
  return {
    spans,
    order: ORDER.big,
    secret: { kind: 'private-key', form: 'RSA numbers', length: 2 * size, key, whole: true },
  };
}
