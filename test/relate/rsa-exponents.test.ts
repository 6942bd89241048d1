/** Keys whose private exponent is what is left, or what tells of them. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spkiSha256Of } from '../support/keys.js';
import { Random } from '../support/random.js';
import { Heap, named, ORDERS, ordered, rsaKey, scanBytes } from './support.js';

const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
};

describe('a private exponent alone, beside the public key', () => {
  it.each(ORDERS)('is found, %s', async (order) => {
    const key = rsaKey(2048);
    const heap = new Heap(1);
    heap.put(key.spki, 3);
    const offset = heap.put(ordered(key.part('d'), order, 256));
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding).toMatchObject({ rule: 'rsa-numbers', severity: 'critical', confidence: 'proven' });
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it('is found at any byte inside other random bytes', async () => {
    const key = rsaKey(1024);
    const random = new Random(2);
    const heap = new Heap(2);
    heap.put(key.spki);
    const before = 301;
    const d = ordered(key.part('d'), 'big', 128);
    const offset = heap.put(Buffer.concat([random.bytes(before), d, random.bytes(200)])) + before;
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it('of another key raises nothing', async () => {
    const heap = new Heap(3);
    heap.put(rsaKey(2048).spki);
    heap.put(ordered(rsaKey(2048).part('d'), 'little', 256));
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });
});

describe('a key of three primes, made by OpenSSL', () => {
  const file = readFileSync('test/fixtures/numbers/rsa-three-primes.p8');
  const privateKey = createPrivateKey({ key: file, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string>;
  const part = (name: string): bigint => big(Buffer.from(jwk[name] ?? '', 'base64url'));
  const [n, d, p, q] = ['n', 'd', 'p', 'q'].map(part) as [bigint, bigint, bigint, bigint];
  const name = spkiSha256Of(publicKey);

  it.each([
    ['with its public key', true],
    ['with the modulus as a number', false],
  ])('is named by its own modulus, not by the product p·q that OpenSSL keeps, %s', async (_what, certified) => {
    const heap = new Heap(4);
    if (certified) heap.put(publicKey.export({ type: 'spki', format: 'der' }), 5);
    const places = [p, q, n / (p * q)].map((prime) => heap.put(ordered(bytesOf(prime), 'little')));
    for (const value of [p * q, n]) heap.put(ordered(bytesOf(value), 'little'));
    const { findings } = await scanBytes(heap.bytes());
    expect(findings.map(({ key }) => key?.spkiSha256)).toEqual([name]);
    expect(findings[0]?.evidence).toContain('the product of 3 primes = n');
    expect(findings[0]?.locations.map(({ offset }) => offset)).toEqual(places);
  });

  it('is found by its private exponent alone', async () => {
    const heap = new Heap(5);
    heap.put(publicKey.export({ type: 'spki', format: 'der' }));
    const offset = heap.put(ordered(bytesOf(d), 'little', 192));
    const finding = named(await scanBytes(heap.bytes())).get(name);
    expect(finding?.confidence).toBe('proven');
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });
});
