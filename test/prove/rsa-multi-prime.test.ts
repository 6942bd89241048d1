import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { primesByExponent } from '../../src/prove/rsa-multi-prime.js';
import { cpuTimer } from '../support/cpu.js';

interface Numbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
}

function makeKey(modulusLength: number): Numbers {
  const jwk = generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
  const number = (text: string | undefined) => BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`);
  return { n: number(jwk.n), e: number(jwk.e), d: number(jwk.d), p: number(jwk.p), q: number(jwk.q) };
}

const key = makeKey(2048);

describe('the primes of a private exponent', () => {
  it('are those of the key', () => {
    const primes = primesByExponent(key.n, key.e, key.d);
    expect(new Set(primes).size === 2 && primes?.includes(key.p) && primes.includes(key.q)).toBe(true);
  });

  it('are not told of an exponent with one wrong bit', () => {
    for (const bit of [1n, 700n, 1100n, 2000n]) {
      expect(primesByExponent(key.n, key.e, key.d ^ (1n << bit)) === undefined, `bit ${bit}`).toBe(true);
    }
  });

  // A power modulo n takes some milliseconds, and runs that begin as an exponent does come by the thousand.
  it('cost no power where only the beginning is an exponent’s', () => {
    const beginnings = Array.from({ length: 300 }, (_, i) => {
      const missing = BigInt(600 + i);
      return ((key.d >> missing) << missing) | (BigInt(i) * 0x9e37_79b9_7f4a_7c15n) | 1n;
    });
    const elapsed = cpuTimer();
    expect(beginnings.every((d) => primesByExponent(key.n, key.e, d) === undefined)).toBe(true);
    expect(elapsed()).toBeLessThan(400);
  });
});
