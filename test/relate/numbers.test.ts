/** Keys that are numbers and nothing else, through the whole engine. */
import {
  createCipheriv,
  createDiffieHellman,
  createHash,
  generatePrimeSync,
  getDiffieHellman,
  randomBytes,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.js';
import { ecKey, edKey, expandKey, Heap, type NumberKey, named, ORDERS, ordered, rsaKey, scanBytes } from './support.js';

function expectKey(found: Awaited<ReturnType<typeof scanBytes>>, key: NumberKey, rule: string, places: number[]): void {
  const finding = named(found).get(key.spkiSha256);
  expect(finding, key.name).toMatchObject({ rule, confidence: 'proven' });
  const offsets = finding?.locations.map(({ offset }) => offset) ?? [];
  for (const place of places) expect(offsets, key.name).toContain(place);
}

describe('RSA primes and the modulus, alone in memory', () => {
  it.each([1024, 1536, 2048, 3072, 4096])('of %i bits are found in every order, where they are', async (bits) => {
    for (const order of ORDERS) {
      const heap = new Heap(bits);
      const key = rsaKey(bits);
      const [p, q] = ['p', 'n', 'q'].map((name) => heap.put(ordered(key.part(name), order))).filter((_, i) => i !== 1);
      expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [p as number, q as number]);
    }
  });

  it('are found at odd offsets, big-endian, as buffers hold them', async () => {
    for (const shift of [1, 3, 4, 7]) {
      const heap = new Heap(shift);
      const key = rsaKey(2048);
      const [p, q] = ['p', 'q', 'n'].map((name) => heap.put(key.part(name), shift));
      expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [p as number, q as number]);
    }
  });

  it('are found with old random bytes behind them', async () => {
    const heap = new Heap(1);
    const key = rsaKey(2048);
    const slack = (name: string) => Buffer.concat([ordered(key.part(name), 'little'), randomBytes(24)]);
    const [p, q] = ['p', 'q', 'n'].map((name) => heap.put(slack(name)));
    expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [p as number, q as number]);
  });

  it('are found by the modulus of a public key, also when one prime is gone', async () => {
    for (const e of [65_537, 3]) {
      const heap = new Heap(e);
      const key = rsaKey(2048, e);
      heap.put(key.spki, 3);
      const p = heap.put(ordered(key.part('p'), 'little'));
      expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [p]);
    }
  });

  it('are named by the exponent whose d or dp stands in memory', async () => {
    for (const [bits, e] of [
      [2048, 3],
      [3072, 17],
    ] as const) {
      const heap = new Heap(e);
      const key = rsaKey(bits, e);
      const [p] = ['p', 'n', 'q', 'dp'].map((name) => heap.put(ordered(key.part(name), 'little')));
      expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [p as number]);

      const exponent = new Heap(e + 1);
      const other = rsaKey(bits, e);
      const [first] = ['p', 'n', 'q', 'd'].map((name) => exponent.put(ordered(other.part(name), 'big')));
      expectKey(await scanBytes(exponent.bytes()), other, 'rsa-numbers', [first as number]);

      const blob = new Heap(e + 2);
      const third = rsaKey(bits, e);
      const at = blob.put(Buffer.concat(['n', 'p', 'q', 'dp', 'dq', 'qi', 'd'].map((name) => third.part(name))));
      expectKey(await scanBytes(blob.bytes()), third, 'rsa-numbers', [at]);
    }
  });

  it('are found side by side without a header, in both byte orders, at any byte', async () => {
    for (const [order, shift] of [
      ['big', 0],
      ['big', 5],
      ['little', 0],
      ['little', 3],
    ] as const) {
      const heap = new Heap(shift);
      const key = rsaKey(2048);
      const numbers = ['n', 'p', 'q', 'dp', 'dq', 'qi', 'd'].map((name) => ordered(key.part(name), order));
      const at = heap.put(Buffer.concat(numbers), shift);
      expectKey(await scanBytes(heap.bytes()), key, 'rsa-numbers', [at]);
    }
  });

  it('are found in an s-expression whose beginning is gone', async () => {
    const heap = new Heap(8);
    const key = rsaKey(3072);
    const value = (name: string, bytes: Buffer) => [Buffer.from(`)(1:${name}${bytes.length + 1}:\0`, 'latin1'), bytes];
    const members = [
      ['n', 'n'],
      ['e', 'e'],
      ['d', 'd'],
      ['p', 'p'],
      ['q', 'q'],
    ] as const;
    const text = Buffer.concat(members.flatMap(([name, member]) => value(name, key.part(member))));
    heap.put(text, 3);
    expect(named(await scanBytes(heap.bytes())).get(key.spkiSha256)).toMatchObject({ confidence: 'proven' });
  });

  it('are found when there are many keys, each once', async () => {
    const heap = new Heap(20);
    const keys = Array.from({ length: 12 }, () => rsaKey(1024));
    for (const name of ['p', 'n', 'q']) for (const key of keys) heap.put(ordered(key.part(name), 'little'));
    const found = await scanBytes(heap.bytes());
    expect(new Set(found.findings.map(({ key }) => key?.spkiSha256))).toEqual(
      new Set(keys.map((key) => key.spkiSha256)),
    );
  });
});

/** With a bit set above the last whole word: of P-521 one key in 512 has none, and is not looked for. */
function fullKey(curve: string): NumberKey {
  for (;;) {
    const key = ecKey(curve);
    if (key.part('d')[0] !== 0 || key.part('d')[1] !== 0) return key;
  }
}

describe('scalars and seeds', () => {
  it.each(['P-256', 'P-384', 'P-521'])(
    'of %s are found by a public key, and by its coordinates alone',
    async (curve) => {
      for (const order of ['little', 'big'] as const) {
        const size = curve === 'P-521' ? 66 : undefined;
        const certified = new Heap(1);
        const key = fullKey(curve);
        const at = certified.put(ordered(key.part('d'), order, size));
        certified.put(key.spki, 5);
        expectKey(await scanBytes(certified.bytes()), key, 'ec-scalar', [at]);

        const bare = new Heap(2);
        const other = fullKey(curve);
        const place = bare.put(ordered(other.part('d'), order, size));
        for (const member of ['x', 'y']) bare.put(ordered(other.part(member), 'little', size));
        expectKey(await scanBytes(bare.bytes()), other, 'ec-session-scalar', [place]);
      }
    },
  );

  it('of secp256k1 are found by a public key', async () => {
    const heap = new Heap(1);
    const key = ecKey('secp256k1');
    const at = heap.put(ordered(key.part('d'), 'big'));
    heap.put(key.spki);
    expectKey(await scanBytes(heap.bytes()), key, 'ec-scalar', [at]);
  });

  it('are found at any byte near the point that belongs to them', async () => {
    const heap = new Heap(3);
    const key = ecKey('P-384');
    const point = Buffer.concat([Buffer.from('(1:q97:\x04', 'latin1'), key.part('x'), key.part('y')]);
    const at = heap.put(Buffer.concat([point, Buffer.from(')(1:d48:', 'latin1'), key.part('d')]), 3);
    expectKey(await scanBytes(heap.bytes()), key, 'ec-scalar', [at + point.length + 8]);
  });

  it('of Ed25519 are found with the public key behind them, or elsewhere', async () => {
    const heap = new Heap(4);
    const [joined, apart] = [edKey(), edKey()];
    const first = heap.put(Buffer.concat([joined.part('d'), joined.part('x')]));
    const second = heap.put(apart.part('d'));
    heap.put(apart.spki, 1);
    const found = await scanBytes(heap.bytes());
    expectKey(found, joined, 'ed25519-seed', [first]);
    expectKey(found, apart, 'ed25519-seed', [second]);
  });
});

describe('an OpenSSH shield', () => {
  const string = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  function shield(key: NumberKey): { prekey: Uint8Array; ciphertext: Uint8Array } {
    const prekey = new Random(16).bytes(16 * 1024);
    const digest = createHash('sha512').update(prekey).digest();
    const secret = Buffer.concat([key.part('d'), key.part('x')]);
    const plain = Buffer.concat([...[Buffer.from('ssh-ed25519'), key.part('x'), secret].map(string), Buffer.alloc(4)]);
    const padding = Buffer.from(Array.from({ length: 16 - (plain.length % 16) }, (_, i) => i + 1));
    const cipher = createCipheriv('aes-256-ctr', digest.subarray(0, 32), digest.subarray(32, 48));
    return { prekey, ciphertext: cipher.update(Buffer.concat([plain, padding])) };
  }

  it('is opened where both its parts are there, whichever comes first', async () => {
    for (const prekeyFirst of [true, false]) {
      const heap = new Heap(5);
      const key = edKey();
      const { prekey, ciphertext } = shield(key);
      const places = (prekeyFirst ? [prekey, ciphertext] : [ciphertext, prekey]).map((part) => heap.put(part));
      expectKey(await scanBytes(heap.bytes()), key, 'openssh-shielded-key', places);
    }
  });

  it('is no finding without its prekey', async () => {
    const heap = new Heap(6);
    heap.put(randomBytes(16 * 1024));
    heap.put(shield(edKey()).ciphertext);
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });
});

describe('AES key schedules', () => {
  it('of the test are those of FIPS 197 appendix A', () => {
    const last = (key: string) => expandKey(Buffer.from(key, 'hex')).at(-1)?.toString(16);
    expect(last('2b7e151628aed2a6abf7158809cf4f3c')).toBe('b6630ca6');
    expect(last('8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b')).toBe('1002202');
    expect(last('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')).toBe('706c631e');
  });

  it.each([128, 192, 256])(
    'of AES-%i are found in both orders, told together, and never named by their key',
    async (bits) => {
      const heap = new Heap(bits);
      const random = new Random(bits);
      const offsets = (['big', 'words'] as const).map((order) => {
        const words = expandKey(random.bytes(bits / 8));
        const bytes = Buffer.alloc(words.length * 4);
        for (const [i, word] of words.entries()) bytes.writeUInt32BE(word, 4 * i);
        return heap.put(order === 'big' ? bytes : bytes.swap32(), order === 'big' ? 0 : 4);
      });
      const { findings } = await scanBytes(heap.bytes());
      expect(findings.map(({ rule, severity, confidence }) => [rule, severity, confidence])).toEqual([
        ['aes-key-schedule', 'medium', 'proven'],
      ]);
      expect(findings.flatMap(({ locations }) => locations.map(({ offset }) => offset)).sort((a, b) => a - b)).toEqual(
        offsets,
      );
      expect(findings[0]?.locations[0]?.part).toBe(`AES-${bits} key schedule`);
      expect(findings[0]?.evidence[0]).toBe('2 different keys');
    },
  );
});

describe('numbers that are no key', () => {
  it('raise nothing: primes that belong to no modulus, groups of Diffie-Hellman, random numbers', async () => {
    const heap = new Heap(9);
    const random = new Random(9);
    for (let i = 0; i < 20; i++) heap.put(Buffer.from(generatePrimeSync(512) as ArrayBuffer).reverse());
    for (const group of ['modp5', 'modp14', 'modp15', 'modp16']) {
      for (const order of ORDERS) heap.put(ordered(getDiffieHellman(group).getPrime(), order));
    }
    const dh = createDiffieHellman(getDiffieHellman('modp14').getPrime());
    dh.generateKeys();
    for (const value of [dh.getPublicKey(), dh.getPrivateKey()]) heap.put(ordered(value, 'little'));
    for (let i = 0; i < 400; i++) heap.put(random.bytes(8 * (3 + random.below(80))));
    expect((await scanBytes(heap.bytes())).findings).toEqual([]);
  });
});

describe('the search for numbers', () => {
  it('finds the same for any chunk size, number of workers and kernel', async () => {
    const heap = new Heap(10);
    const [rsa, ec, ed] = [rsaKey(2048), ecKey('P-256'), edKey()];
    for (let round = 0; round < 3; round++) {
      for (const name of ['p', 'n', 'q']) heap.put(ordered(rsa.part(name), 'little'));
      heap.put(ordered(ec.part('d'), 'little'));
      heap.put(Buffer.concat([ed.part('d'), ed.part('x')]));
    }
    heap.put(ec.spki, 2);
    const bytes = heap.bytes();
    const summary = async (options: object) =>
      (await scanBytes(bytes, options)).findings.map(({ id, locations }) => [
        id,
        locations.map(({ part, offset }) => `${part} ${offset}`),
      ]);
    const reference = await summary({});
    expect(reference).toHaveLength(3);
    for (const options of [
      { chunkSize: 4096 },
      { chunkSize: 5008 },
      { chunkSize: 777 },
      { jobs: 3 },
      { kernel: 'scalar' },
    ]) {
      expect(await summary(options), JSON.stringify(options)).toEqual(reference);
    }
  });

  it('says so when there are more candidates than it tries', async () => {
    const random = new Random(12);
    const bytes = new Uint8Array(1_600_000);
    for (let at = 64; at + 64 <= bytes.length; at += 64) bytes.set(random.bytes(48), at);
    const { verdict, warnings } = await scanBytes(bytes);
    expect(verdict).toBe('incomplete');
    expect(warnings.map(({ code }) => code)).toContain('NUMBERS_CUT');
  });
});
