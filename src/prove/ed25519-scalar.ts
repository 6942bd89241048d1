/**
 * The public key of an expanded Ed25519 key, of which only the clamped scalar is left (RFC 8032 section 5.1.5). Programs
 * that keep the hash of the seed in place of the seed sign with it all the same.
 *
 * The scalar times the base point of X25519 is the same point on the Montgomery curve: u = (1 + y)/(1 − y) (RFC 7748
 * section 4.1), so y = (u − 1)/(u + 1). The sign of x, the top bit of the encoding, is lost on the way.
 */
import { bytesFromBigint } from '../bytes/convert.js';
import { okpPublicKey } from './curves.js';
import { inverse } from './modular.js';

const P = (1n << 255n) - 19n;

/** Whether 32 bytes are a clamped scalar, as one in 32 random ones is. */
export function isClamped(scalar: Uint8Array): boolean {
  return ((scalar[0] as number) & 7) === 0 && ((scalar[31] as number) & 0xc0) === 0x40;
}

/** The y coordinate of the public point of a clamped scalar: a public key of 32 bytes but for its top bit, left zero. */
export function ed25519YOfScalar(scalar: Uint8Array): Uint8Array {
  const u = BigInt(`0x${Buffer.from(okpPublicKey('X25519', scalar)).reverse().toString('hex')}`);
  const y = ((u - 1n + P) * (inverse(u + 1n, P) ?? 0n)) % P;
  return bytesFromBigint(y, 32).reverse();
}

/** The same key with its top bit set: the other of the two that the scalar can have. */
export function withSign(y: Uint8Array): Uint8Array {
  const key = y.slice();
  key[31] = (key[31] as number) | 0x80;
  return key;
}
