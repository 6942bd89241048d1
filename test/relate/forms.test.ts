/** Further forms in which memory holds numbers, and how far a search goes. */
import { createHash } from 'node:crypto';
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { DIGITS_30, DIGITS_60, readDigits, toDigits } from '../../src/relate/digits.js';
import { Random } from '../support/random.js';
import { ecKey, Heap, named, okpKey, ordered, rsaKey, scanBytes } from './support.js';

const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint, size: number): Buffer => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');

describe('RSA', () => {
  it('tells where all the numbers of a key stand', async () => {
    const key = rsaKey(2048);
    const heap = new Heap(1);
    const places = ['n', 'p', 'q', 'd', 'dp', 'dq', 'qi'].map((name) => heap.put(ordered(key.part(name), 'little')));
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    const parts = finding?.locations.map(({ part, offset }) => [part, offset]);
    expect(parts).toEqual(
      ['p', 'q', 'd', 'dp', 'dq', 'qInv'].map((name, i) => [`RSA ${name}, little-endian`, places[i + 1]]),
    );
    expect(finding?.evidence).toEqual(expect.arrayContaining(['p·q = n', 'e·d ≡ 1 mod λ(n)', 'q·qInv ≡ 1 mod p']));
  });

  it.each([1, 3, 8])('without a modulus is found side by side, %i bytes off', async (shift) => {
    const key = rsaKey(1024);
    const numbers = ['p', 'q', 'dp', 'dq', 'qi'].map((name) => {
      const bytes = key.part(name);
      return Buffer.concat([Buffer.alloc(64 - bytes.length), bytes]);
    });
    const heap = new Heap(2);
    const offset = heap.put(Buffer.concat(numbers), shift);
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.confidence).toBe('proven');
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it.each([DIGITS_60, DIGITS_30])('in $name is found', async (form) => {
    const key = rsaKey(2048);
    const heap = new Heap(3);
    heap.put(toDigits(big(key.part('n')), form, 2048));
    const offsets = ['p', 'q'].map((name) => heap.put(toDigits(big(key.part(name)), form, 1024)));
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.locations.map(({ offset }) => offset)).toEqual(offsets);
  });
});

describe('digits', () => {
  it.each([
    // 2^90 − 3 in Python: sys.int_info says 30 bits in four bytes.
    [DIGITS_30, 90, (1n << 90n) - 3n, 'fdffff3fffffff3fffffff3f'],
    [DIGITS_60, 128, (1n << 127n) + 5n, '05000000000000000000000000000000' + '8000000000000000'],
  ])('of $name read as the number they hold', (form, bits, value, hex) => {
    expect(Buffer.from(toDigits(value, form, bits)).toString('hex')).toBe(hex);
    const read = readDigits(Buffer.from(hex, 'hex'), 0, form, bits);
    expect(read && big(Uint8Array.from(read).reverse())).toBe(value);
  });

  it('with bits where none belong are none', () => {
    expect(readDigits(Buffer.from('fdffff7fffffff3fffffff3f', 'hex'), 0, DIGITS_30, 90)).toBeUndefined();
    expect(readDigits(Buffer.alloc(8), 0, DIGITS_60, 128)).toBeUndefined();
  });
});

describe('scalars', () => {
  const ORDERS = {
    'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    'P-384': BigInt(`0x${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`),
  };

  it.each(['P-256', 'P-384'] as const)(
    'of %s in Montgomery form are found, beside the key in a public key',
    async (curve) => {
      const key = ecKey(curve);
      const size = key.part('x').length;
      const heap = new Heap(4);
      const montgomery = (big(key.part('d')) << BigInt(8 * size)) % ORDERS[curve];
      const offset = heap.put(bytesOf(montgomery, size).reverse());
      heap.put(key.spki, 5);
      const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
      expect(finding).toMatchObject({ rule: 'ec-scalar', severity: 'critical', confidence: 'proven' });
      expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7])('are found %i bytes off an aligned place', async (shift) => {
    const key = ecKey('P-256');
    const heap = new Heap(5);
    const offset = heap.put(ordered(key.part('d'), 'little'), shift);
    heap.put(key.spki);
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it('behind a length are found inside other random bytes', async () => {
    const key = ecKey('P-256');
    const random = new Random(6);
    const heap = new Heap(6);
    // A byte[] of a Java heap dump: count and type right before, the next record right behind.
    const record = Buffer.concat([random.bytes(11), Buffer.of(0, 0, 0, 32, 8), key.part('d'), random.bytes(40)]);
    const offset = heap.put(record) + 16;
    heap.put(key.spki);
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });
});

describe.each(['Ed25519', 'Ed448', 'X25519', 'X448'] as const)('a secret of %s', (curve) => {
  const key = okpKey(curve);
  const [secret, publicKey] = [key.part('d'), key.part('x')];

  it.each([1, 2, 3, 4, 5, 6, 7])('is found beside its public key %i bytes off an aligned place', async (shift) => {
    const heap = new Heap(70 + shift);
    const offset = heap.put(Buffer.concat([secret, publicKey]), shift);
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.confidence).toBe('proven');
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it.each([
    ['before its public key', [secret, publicKey], 0],
    ['behind its public key', [publicKey, secret], publicKey.length],
  ] as const)('is found %s', async (_what, halves, at) => {
    const heap = new Heap(7);
    const offset = heap.put(Buffer.concat([...halves])) + at;
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding?.confidence).toBe('proven');
    expect(finding?.severity).toBe(curve.startsWith('X') ? 'medium' : 'critical');
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it('is critical when a public key structure is there, at any byte', async () => {
    for (const shift of [0, 4, 5]) {
      const heap = new Heap(8);
      const offset = heap.put(secret, shift);
      heap.put(key.spki, 3);
      const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
      expect(finding, String(shift)).toMatchObject({ severity: 'critical', confidence: 'proven' });
      expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
    }
  });

  it('is nobody’s when its public key is not there', async () => {
    const heap = new Heap(9);
    heap.put(secret);
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });
});

it('an expanded Ed25519 key is found without its seed, whatever the sign of its public key is', async () => {
  const signs = new Set<number>();
  for (let i = 0; i < 7 && signs.size < 2; i++) {
    const key = okpKey('Ed25519');
    const publicKey = key.part('x');
    // RFC 8032 section 5.1.5.
    const hash = createHash('sha512').update(key.part('d')).digest();
    hash[0] = (hash[0] as number) & 248;
    hash[31] = ((hash[31] as number) & 63) | 64;
    const heap = new Heap(10 + i);
    const offset = heap.put(Buffer.concat([hash, publicKey]));
    const finding = named(await scanBytes(heap.bytes())).get(key.spkiSha256);
    expect(finding).toMatchObject({ rule: 'ed25519-seed', severity: 'critical', confidence: 'proven' });
    expect(finding?.locations.map((place) => place.offset)).toEqual([offset]);
    signs.add((publicKey[31] as number) >> 7);
  }
  expect(signs.size).toBe(2);
});

describe('post-quantum seeds', () => {
  it('of ML-KEM are found by ρ, and alone are nothing', async () => {
    const seed = new Random(20).bytes(64);
    const { publicKey } = ml_kem768.keygen(seed);
    const heap = new Heap(20);
    const offset = heap.put(seed);
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
    heap.put(publicKey.slice(-32));
    const { findings } = await scanBytes(heap.bytes());
    expect(findings).toMatchObject([{ rule: 'pq-seed', confidence: 'proven', key: { algorithm: 'ML-KEM-768' } }]);
    expect(findings[0]?.locations.map((place) => place.offset)).toEqual([offset]);
  });

  it('of ML-DSA are found by the beginning of the public key', async () => {
    const seed = new Random(21).bytes(32);
    const heap = new Heap(21);
    const offset = heap.put(seed);
    heap.put(ml_dsa65.keygen(seed).publicKey);
    const { findings } = await scanBytes(heap.bytes());
    expect(findings).toMatchObject([{ rule: 'pq-seed', confidence: 'proven', key: { algorithm: 'ML-DSA-65' } }]);
    expect(findings[0]?.locations.map((place) => place.offset)).toEqual([offset]);
  });
});

describe('ChaCha20 states', () => {
  const state = (seed: number, counter: number): Buffer => {
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE(counter);
    return Buffer.concat([Buffer.from('expand 32-byte k'), new Random(seed).bytes(32), rest]);
  };

  it('are told together, with their count and places, and without a proof', async () => {
    const heap = new Heap(30);
    const offsets = [state(31, 1), state(32, 77)].map((bytes) => heap.put(bytes));
    const { findings } = await scanBytes(heap.bytes());
    expect(findings).toMatchObject([{ rule: 'chacha20-state', severity: 'medium', confidence: 'parsed' }]);
    expect(findings[0]?.evidence[0]).toBe('2 different keys');
    expect(findings[0]?.locations.map(({ offset }) => offset)).toEqual(offsets);
  });

  it('are none in code: tables, text, zeros or an impossible counter behind the constant', async () => {
    const heap = new Heap(33);
    const constant = Buffer.from('expand 32-byte k');
    const tables = [
      Buffer.from(Array.from({ length: 64 }, (_, i) => i)),
      Buffer.alloc(64),
      Buffer.from('expand 16-byte k'.repeat(4)),
      new Random(34).bytes(64).fill(0xff, 32, 36),
    ];
    for (const table of tables) heap.put(Buffer.concat([constant, table]));
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });
});

it('--thorough finds what a bound cuts off, and the report tells of the cut', async () => {
  const key = ecKey('P-521');
  const random = new Random(40);
  const heap = new Heap(40);
  // Scalars in both orders: the nine bits above the eight words are no more than 1 at either end.
  const low = Uint8Array.of(0, 1);
  for (let i = 0; i < 1_050; i++) heap.put(Buffer.concat([low, random.bytes(62), low.slice().reverse()]));
  heap.put(key.spki);
  const offset = heap.put(ordered(key.part('d'), 'little'));
  const usual = await scanBytes(heap.bytes());
  expect(usual.warnings.map(({ code }) => code)).toContain('NUMBERS_CUT');
  expect(usual.verdict).toBe('incomplete');
  const thorough = await scanBytes(heap.bytes(), { thorough: true });
  expect(thorough.warnings.map(({ code }) => code)).not.toContain('NUMBERS_CUT');
  expect(thorough.findings[0]?.locations.map((place) => place.offset)).toEqual([offset]);
}, 180_000);
