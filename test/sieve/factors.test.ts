/** Candidates for primes of RSA: both finders are to say the same, and what BigInt and node:crypto say. */
import { describe, expect, it } from 'vitest';
import { loadKernelModule } from '../../src/artifacts.js';
import { type FactorPlaces, ScalarFactors } from '../../src/relate/factors.js';
import { ORDER } from '../../src/relate/number-store.js';
import { SimdFactors } from '../../src/sieve/factors.js';
import { kernelFactory } from '../../src/sieve/kernel.js';
import { createSlot, TABLES_OFFSET, WINDOW_OFFSET, windowBytes } from '../../src/sieve/slot.js';
import { bigEndian, hasNoSmallPrime, numberIn, oddPrimesBelow, primeIn, primeOf } from '../support/primes.js';
import { Random } from '../support/random.js';

const LENGTH = 64 * 1024;
const slot = createSlot(0, LENGTH);
const window = windowBytes(slot, LENGTH);
const simd = kernelFactory('auto', loadKernelModule(), [])(slot.memory).factors;
const specification = new ScalarFactors(window);

const SIZES = [8, 16, 24, 56, 64, 72, 80, 88, 96, 104, 120, 128, 192, 200, 256, 384, 480, 512, 768, 960, 1016, 1024];
const ORDERS = ['little', 'big', 'words'] as const;
type Order = (typeof ORDERS)[number];

/** Place and order of each candidate. */
function find(finder: Pick<SimdFactors, 'find'>, places: FactorPlaces): string[] {
  const found: string[] = [];
  finder.find(places, (at, order) => found.push(`${at} ${(ORDERS as readonly string[])[order]}`));
  return found;
}

/** The bytes of a number, from those with the most significant one first. */
function ordered(big: Uint8Array, order: Order): Uint8Array {
  const bytes = Buffer.from(big);
  return Uint8Array.from(order === 'little' ? bytes.reverse() : order === 'words' ? bytes.swap32() : bytes);
}

/** A number of `size` bytes with its top bit set: `factor` times one that no odd prime below 1000 divides. */
function multipleOf(factor: bigint, size: number, random: Random): bigint {
  const top = 256n ** BigInt(size);
  const [from, to] = [top / 2n / factor + 1n, (top - 1n) / factor - 65_536n];
  for (let q = numberIn(from, to, random) | 1n; ; q += 2n) if (hasNoSmallPrime(q)) return factor * q;
}

/** Whether a number that stands at one place, amid random bytes, is told by the kernel, and by the specification. */
function isTold(value: bigint, size: number, order: Order, at: number, random: Random): [simd: boolean, own: boolean] {
  window.set(random.bytes(size + 32), at - 16);
  window.set(ordered(bigEndian(value, size), order), at);
  const places = { first: at, last: at, size, step: 8, aligned: at } as const;
  const hit = `${at} ${order}`;
  return [find(simd, places).includes(hit), find(specification, places).includes(hit)];
}

const YES = [true, true];
const NO = [false, false];

describe('candidates for primes', () => {
  it('are looked for by the kernel where there is SIMD, in the orders of the store', () => {
    expect(simd).toBeInstanceOf(SimdFactors);
    expect(ORDERS.map((order) => ORDER[order])).toEqual([0, 1, 2]);
  });

  it.each(SIZES)('of %i bytes are those of the specification, in its order, in random bytes', (size) => {
    const random = new Random(size);
    let total = 0;
    for (const step of [1, 8] as const) {
      const count = step === 1 ? 500 : 250;
      const extent = size + count * step;
      for (let round = 0; round < 4; round++) {
        const first = random.below(LENGTH - extent);
        window.set(random.bytes(extent), first);
        // Also before the places, behind them, and none at all.
        const aligned = first + (random.pick([-8, 0, 8, 4096]) + round);
        const places = { first, last: first + random.below(count * step), size, step, aligned };
        const truth = find(specification, places);
        expect(find(simd, places)).toEqual(truth);
        total += truth.length;
      }
    }
    expect(total).toBeGreaterThan(60);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'in words are looked for at places that fit an alignment of %i alone',
    (aligned) => {
      const random = new Random(131);
      const size = 64;
      window.set(random.bytes(6144));
      for (const [first, from] of [
        [0, aligned],
        [13, 2000 + aligned],
        [2003, aligned],
      ] as const) {
        const places = { first, last: first + 3000, size, step: 1, aligned: from } as const;
        const found = find(simd, places);
        expect(found).toEqual(find(specification, places));
        const inWords = found.filter((hit) => hit.endsWith('words')).map((hit) => Number.parseInt(hit, 10));
        expect(inWords.length).toBeGreaterThan(8);
        expect(inWords.filter((at) => at % 4 !== aligned % 4)).toEqual([]);
      }
    },
  );

  it('are, in random bytes, those that BigInt says', () => {
    const random = new Random(137);
    for (const size of [64, 72, 128]) {
      window.set(random.bytes(2048));
      const truth: string[] = [];
      for (let at = 0; at < 1500; at++) {
        for (const order of ORDERS) {
          if (order === 'words' && at % 4 !== 0) continue;
          const value = BigInt(`0x${Buffer.from(ordered(window.slice(at, at + size), order)).toString('hex')}`);
          if (value % 2n === 1n && value >> BigInt(8 * size - 1) === 1n && hasNoSmallPrime(value)) {
            truth.push(`${at} ${order}`);
          }
        }
      }
      expect(truth.length).toBeGreaterThan(100);
      expect(find(simd, { first: 0, last: 1499, size, step: 1, aligned: 0 })).toEqual(truth);
    }
  });

  it.each([64, 72, 96, 128, 192])('are real primes of %i bytes in all orders, at any byte', (size) => {
    const random = new Random(1000 + size);
    for (let i = 0; i < 4; i++) {
      const prime = primeOf(size, random);
      for (const order of ORDERS) expect(isTold(prime, size, order, 40 + random.below(500), random)).toEqual(YES);
    }
  });

  it.each(SIZES)('of %i bytes are numbers with their top bit set, and odd, and no others', (size) => {
    const random = new Random(2000 + size);
    const top = 256n ** BigInt(size);
    for (const order of ORDERS) {
      const value = multipleOf(1n, size, random);
      expect(isTold(value, size, order, 64, random)).toEqual(YES);
      expect(isTold(value - 1n, size, order, 64, random)).toEqual(NO);
      let low = value % (top / 2n);
      while (!hasNoSmallPrime(low)) low += 2n;
      expect(isTold(low, size, order, 64, random)).toEqual(NO);
    }
  });
});

describe('numbers with a small factor', () => {
  const primes = oddPrimesBelow(1000);

  it('are those of 167 primes', () => {
    expect([primes.length, primes[0], primes.at(-1)]).toEqual([167, 3, 997]);
  });

  it('p times a large prime, of 64 bytes, are refused in all orders for each of them', () => {
    const random = new Random(139);
    const top = 256n ** 64n;
    const told = primes.flatMap((p) => {
      const q = primeIn(top / 2n / BigInt(p) + 1n, (top - 1n) / BigInt(p) - 65_536n, random);
      return ORDERS.filter((order) => isTold(BigInt(p) * q, 64, order, 100, random).includes(true)).map(
        (order) => `${p} ${order}`,
      );
    });
    expect(told).toEqual([]);
  });

  it.each(SIZES.filter((size) => size > 8))('p times one without any, of %i bytes, are refused for each', (size) => {
    const random = new Random(3000 + size);
    const told = primes.filter((p) =>
      isTold(multipleOf(BigInt(p), size, random), size, random.pick(ORDERS), 72, random).includes(true),
    );
    expect(told).toEqual([]);
  });

  it.each(SIZES.filter((size) => size > 8))('from 1009 on, of %i bytes, are told', (size) => {
    const random = new Random(4000 + size);
    const values = [1009n, 1013n, 1009n * 1009n, 1019n].map((factor) => multipleOf(factor, size, random));
    for (const order of ORDERS) {
      for (const value of values) expect(isTold(value, size, order, 80, random)).toEqual(YES);
    }
  });

  it('1009 and 1013 times a large prime, of 64 bytes, are told', () => {
    const random = new Random(149);
    const top = 256n ** 64n;
    for (const p of [1009n, 1013n]) {
      const q = primeIn(top / 2n / p + 1n, (top - 1n) / p - 65_536n, random);
      for (const order of ORDERS) expect(isTold(p * q, 64, order, 100, random)).toEqual(YES);
    }
  });
});

describe('many places', () => {
  /** Eight bytes that repeat: their number times (2^512 - 1)/(2^64 - 1), of which no prime is below 274177. */
  function repeated(random: Random): Uint8Array {
    for (;;) {
      const bytes = random.bytes(8).map((byte, i) => (i === 0 || i === 3 || i === 4 || i === 7 ? byte | 0x81 : byte));
      const values = ORDERS.map((order) => BigInt(`0x${Buffer.from(ordered(bytes, order)).toString('hex')}`));
      // In words the number is made of the same words the other way round.
      if (values.every(hasNoSmallPrime) && hasNoSmallPrime(swapped(values[2] as bigint))) return bytes;
    }
  }

  const swapped = (value: bigint) => ((value & 0xffff_ffffn) << 32n) | (value >> 32n);

  it.each([1, 81, 82, 83, 84, 164, 165, 246, 1000, 5000])(
    'that are candidates in all orders: none of %i is lost',
    (count) => {
      const word = repeated(new Random(count));
      const size = 64;
      const first = 24;
      for (let at = 0; at < first + size + 8 * count; at += 8) window.set(word, at);
      const places = { first, last: first + 8 * (count - 1), size, step: 8, aligned: first } as const;
      const truth = Array.from({ length: count }, (_, i) => ORDERS.map((order) => `${first + 8 * i} ${order}`)).flat();
      expect(find(simd, places)).toEqual(truth);
      expect(find(specification, places)).toEqual(truth);
    },
  );

  it.each([81, 82, 83, 164, 165, 20_000])('at any byte: none of %i is lost', (count) => {
    const random = new Random(151 + count);
    window.set(random.bytes(count + 128));
    const places = { first: 3, last: 3 + count - 1, size: 64, step: 1, aligned: 1 } as const;
    const truth = find(specification, places);
    expect(truth.length).toBeGreaterThan(count / 20);
    expect(find(simd, places)).toEqual(truth);
  });

  it('behind the last are not looked at, nor is anything where the last is before the first', () => {
    const word = repeated(new Random(157));
    for (let at = 0; at < 1024; at += 8) window.set(word, at);
    const at = { first: 32, size: 64, aligned: 0 };
    for (const last of [32, 39, 40]) {
      const truth = [32, 40]
        .filter((place) => place <= last)
        .flatMap((place) => ORDERS.map((order) => `${place} ${order}`));
      expect(find(simd, { ...at, last, step: 8 })).toEqual(truth);
    }
    for (const last of [31, 0, -64]) {
      for (const step of [1, 8] as const) expect(find(simd, { ...at, last, step })).toEqual([]);
    }
  });
});

describe('the memory below the tables', () => {
  it.each([64, 1024])('holds nothing of numbers of %i bytes, but for the places', (size) => {
    const below = new Uint8Array(slot.memory.buffer, 0, TABLES_OFFSET);
    const random = new Random(5000 + size);
    const bytes = random.bytes(8192);
    window.set(bytes);
    const before = below.slice(0, 3088);
    const found = find(simd, { first: 0, last: 4000, size, step: 1, aligned: 0 });
    expect(found.length).toBeGreaterThan(100);
    expect(below.subarray(2048, 3088).every((byte) => byte === 0)).toBe(true);
    expect(below.slice(0, 3088)).toEqual(before);
    const memory = Buffer.from(slot.memory.buffer, 0, WINDOW_OFFSET);
    for (let at = 0; at < bytes.length; at += 8) {
      const word = Buffer.from(bytes.subarray(at, at + 8));
      expect(memory.includes(word) || memory.includes(word.reverse())).toBe(false);
    }
  });
});
