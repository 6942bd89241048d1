/** The public key of a certificate in a keystore, by which an encrypted private key can be named. */
import { X509Certificate } from 'node:crypto';
import { bigintFromBytes, concatBytes } from '../../bytes/convert.js';
import type { EcCurve, OkpCurve, PublicKey } from '../../types.js';

const MAX_CERTIFICATE = 64 * 1024;

const EC_CURVES: ReadonlySet<string> = new Set(['P-256', 'P-384', 'P-521', 'secp256k1']);
const OKP_CURVES: ReadonlySet<string> = new Set(['Ed25519', 'X25519', 'Ed448', 'X448']);

/** Undefined for bytes that are no certificate, and for key types without a JWK form. */
export function publicKeyOfCertificate(der: Uint8Array): PublicKey | undefined {
  if (der.length > MAX_CERTIFICATE) return undefined;
  let jwk: ReturnType<X509Certificate['publicKey']['export']> & Partial<Record<'n' | 'e' | 'crv' | 'x' | 'y', string>>;
  try {
    // A copy: the certificate may lie in shared memory.
    jwk = new X509Certificate(Buffer.from(der)).publicKey.export({ format: 'jwk' });
  } catch {
    return undefined;
  }
  if (jwk.n !== undefined && jwk.e !== undefined) {
    return { type: 'rsa', n: bigintFromBytes(decode(jwk.n)), e: bigintFromBytes(decode(jwk.e)) };
  }
  if (jwk.crv === undefined || jwk.x === undefined) return undefined;
  if (OKP_CURVES.has(jwk.crv)) return { type: 'okp', curve: jwk.crv as OkpCurve, publicKey: decode(jwk.x) };
  if (!EC_CURVES.has(jwk.crv) || jwk.y === undefined) return undefined;
  const point = concatBytes(Uint8Array.of(4), decode(jwk.x), decode(jwk.y));
  return { type: 'ec', curve: jwk.crv as EcCurve, point };
}

function decode(base64url: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64url, 'base64url'));
}
