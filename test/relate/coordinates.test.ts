/** Forms of x coordinates: the bytes that BigInt makes of a number are the truth. */
import { describe, expect, it } from 'vitest';
import { EC_CURVES } from '../../src/prove/curves.js';
import { Coordinates } from '../../src/relate/coordinates.js';
import { DIGIT_FORMS, DIGITS_30, DIGITS_60, type DigitForm } from '../../src/relate/digits.js';
import { findHeads } from '../../src/relate/needles.js';
import { KIND, type NumberEntry, ORDER } from '../../src/relate/number-store.js';
import type { EcCurve } from '../../src/types.js';
import { bigEndian, numberIn } from '../support/primes.js';
import { Random } from '../support/random.js';
import { CURVES } from './ec-points.js';

/** So many x of each curve are random; others are small, or large. */
const RANDOM = 40;

/** A payload that stands somewhere in a larger memory. */
function entryOf(payload: Uint8Array, before = 5): NumberEntry {
  const memory = Uint8Array.from(Buffer.concat([Buffer.alloc(before, 0xbb), payload, Buffer.alloc(200, 0xbb)]));
  const bytes = memory.subarray(before, before + payload.length);
  return {
    kind: KIND.run,
    order: ORDER.little,
    offset: 0,
    lead: 0,
    length: payload.length,
    memory,
    start: before,
    bytes,
  };
}

/** Digits of so many bits, each in a word of so many bytes, both least first. */
function inDigits(value: bigint, { bits, bytes }: DigitForm, numberBits: number): Uint8Array {
  const words = Array.from({ length: Math.ceil(numberBits / bits) }, (_, i) => {
    const digit = (value / 2n ** BigInt(i * bits)) % 2n ** BigInt(bits);
    return bigEndian(digit, bytes).reverse();
  });
  return Uint8Array.from(Buffer.concat(words));
}

/** All forms in which libraries keep x, by their names. */
function formsOf(curve: EcCurve, x: bigint): Map<string, Uint8Array> {
  const { size, prime } = EC_CURVES[curve];
  const big = bigEndian(x, size);
  const forms = new Map([
    ['little', big.slice().reverse()],
    ['big', big],
  ]);
  if (size % 4 === 0) forms.set('words', Uint8Array.from(Buffer.from(big).swap32()));
  if (curve === 'P-256' || curve === 'P-384') {
    forms.set('Montgomery', bigEndian((x * 256n ** BigInt(size)) % prime, size).reverse());
  }
  return forms;
}

/** 04, x, y, x·2^(8·size) modulo the prime, behind `at` bytes of something else. */
function lineOf(curve: EcCurve, x: bigint, at: number, random: Random): Uint8Array {
  const { size, prime } = EC_CURVES[curve];
  const montgomery = (x * 256n ** BigInt(size)) % prime;
  const parts = [
    random.bytes(at),
    Uint8Array.of(4),
    bigEndian(x, size),
    random.bytes(size),
    bigEndian(montgomery, size),
  ];
  return Uint8Array.from(Buffer.concat(parts));
}

/** `digits`: of some of them the form of digits. */
function coordinatesOf(curve: EcCurve, xs: readonly bigint[], digits: ReadonlyMap<number, DigitForm> = new Map()) {
  const random = new Random(229);
  const coordinates = new Coordinates(curve, xs.length, digits.size);
  for (const [i, x] of xs.entries()) {
    const at = random.below(100);
    coordinates.add(i, lineOf(curve, x, at, random), at);
    const form = digits.get(i);
    if (form) coordinates.addDigits(i, form, EC_CURVES[curve].bits);
  }
  return coordinates;
}

/** Whose coordinate stands at the place, by each head that may be its. */
function ownersAt(coordinates: Coordinates, entry: NumberEntry, at: number): number[] {
  return Array.from({ length: coordinates.count }, (_, index) => coordinates.ownerAt(index, entry, at)).filter(
    (owner) => owner !== undefined,
  );
}

/** The same where heads are looked for first, at each byte. */
function found(coordinates: Coordinates, entry: NumberEntry): Array<[owner: number, at: number]> {
  const owners: Array<[number, number]> = [];
  findHeads([entry], coordinates.heads, coordinates.count, (index, _entry, at) => {
    const owner = coordinates.ownerAt(index, entry, at);
    if (owner !== undefined) owners.push([owner, at]);
  });
  return owners;
}

describe.each(CURVES)('the coordinates of %s', (curve) => {
  const { size, prime, bits } = EC_CURVES[curve];
  const random = new Random(233);
  const xs = [
    ...Array.from({ length: RANDOM }, () => numberIn(1n, prime, random)),
    ...[1n, 2n, 256n, prime - 1n, prime - 2n, prime >> 1n, 1n << 64n],
  ];
  const names = [...formsOf(curve, 1n).keys()];

  it('are kept as they came, most significant byte first', () => {
    const coordinates = coordinatesOf(curve, xs);
    const kept = xs.map((_, i) => BigInt(`0x${Buffer.from(coordinates.x(i)).toString('hex')}`));
    expect(kept).toEqual(xs);
    expect(coordinates.x(0).length).toBe(size);
  });

  it(`have a head for each of the forms ${names.join(', ')}`, () => {
    const coordinates = coordinatesOf(curve, xs);
    const truth = xs.flatMap((x) => [...formsOf(curve, x).values()].map((form) => Buffer.from(form).readInt32BE()));
    expect(coordinates.count).toBe(truth.length);
    expect([...coordinates.heads.subarray(0, coordinates.count)].sort()).toEqual(truth.sort());
  });

  it.each(names)('are found in the form %s, wherever they stand', (name) => {
    const coordinates = coordinatesOf(curve, xs);
    for (const [i, x] of xs.entries()) {
      const form = formsOf(curve, x).get(name) as Uint8Array;
      const at = random.below(30);
      // At the end of the entry.
      const entry = entryOf(Uint8Array.from(Buffer.concat([Buffer.alloc(at, 0x55), form])), random.below(9));
      expect(ownersAt(coordinates, entry, at)).toContain(i);
      expect(found(coordinates, entry)).toContainEqual([i, at]);
      if (i < RANDOM) expect(found(coordinates, entry)).toEqual([[i, at]]);
    }
  });

  it.each(names)('are not where a byte of the form %s is another, or the entry ends before', (name) => {
    const coordinates = coordinatesOf(curve, xs.slice(0, RANDOM));
    for (const [i, x] of xs.slice(0, 6).entries()) {
      const form = formsOf(curve, x).get(name) as Uint8Array;
      expect(ownersAt(coordinates, entryOf(form), 0)).toEqual([i]);
      for (let at = 0; at < size; at++) {
        const damaged = form.with(at, (form[at] as number) ^ (1 << random.below(8)));
        expect(ownersAt(coordinates, entryOf(damaged), 0)).toEqual([]);
      }
      const entry = entryOf(form);
      expect(ownersAt(coordinates, { ...entry, length: size - 1 }, 0)).toEqual([]);
      expect(ownersAt(coordinates, entry, 1)).toEqual([]);
    }
  });

  it.each(DIGIT_FORMS)('are found in $name, of those that were read from such', (form) => {
    const digits = new Map(xs.flatMap((_, i) => (i % 3 === 0 ? [[i, form] as const] : [])));
    const coordinates = coordinatesOf(curve, xs, digits);
    expect(coordinates.count).toBe(xs.length * names.length + digits.size);
    for (const [i, x] of xs.entries()) {
      const bytes = inDigits(x, form, bits);
      const entry = entryOf(Uint8Array.from(Buffer.concat([Buffer.alloc(8, 0x55), bytes])));
      // A small number in digits may be the same in the form little.
      const isSmall = i >= RANDOM;
      if (isSmall && !digits.has(i)) continue;
      expect(ownersAt(coordinates, entry, 8).includes(i)).toBe(digits.has(i));
      expect(found(coordinates, entry).some(([owner, at]) => owner === i && at === 8)).toBe(digits.has(i));
      if (isSmall || !digits.has(i)) continue;
      const at = random.below(bytes.length);
      const damaged = bytes.with(at, (bytes[at] as number) ^ 1);
      expect(ownersAt(coordinates, entryOf(damaged), 0)).toEqual([]);
      expect(ownersAt(coordinates, { ...entryOf(bytes), length: bytes.length - 1 }, 0)).toEqual([]);
    }
  });

  it('in digits are found by the form of each', () => {
    const digits = new Map([
      [1, DIGITS_60],
      [2, DIGITS_30],
    ]);
    const coordinates = coordinatesOf(curve, xs, digits);
    const hits = [1, 2].flatMap((i) =>
      DIGIT_FORMS.map((form) => ownersAt(coordinates, entryOf(inDigits(xs[i] as bigint, form, bits)), 0)),
    );
    expect(hits).toEqual([[1], [], [], [2]]);
  });

  it('may be those of several scalars, which are all told', () => {
    const twice = [...xs.slice(0, 5), xs[2] as bigint];
    const coordinates = coordinatesOf(curve, twice);
    for (const form of formsOf(curve, xs[2] as bigint).values()) {
      expect(ownersAt(coordinates, entryOf(form), 0)).toEqual([2, 5]);
    }
  });

  it('are none of scalars that have no point', () => {
    const coordinates = new Coordinates(curve, 3, 0);
    coordinates.add(2, lineOf(curve, xs[0] as bigint, 0, random), 0);
    expect(coordinates.count).toBe(names.length);
    for (const form of formsOf(curve, xs[0] as bigint).values()) {
      expect(ownersAt(coordinates, entryOf(form), 0)).toEqual([2]);
    }
    expect(ownersAt(coordinates, entryOf(new Uint8Array(size)), 0)).toEqual([]);
  });
});
