/**
 * The public key of an expanded Ed25519 key: its clamped scalar times the base point (RFC 8032 section 5.1.5). Programs
 * that keep the hash of the seed in place of the seed sign with it all the same.
 */
import { createRequire } from 'node:module';

/** Loading the library takes some 30 ms, which workers that meet no such key need not spend. */
const load = createRequire(import.meta.url);
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

type Curve = typeof import('@noble/curves/ed25519.js').ed25519;

/** Whether 32 bytes are a clamped scalar, as one in 32 random ones is. */
export function isClamped(scalar: Uint8Array): boolean {
  return ((scalar[0] as number) & 7) === 0 && ((scalar[31] as number) & 0xc0) === 0x40;
}

/** `scalar`: 32 bytes, little-endian. */
export function ed25519PublicKeyOfScalar(scalar: Uint8Array): Uint8Array {
  const { ed25519 } = load('@noble/curves/ed25519.js') as { ed25519: Curve };
  const s = BigInt(`0x${Buffer.from(scalar).reverse().toString('hex')}`) % ORDER;
  return ed25519.Point.BASE.multiply(s).toBytes();
}
