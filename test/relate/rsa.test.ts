/** Products of candidates: primes that node:crypto tells to be such, and BigInt, are the truth. */
import { checkPrimeSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KIND, type NumberEntry, NumberStore, ORDER } from '../../src/relate/number-store.js';
import { relateRsa } from '../../src/relate/rsa.js';
import { bigEndian, numberIn, primeOf } from '../support/primes.js';
import { Random } from '../support/random.js';

/** Bytes of a prime. */
const SIZE = 64;
const BOUNDS = { pairs: 0, divisions: 1000, multiPrime: false, exponents: 0, exponentsAnywhere: 0 };

interface Placed {
  readonly value: bigint;
  readonly size: number;
  readonly offset: number;
}

/** Candidates as the store gives them, each in another order of bytes. */
function entriesOf(placed: readonly Placed[]): NumberEntry[] {
  const store = NumberStore.create(1 << 20);
  for (const [i, { value, size, offset }] of placed.entries()) {
    const bytes = Buffer.from(bigEndian(value, size));
    if (i % 3 === 0) store.add(KIND.factor, ORDER.little, offset, bytes.reverse());
    else if (i % 3 === 1) store.add(KIND.factor, ORDER.big, offset, bytes);
    else store.add(KIND.factor, ORDER.words, offset, bytes.swap32());
  }
  const entries = store.entries();
  expect(entries).toHaveLength(placed.length);
  return entries;
}

/** At random places of a dump. */
function scattered(primes: readonly bigint[], moduli: readonly bigint[], random: Random): Placed[] {
  const numbers = [
    ...primes.map((value) => ({ value, size: SIZE })),
    ...moduli.map((value) => ({ value, size: 2 * SIZE })),
  ];
  const places = numbers.map((_, i) => ({ at: i, by: random.next() })).sort((a, b) => a.by - b.by);
  return places.map(({ at }, i) => ({ ...(numbers[at] as (typeof numbers)[number]), offset: 4096 + 256 * i }));
}

/** A full odd number, which is no product of two primes that are there. */
function decoy(size: number, random: Random): bigint {
  const top = 256n ** BigInt(size);
  return numberIn(top / 2n, top, random) | 1n;
}

interface FoundKey {
  readonly n: bigint;
  readonly primes: readonly bigint[];
  /** Where the primes stand. */
  readonly offsets: readonly number[];
}

const ascending = <T extends bigint | number>(values: readonly T[]): T[] =>
  [...values].sort((a, b) => (a < b ? -1 : 1));

function related(entries: readonly NumberEntry[], pairs: number, known: readonly bigint[] = []) {
  const { keys, cuts } = relateRsa(
    entries,
    known.map((n) => ({ n, e: 65_537n })),
    [],
    { ...BOUNDS, pairs },
  );
  const found = keys.map(({ key, places }): FoundKey => {
    const { n, p, q } = key as { n: bigint; p: bigint; q: bigint };
    return { n, primes: ascending([p, q]), offsets: ascending(places.map(({ offset }) => offset)) };
  });
  return { keys: found.sort((a, b) => (a.n < b.n ? -1 : 1)), cuts };
}

/** What is to be found: each key once, with each place of its primes once. */
function keyOf(p: bigint, q: bigint, placed: readonly Placed[]): FoundKey {
  const offsets = placed.filter(({ value }) => value === p || value === q).map(({ offset }) => offset);
  return { n: p * q, primes: ascending([p, q]), offsets: ascending(offsets) };
}

const sorted = (keys: readonly FoundKey[]) => [...keys].sort((a, b) => (a.n < b.n ? -1 : 1));

const random = new Random(163);
const PRIMES = Array.from({ length: 24 }, () => primeOf(SIZE, random));
const [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9] = PRIMES as [
  ...[bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint],
];
/** Of ten primes; one of them, as a bad random generator does it, in two keys. */
const KEYS = [
  [p0, p1],
  [p3, p2],
  [p4, p5],
  [p4, p6],
  [p8, p7],
] as const;
const MODULI = KEYS.map(([p, q]) => p * q);
const DECOYS = Array.from({ length: 40 }, () => decoy(2 * SIZE, random));
/** All pairs of the primes, and less than those: of the second the way by pairs is cut. */
const ALL_PAIRS = (PRIMES.length * PRIMES.length) / 2;

describe('two factors and their product', () => {
  const few = scattered(PRIMES, MODULI, new Random(167));
  const many = scattered(PRIMES, [...MODULI, ...DECOYS], new Random(173));

  it('are found by inverses, where moduli are few: more than a cut of all pairs would let be found', () => {
    // Five moduli with 24 factors are 120 ways; 120 pairs are those of the first fifteen factors.
    const { keys, cuts } = related(entriesOf(few), 120);
    expect(cuts).toEqual([]);
    expect(keys).toEqual(sorted(KEYS.map(([p, q]) => keyOf(p, q, few))));
  });

  it('are found by all pairs, where moduli are many', () => {
    expect((MODULI.length + DECOYS.length) * PRIMES.length).toBeGreaterThan(ALL_PAIRS);
    const { keys, cuts } = related(entriesOf(many), ALL_PAIRS);
    expect(cuts).toEqual([]);
    expect(keys).toEqual(sorted(KEYS.map(([p, q]) => keyOf(p, q, many))));
  });

  it('are found by all pairs where the bound lets moduli be divided, and pairs are fewer', () => {
    const { keys, cuts } = related(entriesOf(many), 1_000_000);
    expect(cuts).toEqual([]);
    expect(keys).toEqual(sorted(KEYS.map(([p, q]) => keyOf(p, q, many))));
  });

  it('are not all looked for where the bound allows neither all pairs nor all divisions, which is told', () => {
    const { keys, cuts } = related(entriesOf(few), 119);
    expect(cuts).toEqual(['24 candidates of 512 bits']);
    const truth = KEYS.map(([p, q]) => keyOf(p, q, few));
    for (const key of keys) expect(truth).toContainEqual(key);
    // The first fifteen by offset.
    const tried = few.filter(({ size }) => size === SIZE).slice(0, 15);
    const isTried = (prime: bigint) => tried.some(({ value }) => value === prime);
    const within = KEYS.filter(([p, q]) => isTried(p) && isTried(q));
    expect(within.length).toBeLessThan(KEYS.length);
    expect(keys).toEqual(sorted(within.map(([p, q]) => keyOf(p, q, few))));
  });

  it('are found by both ways where a modulus is known and does not stand in the dump', () => {
    for (const [others, pairs] of [
      [[], 120],
      [DECOYS, ALL_PAIRS],
    ] as const) {
      const placed = scattered(PRIMES, others, new Random(179));
      const { keys, cuts } = related(entriesOf(placed), pairs, MODULI);
      expect(cuts).toEqual([]);
      expect(keys).toEqual(sorted(KEYS.map(([p, q]) => keyOf(p, q, placed))));
    }
  });

  it('are two, and the only ones', () => {
    const placed = scattered([p0, p9], [p0 * p9], new Random(181));
    for (const pairs of [2, 1_000_000]) {
      expect(related(entriesOf(placed), pairs)).toEqual({ keys: [keyOf(p0, p9, placed)], cuts: [] });
    }
  });

  it('are one key where they stand in the dump many times, each place told once', () => {
    const primes = [...PRIMES, p0, p0, p1, p2];
    const placed = scattered(primes, [...MODULI, MODULI[0] as bigint], new Random(191));
    for (const [moduli, pairs] of [
      [[], 120],
      [DECOYS, ALL_PAIRS],
    ] as const) {
      const more = moduli.map((value, i) => ({ value, size: 2 * SIZE, offset: 1_000_000 + 256 * i }));
      const { keys, cuts } = related(entriesOf([...placed, ...more]), pairs);
      expect(cuts).toEqual([]);
      expect(keys).toEqual(sorted(KEYS.map(([p, q]) => keyOf(p, q, placed))));
    }
  });

  it('are named p and q, with the order of bytes', () => {
    const placed = scattered([p0, p1], [p0 * p1], new Random(193));
    const [first] = relateRsa(entriesOf(placed), [], [], { ...BOUNDS, pairs: 1000 }).keys;
    const names = (first?.places ?? []).map(({ name, offset, length }) => ({ name, offset, length }));
    const orders = ['little-endian', 'big-endian', 'words, most significant first'];
    const truth = placed.flatMap(({ value, size, offset }, i) =>
      size === SIZE
        ? [{ name: `RSA ${value === first?.key.p ? 'p' : 'q'}, ${orders[i % 3]}`, offset, length: SIZE }]
        : [],
    );
    expect(names.sort((a, b) => a.offset - b.offset)).toEqual(truth);
  });
});

describe('no key', () => {
  /** By inverses, and by all pairs. */
  function bothWays(primes: readonly bigint[], moduli: readonly bigint[]): FoundKey[][] {
    const few = scattered(primes, moduli, new Random(197));
    const many = scattered(primes, [...moduli, ...DECOYS], new Random(199));
    const ways = [related(entriesOf(few), moduli.length * primes.length), related(entriesOf(many), ALL_PAIRS)];
    expect(ways.map(({ cuts }) => cuts)).toEqual([[], []]);
    return ways.map(({ keys }) => keys);
  }

  it('is the square of a prime, though it stands there', () => {
    expect(bothWays(PRIMES, [p0 * p0, p1 * p1])).toEqual([[], []]);
  });

  it('is the square of a prime that stands there twice', () => {
    expect(bothWays([...PRIMES, p0, p0], [p0 * p0])).toEqual([[], []]);
  });

  it('is a product of which one factor is gone', () => {
    expect(bothWays(PRIMES.slice(1), [p0 * p1])).toEqual([[], []]);
  });

  it('is what is a bit more or less than a product', () => {
    const n = p0 * p1;
    const others = [1n, 32n, 33n, 500n, 900n].flatMap((bit) => [n + (1n << bit), n - (1n << bit)]);
    expect(bothWays(PRIMES, others)).toEqual([[], []]);
  });

  it('is where there are no moduli, or a single factor', () => {
    expect(related(entriesOf(scattered(PRIMES, [], new Random(211))), 1000)).toEqual({ keys: [], cuts: [] });
    expect(related(entriesOf(scattered([p0], [p0 * p1, p0 * p0], new Random(223))), 1000)).toEqual({
      keys: [],
      cuts: [],
    });
    expect(related([], 1000)).toEqual({ keys: [], cuts: [] });
  });
});

describe('factors with the same lowest bits', () => {
  it('are told apart by both ways', () => {
    // Eight primes that are one modulo 2^32: the lowest 32 bits of all products are the same.
    const source = new Random(227);
    const alike = Array.from({ length: 8 }, () => {
      let value = ((primeOf(SIZE, source) >> 32n) << 32n) | 1n;
      while (!checkPrimeSync(value)) value += 1n << 32n;
      return value;
    });
    const pairs = [
      [alike[0], alike[1]],
      [alike[2], alike[5]],
    ] as Array<[bigint, bigint]>;
    const wrong = [...Array(6).keys()].map((i) => (decoy(2 * SIZE, new Random(i)) & ~0xffff_ffffn) | 1n);
    const few = scattered(
      alike,
      pairs.map(([p, q]) => p * q),
      source,
    );
    const many = scattered(alike, [...pairs.map(([p, q]) => p * q), ...wrong], source);
    expect(related(entriesOf(few), 16)).toEqual({ keys: sorted(pairs.map(([p, q]) => keyOf(p, q, few))), cuts: [] });
    expect(related(entriesOf(many), 32)).toEqual({ keys: sorted(pairs.map(([p, q]) => keyOf(p, q, many))), cuts: [] });
  });
});
