/**
 * Public points of elliptic curves that stand in memory as they are written (SEC 1 section 2.3.3: 04, X, Y), and the
 * scalars near them at any byte: s-expressions, packed structures. That a point lies on its curve cannot be chance, and
 * it pays to look around it more closely than is possible everywhere.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { EC_CURVES } from '../prove/curves.js';
import type { EcCurve, EcPrivateKey } from '../types.js';
import { ORDER } from './number-store.js';
import { readNumber } from './numbers.js';
import { isRandom } from './scalars.js';

/** SEC 2 version 2 and FIPS 186-4: y² = x³ + a·x + b mod p. */
const EQUATIONS: ReadonlyArray<{
  readonly curve: EcCurve;
  readonly ecdh: string;
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  /** Microseconds of a derivation. */
  readonly cost: number;
}> = [
  {
    curve: 'P-256',
    ecdh: 'prime256v1',
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    a: -3n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    cost: 20,
  },
  {
    curve: 'P-384',
    ecdh: 'secp384r1',
    p: (1n << 384n) - (1n << 128n) - (1n << 96n) + (1n << 32n) - 1n,
    a: -3n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    cost: 550,
  },
  {
    curve: 'P-521',
    ecdh: 'secp521r1',
    p: (1n << 521n) - 1n,
    a: -3n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    cost: 1300,
  },
  { curve: 'secp256k1', ecdh: 'secp256k1', p: (1n << 256n) - (1n << 32n) - 977n, a: 0n, b: 7n, cost: 250 },
];

/** Bytes to either side of a point in which its scalar is looked for. */
const NEAR = 384;

/** Microseconds that the search near points may still take in one window. */
export interface PointBudget {
  left: number;
  /** Points that were not looked at, or not all around. */
  givenUp: number;
}

export interface NearScalar {
  readonly key: EcPrivateKey;
  readonly from: number;
  readonly to: number;
}

/** Scalars and points that lie together in `[from, to)`; `budget` bounds the work of one window. */
export function findNearPoints(bytes: Uint8Array, from: number, to: number, budget: PointBudget): NearScalar[] {
  const found: NearScalar[] = [];
  for (let at = bytes.indexOf(4, from); at >= 0 && at < to; at = bytes.indexOf(4, at + 1)) {
    // Behind the unused bits of a BIT STRING it is a certificate's or a public key's, and no scalar is near.
    if (bytes[at - 1] === 0 && (bytes[at - 3] === 3 || bytes[at - 4] === 3)) continue;
    for (const equation of EQUATIONS) {
      if (!isPoint(bytes, at, equation)) continue;
      const scalar = scalarNear(bytes, at, from, to, equation, budget);
      if (scalar) found.push(scalar);
    }
  }
  return found;
}

function isPoint(bytes: Uint8Array, at: number, { curve, p, a, b }: (typeof EQUATIONS)[number]): boolean {
  const { size } = EC_CURVES[curve];
  if (at + 1 + 2 * size > bytes.length) return false;
  // The nine bits above the eight words of P-521 first: they refuse nearly everything.
  if (curve === 'P-521' && ((bytes[at + 1] as number) > 1 || (bytes[at + 1 + size] as number) > 1)) return false;
  if (!isRandom(bytes, at + 1, size)) return false;
  const x = readNumber(bytes, at + 1, size, ORDER.big);
  const y = readNumber(bytes, at + 1 + size, size, ORDER.big);
  return x < p && y < p && x > 1n && (y * y - x * x * x - a * x - b) % p === 0n;
}

function scalarNear(
  bytes: Uint8Array,
  at: number,
  first: number,
  end: number,
  { curve, ecdh: name, cost }: (typeof EQUATIONS)[number],
  budget: PointBudget,
): NearScalar | undefined {
  const { size, order } = EC_CURVES[curve];
  const point = bytes.slice(at, at + 1 + 2 * size);
  const ecdh = ecdhOf(name);
  const last = Math.min(end - size, at + point.length + NEAR);
  for (let from = Math.max(first, at - NEAR - size); from <= last; from++) {
    if (from + size > at && from < at + point.length) continue;
    if (!isRandom(bytes, from, size)) continue;
    budget.left -= cost;
    if (budget.left < 0) {
      budget.givenUp++;
      return undefined;
    }
    const d = readNumber(bytes, from, size, ORDER.big);
    if (d === 0n || d >= order || !isKeyOf(ecdh, bytes.slice(from, from + size), point)) continue;
    return { key: { type: 'ec', curve, d, publicPoint: point }, from, to: from + size };
  }
  return undefined;
}

/** One object for each curve: making one costs as much as forty derivations. */
const objects = new Map<string, ECDH>();

function ecdhOf(name: string): ECDH {
  const ecdh = objects.get(name) ?? createECDH(name);
  objects.set(name, ecdh);
  return ecdh;
}

function isKeyOf(ecdh: ECDH, scalar: Uint8Array, point: Uint8Array): boolean {
  ecdh.setPrivateKey(scalar);
  return ecdh.getPublicKey().equals(point);
}
