/** Sets of secrets: a Map of their hexadecimal digits is the truth. */
import { describe, expect, it } from 'vitest';
import { SecretSet } from '../../src/relate/secret-set.js';
import { Random } from '../support/random.js';

const SIZES = [32, 48, 57, 66];

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function fill(set: SecretSet, secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) set.add(secret, 0);
}

/** All secrets, from the one piece of memory. */
function allOf(set: SecretSet): string[] {
  expect(set.bytes.length).toBe(set.count * set.size);
  return Array.from({ length: set.count }, (_, i) => hexOf(set.bytes.subarray(i * set.size, (i + 1) * set.size)));
}

function randomSecrets(size: number, count: number, random: Random): Uint8Array[] {
  return Array.from({ length: count }, () => random.bytes(size));
}

describe.each(SIZES)('a set of secrets of %i bytes', (size) => {
  it('is empty at first', () => {
    const set = new SecretSet(size);
    expect([set.size, set.count, set.bytes.length]).toEqual([size, 0, 0]);
    expect(set.has(new Uint8Array(size), 0)).toBe(false);
  });

  it.each([1, 1023, 1024, 1025, 2049, 9000])('keeps %i secrets in the order in which they came', (count) => {
    const secrets = randomSecrets(size, count, new Random(count));
    const set = new SecretSet(size);
    expect(secrets.every((secret) => set.add(secret, 0))).toBe(true);
    expect(allOf(set)).toEqual(secrets.map(hexOf));
    expect(secrets.map((_, i) => hexOf(set.get(i)))).toEqual(secrets.map(hexOf));
  });

  it('knows each of many thousands, and none of as many others', () => {
    const random = new Random(79);
    const [secrets, others] = [randomSecrets(size, 9000, random), randomSecrets(size, 9000, random)];
    const set = new SecretSet(size);
    fill(set, secrets);
    expect(secrets.every((secret) => set.has(secret, 0))).toBe(true);
    expect(others.some((secret) => set.has(secret, 0))).toBe(false);
  });

  it('takes each secret once, as a Map does', () => {
    const random = new Random(83);
    const few = randomSecrets(size, 3000, random);
    const set = new SecretSet(size);
    const truth = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const secret = random.pick(few);
      const key = hexOf(secret);
      expect(set.has(secret, 0)).toBe(truth.has(key));
      expect(set.add(secret, 0)).toBe(!truth.has(key));
      if (!truth.has(key)) truth.set(key, truth.size);
    }
    expect(truth.size).toBeGreaterThan(2500);
    expect(allOf(set)).toEqual([...truth.keys()]);
  });

  it.each([
    ['first', 0],
    ['middle', size >> 1],
    ['last', size - 1],
  ])('tells secrets apart that differ in their %s byte only', (_name, at) => {
    const random = new Random(89);
    const alike = randomSecrets(size, 20, random).flatMap((secret) =>
      Array.from({ length: 256 }, (_, byte) => secret.with(at, byte)),
    );
    const set = new SecretSet(size);
    expect(alike.every((secret) => !set.has(secret, 0) && set.add(secret, 0))).toBe(true);
    expect(alike.some((secret) => set.add(secret, 0))).toBe(false);
    expect(allOf(set)).toEqual(alike.map(hexOf));
  });

  it('tells all single bits apart', () => {
    const bits = Array.from({ length: 8 * size }, (_, bit) => new Uint8Array(size).with(bit >> 3, 1 << (bit & 7)));
    const set = new SecretSet(size);
    fill(set, [new Uint8Array(size), ...bits, ...bits, new Uint8Array(size)]);
    expect(allOf(set)).toEqual([new Uint8Array(size), ...bits].map(hexOf));
  });

  it('reads a secret from where it stands, at any byte', () => {
    const source = new Random(97).bytes(3000);
    const set = new SecretSet(size);
    const places = Array.from({ length: source.length - size + 1 }, (_, at) => at);
    expect(places.every((at) => set.add(source, at))).toBe(true);
    expect(allOf(set)).toEqual(places.map((at) => hexOf(source.subarray(at, at + size))));
    const moved = Buffer.concat([Buffer.alloc(5), source]);
    expect(places.every((at) => set.has(moved, at + 5))).toBe(true);
    expect(set.has(moved, 2)).toBe(false);
  });

  it('gives copies, which stay as they are', () => {
    const secret = new Random(101).bytes(size);
    const set = new SecretSet(size);
    set.add(secret, 0);
    const copy = set.get(0);
    set.wipe();
    expect(copy).toEqual(secret);
  });

  it('leaves zeros where it has grown out of its memory', () => {
    const secrets = randomSecrets(size, 2048, new Random(103));
    const set = new SecretSet(size);
    fill(set, secrets.slice(0, 1024));
    const first = set.bytes;
    expect(first.some((byte) => byte !== 0)).toBe(true);
    set.add(secrets[1024] as Uint8Array, 0);
    expect(set.bytes.buffer).not.toBe(first.buffer);
    expect(first.every((byte) => byte === 0)).toBe(true);
  });

  it.each([10, 1024, 5000])('leaves zeros when it is wiped, and forgets %i secrets', (count) => {
    const secrets = randomSecrets(size, count, new Random(107));
    const set = new SecretSet(size);
    fill(set, secrets);
    const view = set.bytes;
    expect(view.some((byte) => byte !== 0)).toBe(true);
    set.wipe();
    expect(new Uint8Array(view.buffer).every((byte) => byte === 0)).toBe(true);
    expect([set.count, set.bytes.length]).toEqual([0, 0]);
    expect(secrets.some((secret) => set.has(secret, 0))).toBe(false);
    // Zeros are no secret that it knows.
    expect(set.has(new Uint8Array(size), 0)).toBe(false);
    const again = [...secrets].reverse();
    expect(again.every((secret) => set.add(secret, 0))).toBe(true);
    expect(allOf(set)).toEqual(again.map(hexOf));
  });

  it('is as good as new when it is wiped, again and again', () => {
    const random = new Random(251);
    const set = new SecretSet(size);
    for (let round = 0; round < 40; round++) {
      const secrets = randomSecrets(size, 1000, random);
      fill(set, secrets);
      expect(allOf(set)).toEqual(secrets.map(hexOf));
      set.wipe();
      // Memory that is empty has nothing but zeros.
      expect(set.has(new Uint8Array(size), 0)).toBe(false);
    }
  });
});

it('takes no longer for secrets that were made to have one hash', () => {
  // Differences that cancel each other in a hash that multiplies and shifts, whatever its factor is.
  const size = 66;
  const base = Buffer.from(new Random(3).bytes(size));
  const variant = (mask: number) => {
    const secret = Buffer.from(base);
    for (let i = 0; i < 15; i++) {
      if (((mask >> i) & 1) === 0) continue;
      secret.writeUInt32LE((secret.readUInt32LE(4 * i) ^ 0x8000_0000) >>> 0, 4 * i);
      secret.writeUInt32LE((secret.readUInt32LE(4 * i + 4) ^ 0x8001_0000) >>> 0, 4 * i + 4);
    }
    return secret;
  };
  const set = new SecretSet(size);
  const started = performance.now();
  fill(
    set,
    Array.from({ length: 2 ** 15 }, (_, mask) => variant(mask)),
  );
  expect(set.count).toBe(2 ** 15);
  // It took 10 s.
  expect(performance.now() - started).toBeLessThan(3000);
});
