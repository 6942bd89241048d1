/** Keys of node:crypto as the numbers that provers take. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { RsaPrivateKey } from '../../src/types.js';

type RsaNumbers = Required<Omit<RsaPrivateKey, 'otherPrimes' | 'pss' | 'partialD'>>;

export function rsaKey(modulusLength: number, publicExponent = 65537): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;
}

export function rsaNumbers(key: KeyObject): RsaNumbers {
  const jwk = key.export({ format: 'jwk' });
  const number = (member: unknown) => BigInt(`0x${Buffer.from(member as string, 'base64url').toString('hex')}`);
  const [n, e, d, p, q] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(number) as [bigint, bigint, bigint, bigint, bigint];
  return { type: 'rsa', n, e, d, p, q, dp: number(jwk.dp), dq: number(jwk.dq), qInv: number(jwk.qi) };
}

/** SHA-256 of the SubjectPublicKeyInfo that node:crypto writes. */
export function spkiOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
