/**
 * The algorithm-specific numbers of key packets (RFC 9580 section 5.5.5; LibrePGP section 5.6 for the octet strings of
 * GnuPG). The public ones are read at once; what is returned can read the secret ones from where they stand.
 */
import { bigintFromBytes } from '../../bytes/convert.js';
import { BoundsError, FormatError } from '../../errors.js';
import { prove } from '../../prove/prove.js';
import type { EcCurve, OkpCurve, PrivateKey, PublicKey, RsaPrivateKey } from '../../types.js';
import { curveOfOid, type OpenPgpCurve } from './curves.js';
import type { Octets } from './octets.js';

export interface KeyMaterial {
  /** Undefined when it has no SubjectPublicKeyInfo that could name it. */
  readonly publicKey?: PublicKey;
  /** Reads the secret numbers. Undefined: of an algorithm that is not reported. */
  readSecret(octets: Octets): PrivateKey | undefined;
  /** Where numbers are cut off, the ones that are there may still be proven. */
  readonly provable: boolean;
}

const PREFIX_NATIVE = 0x40;

/** Algorithms with fixed-size octet strings: identifier to curve and size (RFC 9580 sections 5.5.5.7 to 5.5.5.10). */
const NATIVE: ReadonlyMap<number, { readonly curve: OkpCurve; readonly size: number }> = new Map([
  [25, { curve: 'X25519', size: 32 }],
  [26, { curve: 'X448', size: 56 }],
  [27, { curve: 'Ed25519', size: 32 }],
  [28, { curve: 'Ed448', size: 57 }],
]);

/** Whether the octet is the identifier of an algorithm that is read here (RFC 9580 section 9.1). */
export function isKeyAlgorithm(algorithm: number): boolean {
  return (algorithm >= 1 && algorithm <= 3) || (algorithm >= 16 && algorithm <= 22) || NATIVE.has(algorithm);
}

/** Reads the public numbers of an algorithm. FormatError when they are none, BoundsError when they are cut. */
export function readKeyMaterial(algorithm: number, octets: Octets): KeyMaterial {
  const native = NATIVE.get(algorithm);
  if (native) return nativeMaterial(octets.take(native.size).slice(), native.curve);
  switch (algorithm) {
    case 1:
    case 2:
    case 3:
      return rsaMaterial(octets.number(), octets.number());
    case 16:
    case 20:
      return elgamalMaterial(octets);
    case 17:
      return dsaMaterial(octets);
    case 18:
    case 19:
    case 22:
      return curveMaterial(algorithm, octets);
    default:
      throw new FormatError('unknown OpenPGP algorithm');
  }
}

function rsaMaterial(n: bigint, e: bigint): KeyMaterial {
  if (n < 1n << 255n || e < 3n || e >= n) throw new FormatError('OpenPGP RSA numbers');
  return {
    publicKey: { type: 'rsa', n, e },
    provable: true,
    readSecret: (octets) => ({ ...readRsaSecret(octets), n, e }),
  };
}

/** d, p, q, u, as far as they are there. OpenPGP has u = p⁻¹ mod q, so its p is the q of others, and its q their p. */
export function readRsaSecret(octets: Octets): RsaPrivateKey {
  const key: { -readonly [K in keyof RsaPrivateKey]: RsaPrivateKey[K] } = { type: 'rsa' };
  const start = octets.position;
  try {
    key.d = octets.number();
    key.q = octets.number();
    key.p = octets.number();
    key.qInv = octets.number();
  } catch (error) {
    if (!(error instanceof BoundsError) || octets.bytes.length < start + 2) throw error;
    if (key.d === undefined) {
      const bits = ((octets.bytes[start] as number) << 8) | (octets.bytes[start + 1] as number);
      const top = octets.bytes.subarray(start + 2);
      key.partialD = { top: bigintFromBytes(top), missingBits: 8 * (Math.ceil(bits / 8) - top.length) };
    }
  }
  return key;
}

function dsaMaterial(octets: Octets): KeyMaterial {
  const [p, q, g, y] = [octets.number(), octets.number(), octets.number(), octets.number()];
  if (p < 1n << 511n || q >= p || g >= p || y >= p) throw new FormatError('OpenPGP DSA numbers');
  return {
    publicKey: { type: 'dsa', p, q, g, y },
    provable: true,
    readSecret: (secret) => ({ type: 'dsa', p, q, g, y, x: secret.number() }),
  };
}

/** Read to find where it ends; ElGamal keys have no form in which they could be named. */
function elgamalMaterial(octets: Octets): KeyMaterial {
  const [p, g, y] = [octets.number(), octets.number(), octets.number()];
  if (p < 1n << 511n || g >= p || y >= p) throw new FormatError('OpenPGP ElGamal numbers');
  return { provable: false, readSecret: () => undefined };
}

function nativeMaterial(publicKey: Uint8Array, curve: OkpCurve): KeyMaterial {
  return {
    publicKey: { type: 'okp', curve, publicKey },
    provable: false,
    readSecret: (octets) => ({ type: 'okp', curve, secret: octets.take(publicKey.length).slice(), publicKey }),
  };
}

/** ECDH 18, ECDSA 19, EdDSALegacy 22: OID, point, and for ECDH the KDF parameters. */
function curveMaterial(algorithm: number, octets: Octets): KeyMaterial {
  const curve = curveOfOid(octets.counted());
  if (curve === undefined) throw new FormatError('unknown OpenPGP curve');
  const point = octets.mpi(false).slice();
  if (algorithm === 18 && octets.counted().length < 3) throw new FormatError('OpenPGP KDF parameters');
  return curve.type === 'ec' ? ecMaterial(curve, point) : okpMaterial(curve, point);
}

function ecMaterial({ name, size }: OpenPgpCurve, point: Uint8Array): KeyMaterial {
  if (point.length !== 1 + 2 * size || point[0] !== 4) throw new FormatError('OpenPGP point');
  const provable = !name.includes('.');
  return {
    ...(provable && { publicKey: { type: 'ec', curve: name as EcCurve, point } }),
    provable: false,
    readSecret(octets) {
      const d = octets.mpi(false);
      if (d.length > size + 1) throw new FormatError('OpenPGP scalar length');
      return { type: 'ec', curve: name, d: bigintFromBytes(d), publicPoint: point };
    },
  };
}

function okpMaterial({ name, size }: OpenPgpCurve, point: Uint8Array): KeyMaterial {
  const curve = name as OkpCurve;
  const prefixed = point.length === size + 1 && point[0] === PREFIX_NATIVE;
  if (!prefixed && point.length !== size) throw new FormatError('OpenPGP point');
  const publicKey = prefixed ? point.subarray(1) : point;
  return {
    publicKey: { type: 'okp', curve, publicKey },
    provable: false,
    readSecret: (octets) => okpSecret(curve, size, octets.mpi(false), publicKey),
  };
}

/**
 * A seed or scalar of which leading zeros may be missing. X25519 scalars are little-endian but stored as numbers, so
 * their octets are reversed (RFC 9580 section 5.5.5.6.1.1); GnuPG stores X448 scalars as they are.
 */
function okpSecret(curve: OkpCurve, size: number, stored: Uint8Array, publicKey: Uint8Array): PrivateKey {
  if (stored.length > size) throw new FormatError('OpenPGP secret length');
  const padded = new Uint8Array(size);
  padded.set(stored, size - stored.length);
  const straight: PrivateKey = { type: 'okp', curve, secret: padded, publicKey };
  if (curve.startsWith('Ed')) return straight;
  const reversed: PrivateKey = { type: 'okp', curve, secret: padded.slice().reverse(), publicKey };
  const [likely, other] = curve === 'X25519' ? [reversed, straight] : [straight, reversed];
  return prove(likely)?.confidence !== 'proven' && prove(other)?.confidence === 'proven' ? other : likely;
}
