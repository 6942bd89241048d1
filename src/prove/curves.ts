/** Facts about the curves that can be proven: orders, sizes, OIDs, and where the public half comes from. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { bytesFromBigint, concatBytes } from '../bytes/convert.js';
import type { EcCurve, OkpCurve } from '../types.js';

const h = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

export interface EcCurveFacts {
  readonly bits: number;
  /** Bytes of a coordinate. */
  readonly size: number;
  /** Contents octets of the named curve's OID. */
  readonly oid: Uint8Array;
  /** The prime of the field (SEC 2 version 2; FIPS 186-4 appendix D.1.2). */
  readonly prime: bigint;
  /** Order of the base point (SEC 2 version 2). */
  readonly order: bigint;
  /** SSH name (RFC 5656) and JWK name (RFC 7518, RFC 8812). */
  readonly ssh?: string;
  readonly jwk: string;
}

export const EC_CURVES: Readonly<Record<EcCurve, EcCurveFacts>> = {
  'P-256': {
    bits: 256,
    size: 32,
    oid: h('2a8648ce3d030107'),
    prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    ssh: 'nistp256',
    jwk: 'P-256',
  },
  'P-384': {
    bits: 384,
    size: 48,
    oid: h('2b81040022'),
    prime: (1n << 384n) - (1n << 128n) - (1n << 96n) + (1n << 32n) - 1n,
    order: BigInt(`0x${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`),
    ssh: 'nistp384',
    jwk: 'P-384',
  },
  'P-521': {
    bits: 521,
    size: 66,
    oid: h('2b81040023'),
    prime: (1n << 521n) - 1n,
    order: BigInt(`0x1${'f'.repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
    ssh: 'nistp521',
    jwk: 'P-521',
  },
  secp256k1: {
    bits: 256,
    size: 32,
    oid: h('2b8104000a'),
    prime: (1n << 256n) - (1n << 32n) - 977n,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    jwk: 'secp256k1',
  },
};

/** Bytes of a secret, bytes of a public key, and contents of the OID (RFC 8410). */
export const OKP_CURVES: Readonly<Record<OkpCurve, { secret: number; public: number; oid: Uint8Array }>> = {
  Ed25519: { secret: 32, public: 32, oid: h('2b6570') },
  X25519: { secret: 32, public: 32, oid: h('2b656e') },
  Ed448: { secret: 57, public: 57, oid: h('2b6571') },
  X448: { secret: 56, public: 56, oid: h('2b656f') },
};

export function isEcCurve(name: string): name is EcCurve {
  return Object.hasOwn(EC_CURVES, name);
}

/** d·G as an uncompressed point. `d` must lie in [1, order). */
export function ecPublicPoint(curve: EcCurve, d: bigint): Uint8Array {
  const { size, oid } = EC_CURVES[curve];
  const secret = tlv(0x04, bytesFromBigint(d, size));
  // ECPrivateKey (RFC 5915) without the public key: the library derives it.
  const der = tlv(0x30, concatBytes(h('020101'), secret, tlv(0xa0, tlv(0x06, oid))));
  return derivePublic(der, 'sec1').slice(-(2 * size + 1));
}

/** Whether an uncompressed point satisfies the curve's equation; false for any other form. */
export function isOnCurve(curve: EcCurve, point: Uint8Array): boolean {
  const { size, jwk } = EC_CURVES[curve];
  if (point.length !== 1 + 2 * size || point[0] !== 4) return false;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  const url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  try {
    // The library refuses points that are not on the curve.
    createPublicKey({ key: { kty: 'EC', crv: jwk, x: url(x), y: url(y) }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

/** The public key of a seed or scalar. `secret` must have the curve's length. */
export function okpPublicKey(curve: OkpCurve, secret: Uint8Array): Uint8Array {
  quickIsRight ??= isQuickRight();
  return quickIsRight ? quickPublicKey(curve, secret) : slowPublicKey(curve, secret);
}

/** Any seed. */
const PROBE = new Uint8Array(32).fill(7);
let quickIsRight: boolean | undefined;

/** Other versions of the library may refuse or keep an `x` that does not fit. */
function isQuickRight(): boolean {
  try {
    return Buffer.from(quickPublicKey('Ed25519', PROBE)).equals(slowPublicKey('Ed25519', PROBE));
  } catch {
    return false;
  }
}

/** As a JSON Web Key, whose `x` the library derives anew from `d`: a tenth of the time that reading DER takes. */
function quickPublicKey(curve: OkpCurve, secret: Uint8Array): Uint8Array {
  const url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const x = url(new Uint8Array(OKP_CURVES[curve].public));
  const key = createPrivateKey({ key: { kty: 'OKP', crv: curve, d: url(secret), x }, format: 'jwk' });
  return Uint8Array.from(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

function slowPublicKey(curve: OkpCurve, secret: Uint8Array): Uint8Array {
  const { oid, public: length } = OKP_CURVES[curve];
  // OneAsymmetricKey (RFC 8410 section 7).
  const algorithm = tlv(0x30, tlv(0x06, oid));
  const der = tlv(0x30, concatBytes(h('020100'), algorithm, tlv(0x04, tlv(0x04, secret))));
  return derivePublic(der, 'pkcs8').slice(-length);
}

function derivePublic(der: Uint8Array, type: 'sec1' | 'pkcs8'): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type });
  return Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }));
}

/** One DER value. */
export function tlv(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), content);
  const size = bytesFromBigint(BigInt(length));
  return concatBytes(Uint8Array.of(tag, 0x80 + size.length), size, content);
}
