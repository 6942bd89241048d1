/** Scalars of the curves, and the points that node:crypto derives from them. */
import { createECDH } from 'node:crypto';
import { EC_CURVES } from '../../src/prove/curves.js';
import type { EcCurve } from '../../src/types.js';
import type { Random } from '../support/random.js';

const NAMES: Readonly<Record<EcCurve, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};
export const CURVES = Object.keys(NAMES) as EcCurve[];

/** Most significant byte first, in the size of the curve. */
export function bytesOf(curve: EcCurve, value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * EC_CURVES[curve].size, '0'), 'hex'));
}

export function randomScalar(curve: EcCurve, random: Random): Uint8Array {
  const { size, order } = EC_CURVES[curve];
  const hex = Buffer.from(random.bytes(size + 8)).toString('hex');
  return bytesOf(curve, 1n + (BigInt(`0x${hex}`) % (order - 1n)));
}

export function randomScalars(curve: EcCurve, count: number, random: Random): Uint8Array[] {
  return Array.from({ length: count }, () => randomScalar(curve, random));
}

/** The point in hex, uncompressed; undefined for what is no scalar. */
export function pointOf(curve: EcCurve, scalar: Uint8Array): string | undefined {
  const ecdh = createECDH(NAMES[curve]);
  try {
    ecdh.setPrivateKey(scalar);
  } catch {
    return undefined;
  }
  return ecdh.getPublicKey('hex');
}

/** 04, x, y and x·2^(8·size) modulo the prime, in hex. */
export function lineOf(curve: EcCurve, scalar: Uint8Array): string | undefined {
  const point = pointOf(curve, scalar);
  if (point === undefined) return undefined;
  const { size, prime } = EC_CURVES[curve];
  const x = BigInt(`0x${point.slice(2, 2 + 2 * size)}`);
  return point + ((x * 256n ** BigInt(size)) % prime).toString(16).padStart(2 * size, '0');
}

export function hexOf(points: ReadonlyArray<Uint8Array | undefined>): Array<string | undefined> {
  return points.map((point) => point && Buffer.from(point).toString('hex'));
}
