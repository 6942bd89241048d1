/**
 * Public points of elliptic curves that stand in memory as they are written (SEC 1 section 2.3.3: 04, X, Y), and the
 * scalars near them at any byte: s-expressions, packed structures. That a point lies on its curve cannot be chance, and
 * it pays to look around it more closely than is possible everywhere.
 */
import { equalBytes } from '../bytes/convert.js';
import { wipe } from '../bytes/wipe.js';
import { EC_CURVES } from '../prove/curves.js';
import type { EcCurve, EcPrivateKey } from '../types.js';
import { ORDER } from './number-store.js';
import { readNumber } from './numbers.js';
import { BATCH } from './point-kernel.js';
import { derivationTime, publicPoints } from './public-points.js';
import { isRandom } from './scalars.js';

/** SEC 2 version 2 and FIPS 186-4: y² = x³ + a·x + b mod p. */
const EQUATIONS: ReadonlyArray<{
  readonly curve: EcCurve;
  readonly a: bigint;
  readonly b: bigint;
}> = [
  {
    curve: 'P-256',
    a: -3n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  {
    curve: 'P-384',
    a: -3n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  {
    curve: 'P-521',
    a: -3n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
  { curve: 'secp256k1', a: 0n, b: 7n },
];

/** By bytes of a coordinate, in ascending order. */
const BY_SIZE = [32, 48, 66].map(
  (size) => [size, EQUATIONS.filter(({ curve }) => EC_CURVES[curve].size === size)] as const,
);

/** Bytes to either side of a point in which its scalar is looked for. */
const NEAR = 384;

/** Microseconds that the search near points may still take in one window: in what lies together, and close to it. */
export interface PointBudget {
  left: number;
  around: number;
  /** Points that were not looked at, or not all around. */
  givenUp: number;
}

export function pointBudget(microseconds: number): PointBudget {
  return { left: microseconds, around: microseconds / 2, givenUp: 0 };
}

export interface NearScalar {
  readonly key: EcPrivateKey;
  readonly from: number;
  readonly to: number;
  /** Whether so much lies between the scalar and its point that they may be pieces of memory of their own. */
  readonly apart: boolean;
}

/** So far from what lies together a scalar may begin or end: one of 48 bytes is too short a run to be taken for part of it. */
const CLOSE = 64;
/** What an s-expression or DER has between a point and its scalar; an allocator's header and padding are more. */
const MOST_BETWEEN = 12;

/** Points in `[from, to)`, and the scalars near them, in it or close to it; `budget` bounds the work of one window. */
export function findNearPoints(bytes: Uint8Array, from: number, to: number, budget: PointBudget): NearScalar[] {
  const found: NearScalar[] = [];
  const lonely: Array<{ at: number; curve: EcCurve }> = [];
  for (let at = bytes.indexOf(4, from); at >= 0 && at < to; at = bytes.indexOf(4, at + 1)) {
    // Behind the unused bits of a BIT STRING it is a certificate's or a public key's, and no scalar is near.
    if (bytes[at - 1] === 0 && (bytes[at - 3] === 3 || bytes[at - 4] === 3)) continue;
    for (const curve of curvesAt(bytes, at)) {
      const { size } = EC_CURVES[curve];
      const scalar = scalarAmong(bytes, at, curve, placesNear(bytes, at, from, to, size), budget, 'left');
      if (scalar) found.push(scalar);
      else lonely.push({ at, curve });
    }
  }
  for (const { at, curve } of lonely) {
    const { size } = EC_CURVES[curve];
    const [first, end] = [Math.max(0, from - CLOSE - size), Math.min(bytes.length, to + CLOSE + size)];
    const outside = placesNear(bytes, at, first, end, size).filter((place) => place < from || place + size > to);
    const scalar = scalarAmong(bytes, at, curve, outside, budget, 'around');
    if (scalar) found.push(scalar);
  }
  return found;
}

/** The curves on which the point lies that may stand at `at`. */
function curvesAt(bytes: Uint8Array, at: number): EcCurve[] {
  const curves: EcCurve[] = [];
  for (const [size, equations] of BY_SIZE) {
    if (at + 1 + 2 * size > bytes.length) break;
    // The nine bits above the eight words of P-521 first: they refuse nearly everything.
    if (size === 66 && ((bytes[at + 1] as number) > 1 || (bytes[at + 1 + size] as number) > 1)) continue;
    if (!isRandom(bytes, at + 1, size)) continue;
    const x = readNumber(bytes, at + 1, size, ORDER.big);
    const y = readNumber(bytes, at + 1 + size, size, ORDER.big);
    // The long part is the same for all curves of a size.
    const rest = y * y - x * x * x;
    for (const { curve, a, b } of equations) {
      const { prime: p } = EC_CURVES[curve];
      if (x < p && y < p && x > 1n && (rest - a * x - b) % p === 0n) curves.push(curve);
    }
  }
  return curves;
}

/** The point's scalar, at one of the places. */
function scalarAmong(
  bytes: Uint8Array,
  at: number,
  curve: EcCurve,
  places: readonly number[],
  budget: PointBudget,
  part: 'left' | 'around',
): NearScalar | undefined {
  const { size } = EC_CURVES[curve];
  const behind = at + 1 + 2 * size;
  const point = bytes.slice(at, behind);
  for (let i = 0; i < places.length; i += BATCH) {
    const batch = places.slice(i, i + BATCH);
    budget[part] -= derivationTime(curve, batch.length);
    if (budget[part] < 0) {
      budget.givenUp++;
      return undefined;
    }
    const scalars = batch.map((from) => bytes.slice(from, from + size));
    const hit = publicPoints(curve, scalars).findIndex((derived) => derived && equalBytes(derived, point));
    wipe(...scalars);
    if (hit < 0) continue;
    const from = batch[hit] as number;
    const d = readNumber(bytes, from, size, ORDER.big);
    const between = from < at ? at - from - size : from - behind;
    const key: EcPrivateKey = { type: 'ec', curve, d, publicPoint: point };
    return { key, from, to: from + size, apart: part === 'around' && between > MOST_BETWEEN };
  }
  return undefined;
}

/** Where a secret may stand around the point at `at`. */
function placesNear(bytes: Uint8Array, at: number, first: number, end: number, size: number): number[] {
  const places: number[] = [];
  const behind = at + 1 + 2 * size;
  const last = Math.min(end - size, behind + NEAR);
  for (let from = Math.max(first, at - NEAR - size); from <= last; from++) {
    if (from + size > at && from < behind) continue;
    if (isRandom(bytes, from, size)) places.push(from);
  }
  return places;
}
