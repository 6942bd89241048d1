/**
 * Public points of many scalars of one curve. From some scalars on, and where it is built for the curve, the kernel
 * derives them side by side, up to thirty times as fast as node:crypto, which is the specification and has the last word
 * wherever the kernel knows no answer.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { bigintFromBytes, bytesFromBigint } from '../bytes/convert.js';
import { EC_CURVES } from '../prove/curves.js';
import type { EcCurve } from '../types.js';
import { BATCH, pointKernel } from './point-kernel.js';

const ECDH_NAMES: Readonly<Record<EcCurve, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};

/**
 * Scalars from which on the kernel pays: a batch has inversions that it shares. Microseconds of a derivation by the
 * library; and of a batch, and of each scalar in it, by the kernel.
 */
const COSTS: Readonly<Record<EcCurve, { enough: number; one: number; batch: number; each: number }>> = {
  'P-256': { enough: 32, one: 20, batch: 200, each: 20 },
  'P-384': { enough: 4, one: 550, batch: 500, each: 45 },
  'P-521': { enough: 4, one: 1300, batch: 1000, each: 90 },
  secp256k1: { enough: 4, one: 250, batch: 200, each: 20 },
};

/**
 * Called for each scalar that has a point, in order: `bytes` holds at `at` 04, x, y (SEC 1 section 2.3.3), and x times
 * 2^(8·size) modulo the prime, each of the size of the curve, most significant byte first. They are overwritten later.
 */
export type OnPoint = (i: number, bytes: Uint8Array, at: number) => void;

/**
 * The points d·G of the first `count` of the scalars that stand one behind the other in `scalars`, each of the size of
 * the curve, most significant byte first. What is no scalar of the curve, 0, or not below the order, has none.
 */
export function eachPublicPoint(curve: EcCurve, scalars: Uint8Array, count: number, onPoint: OnPoint): void {
  const { size, order } = EC_CURVES[curve];
  const limit = bytesFromBigint(order, size);
  const kernel = count < COSTS[curve].enough ? undefined : pointKernel(curve);
  for (let from = 0; from < count; from += BATCH) {
    const n = Math.min(BATCH, count - from);
    kernel?.input.set(scalars.subarray(from * size, (from + n) * size));
    kernel?.derive(n);
    const output = kernel?.output;
    for (let i = 0; i < n; i++) {
      const at = (from + i) * size;
      if (!isBelow(scalars, at, limit)) continue;
      const line = i * (1 + 3 * size);
      if (output?.[line] === 4) onPoint(from + i, output, line);
      else {
        const point = deriveOne(curve, scalars.subarray(at, at + size));
        if (point) onPoint(from + i, point, 0);
      }
    }
  }
}

function isBelow(bytes: Uint8Array, at: number, limit: Uint8Array): boolean {
  for (let i = 0; i < limit.length; i++) {
    const [byte, most] = [bytes[at + i] as number, limit[i] as number];
    if (byte !== most) return byte < most;
  }
  return false;
}

/**
 * Points d·G in the order of the scalars, uncompressed; undefined for what is no scalar of the curve. A RangeError says
 * that one has not the size of the curve. What is worked out on the way is overwritten.
 */
export function publicPoints(curve: EcCurve, scalars: readonly Uint8Array[]): Array<Uint8Array | undefined> {
  const { size } = EC_CURVES[curve];
  if (scalars.some((scalar) => scalar.length !== size)) throw new RangeError('a scalar has not the size of its curve');
  const all = new Uint8Array(scalars.length * size);
  for (const [i, scalar] of scalars.entries()) all.set(scalar, i * size);
  const points: Array<Uint8Array | undefined> = scalars.map(() => undefined);
  eachPublicPoint(curve, all, scalars.length, (i, bytes, at) => {
    points[i] = bytes.slice(at, at + 1 + 2 * size);
  });
  all.fill(0);
  return points;
}

/** Microseconds that the points of so many scalars take, BATCH at most, for budgets: the same on each machine. */
export function derivationTime(curve: EcCurve, scalars: number): number {
  const { enough, one, batch, each } = COSTS[curve];
  return scalars < enough ? scalars * one : batch + scalars * each;
}

/** One object for each curve: making one costs as much as forty derivations. */
const objects = new Map<EcCurve, ECDH>();

function ecdhOf(curve: EcCurve): ECDH {
  const ecdh = objects.get(curve) ?? createECDH(ECDH_NAMES[curve]);
  objects.set(curve, ecdh);
  return ecdh;
}

function deriveOne(curve: EcCurve, scalar: Uint8Array): Uint8Array | undefined {
  const ecdh = ecdhOf(curve);
  try {
    ecdh.setPrivateKey(scalar);
  } catch {
    return undefined;
  }
  const { size, prime } = EC_CURVES[curve];
  const line = new Uint8Array(1 + 3 * size);
  line.set(ecdh.getPublicKey());
  const x = bigintFromBytes(line.subarray(1, 1 + size));
  line.set(bytesFromBigint((x << BigInt(8 * size)) % prime, size), 1 + 2 * size);
  return line;
}
