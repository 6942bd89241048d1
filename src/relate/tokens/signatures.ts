/** Signatures of JSON Web Tokens by public keys (RFC 7518 section 3, RFC 8037 section 3.1, RFC 8812): which key made one. */
import { constants, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { JsonObject } from '../../detect/credentials/compact-jws.js';
import { spki as encodeSpki, identify } from '../../prove/identity.js';
import type { EcCurve, KeyIdentity, OkpCurve } from '../../types.js';
import { publicKeyOfSpki } from '../known.js';

export interface Signer {
  readonly identity: KeyIdentity & { readonly spkiSha256: string };
  /** `rsa`, or the name of the curve. */
  readonly kind: 'rsa' | EcCurve | OkpCurve;
  /** Bytes of a signature. */
  readonly size: number;
  /** Microseconds that checking a signature takes. */
  readonly cost: number;
  readonly key: KeyObject;
}

/** Undefined where the key signs no tokens, or node:crypto does not take it. */
export function signerOf(spki: Uint8Array): Signer | undefined {
  const key = publicKeyOfSpki(spki);
  try {
    if (key?.type === 'rsa') {
      const bits = key.n.toString(2).length;
      if (bits < 512 || bits > 16_384) return undefined;
      return {
        identity: identify(key),
        kind: 'rsa',
        size: Math.ceil(bits / 8),
        cost: rsaCost(bits, key.e),
        key: imported(spki),
      };
    }
    const kind = key?.type === 'ec' || key?.type === 'okp' ? key.curve : undefined;
    const known = kind && CURVES[kind];
    if (key === undefined || kind === undefined || known === undefined) return undefined;
    return { identity: identify(key), kind, ...known, key: imported(spki) };
  } catch {
    // A point that is on no curve: node:crypto's errors are of many kinds.
    return undefined;
  }
}

/** 50 µs for 2048 bits and the usual exponent; a key made to cost much has an exponent as long as its modulus. */
function rsaCost(bits: number, exponent: bigint): number {
  return 50 * Math.max(1, (bits / 2048) ** 2) * Math.max(1, exponent.toString(2).length / 17);
}

const CURVES: Readonly<Partial<Record<EcCurve | OkpCurve, { size: number; cost: number }>>> = {
  'P-256': { size: 64, cost: 120 },
  'P-384': { size: 96, cost: 900 },
  'P-521': { size: 132, cost: 900 },
  secp256k1: { size: 64, cost: 500 },
  Ed25519: { size: 64, cost: 180 },
  Ed448: { size: 114, cost: 600 },
};

function imported(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

interface Scheme {
  readonly hash: string | null;
  readonly kinds: ReadonlyArray<Signer['kind']>;
  readonly pss?: true;
}

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ...[256, 384, 512].flatMap((bits): [string, Scheme][] => [
    [`RS${bits}`, { hash: `sha${bits}`, kinds: ['rsa'] }],
    [`PS${bits}`, { hash: `sha${bits}`, kinds: ['rsa'], pss: true }],
  ]),
  ['ES256', { hash: 'sha256', kinds: ['P-256'] }],
  ['ES256K', { hash: 'sha256', kinds: ['secp256k1'] }],
  ['ES384', { hash: 'sha384', kinds: ['P-384'] }],
  ['ES512', { hash: 'sha512', kinds: ['P-521'] }],
  ['EdDSA', { hash: null, kinds: ['Ed25519', 'Ed448'] }],
  // RFC 9864
  ['Ed25519', { hash: null, kinds: ['Ed25519'] }],
  ['Ed448', { hash: null, kinds: ['Ed448'] }],
]);

export function hasPublicKeys(algorithm: string): boolean {
  return SCHEMES.has(algorithm);
}

/** Whether a signature of so many bytes may be the key's, by its algorithm alone. */
export function mayBeOf(algorithm: string, signature: Uint8Array, { kind, size }: Signer): boolean {
  return size === signature.length && SCHEMES.get(algorithm)?.kinds.includes(kind) === true;
}

export function isSignedBy(algorithm: string, signed: string, signature: Uint8Array, { key, kind }: Signer): boolean {
  const scheme = SCHEMES.get(algorithm);
  if (scheme === undefined) return false;
  const padding = scheme.pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options = kind === 'rsa' ? { key, padding } : { key, dsaEncoding: 'ieee-p1363' as const };
  try {
    return verify(scheme.hash, Buffer.from(signed, 'latin1'), options, signature);
  } catch {
    return false;
  }
}

/** The key that a header brings along (RFC 7515 sections 4.1.3 and 4.1.6): it proves the signature, and no issuer. */
export function keyInHeader({ jwk, x5c }: JsonObject): Signer | undefined {
  try {
    const certificate: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
    const key =
      typeof certificate === 'string'
        ? new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
        : typeof jwk === 'object' && jwk !== null
          ? createPublicKey({ key: jwk as never, format: 'jwk' })
          : undefined;
    const parsed = key && publicKeyOfSpki(key.export({ type: 'spki', format: 'der' }));
    return parsed && signerOf(encodeSpki(parsed));
  } catch {
    return undefined;
  }
}
