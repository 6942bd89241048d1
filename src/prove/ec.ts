/** Elliptic-curve keys: d·G = Q where the structure carries Q, d in range everywhere. */
import { bytesFromBigint, equalBytes } from '../bytes/convert.js';
import type { EcPrivateKey, OkpPrivateKey } from '../types.js';
import { EC_CURVES, ecPublicPoint, isEcCurve, isOnCurve, OKP_CURVES, okpPublicKey } from './curves.js';
import { ed25519YOfScalar, withSign } from './ed25519-scalar.js';
import type { Proof } from './proof.js';
import { isPattern, looksRandom } from './randomness.js';

const MISMATCH = 'the public key in the structure is not that of the private key';

export function proveEc(key: EcPrivateKey): Proof | undefined {
  const { curve, d, publicPoint } = key;
  const scalar = bytesFromBigint(d);
  if (isPattern(scalar)) return undefined;
  if (!isEcCurve(curve)) {
    return looksRandom(scalar) ? { confidence: 'parsed', evidence: [`scalar for curve ${curve}`] } : undefined;
  }
  if (d >= EC_CURVES[curve].order) return undefined;
  const point = ecPublicPoint(curve, d);
  const publicKey = { type: 'ec', curve, point } as const;
  if (publicPoint !== undefined && samePoint(point, publicPoint)) {
    return { confidence: 'proven', evidence: ['d·G = Q'], publicKey };
  }
  if (!looksRandom(bytesFromBigint(d, EC_CURVES[curve].size))) return undefined;
  // A damaged point lies on no curve, so one that does is whole, and the damage is in the scalar.
  if (publicPoint !== undefined && isOnCurve(curve, publicPoint)) {
    return { confidence: 'parsed', evidence: [MISMATCH], publicKey: { type: 'ec', curve, point: publicPoint } };
  }
  return { confidence: 'parsed', evidence: [publicPoint ? MISMATCH : 'scalar within the order'], publicKey };
}

/** `given` may be compressed (SEC 1 section 2.3.3). */
function samePoint(point: Uint8Array, given: Uint8Array): boolean {
  if (given.length === point.length) return equalBytes(point, given);
  const size = (point.length - 1) / 2;
  const parity = 2 + ((point[point.length - 1] as number) & 1);
  return given.length === 1 + size && given[0] === parity && equalBytes(point.subarray(1, 1 + size), given.subarray(1));
}

/** Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748). */
export function proveOkp(key: OkpPrivateKey): Proof | undefined {
  const { curve, secret } = key;
  if (secret.length !== OKP_CURVES[curve].secret || isPattern(secret)) return undefined;
  if (key.publicKey === undefined && !looksRandom(secret)) return undefined;
  const derived = key.expanded ? expandedPublicKey(key) : okpPublicKey(curve, secret);
  const publicKey = { type: 'okp', curve, publicKey: derived } as const;
  if (key.publicKey === undefined) return { confidence: 'parsed', evidence: ['secret of the right length'], publicKey };
  if (equalBytes(key.publicKey, derived)) {
    return { confidence: 'proven', evidence: ['public key derived from the secret matches'], publicKey };
  }
  return looksRandom(secret) ? { confidence: 'parsed', evidence: [MISMATCH], publicKey } : undefined;
}

/** Of the two public keys that a scalar can have, the one that is given. */
function expandedPublicKey({ secret, publicKey }: OkpPrivateKey): Uint8Array {
  const y = ed25519YOfScalar(secret);
  return ((publicKey?.[31] as number) & 0x80) !== 0 ? withSign(y) : y;
}
