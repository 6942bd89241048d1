import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type ExponentTest,
  exponentTest,
  mayBeExponent,
  mayBeUsualExponent,
  topOf,
} from '../../src/relate/exponent-test.js';
import { ORDER } from '../../src/relate/number-store.js';
import { Random } from '../support/random.js';

const SIZE = 256;
const jwk = generateKeyPairSync('rsa', { modulusLength: 8 * SIZE }).privateKey.export({ format: 'jwk' });
const bytesOf = (text: string | undefined) => Uint8Array.from(Buffer.from(text ?? '', 'base64url'));
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const [n, d, p, q] = [jwk.n, jwk.d, jwk.p, jwk.q].map((text) => numberOf(bytesOf(text))) as [
  bigint,
  bigint,
  bigint,
  bigint,
];
const e = 65537n;
const test = exponentTest({ n, e }, SIZE) as ExponentTest;

function big(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * SIZE, '0'), 'hex'));
}

const passes = (bytes: Uint8Array) => {
  const top = topOf(bytes, 0, SIZE, ORDER.big);
  return [mayBeExponent(test, top), mayBeUsualExponent(test, top)];
};

describe('the quick test for private exponents', () => {
  it('lets the exponent through, modulo λ(n) and modulo φ(n)', () => {
    const phi = (p - 1n) * (q - 1n);
    let whole = 0n;
    // e·d = 1 + k·φ(n) for the k below e that makes it so.
    for (let k = 1n; k < e && whole === 0n; k++) if ((1n + k * phi) % e === 0n) whole = (1n + k * phi) / e;
    expect((e * whole) % phi === 1n).toBe(true);
    for (const exponent of [d, whole]) expect(passes(big(exponent))).toEqual([true, true]);
  });

  it('refuses what begins with zeros, the modulus, and the modulus a byte off', () => {
    expect(passes(big(d >> 64n))).toEqual([false, false]);
    expect(passes(big(n))).toEqual([false, false]);
    expect(passes(big(n >> 8n))).toEqual([false, false]);
  });

  it('lets hardly any random number through', () => {
    const random = new Random(1);
    const passed = Array.from({ length: 5000 }, () => passes(random.bytes(SIZE)))
      .flat()
      .filter(Boolean);
    expect(passed.length).toBeLessThan(20);
  });
});
