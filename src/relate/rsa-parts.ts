/**
 * The numbers of an RSA key whose primes are known: the public exponent, told by the private ones that stand in memory,
 * and where the primes, d, dp, dq and qInv stand.
 */
import { bytesFromBigint } from '../bytes/convert.js';
import { inverse, lcm } from '../prove/modular.js';
import type { RsaPrivateKey } from '../types.js';
import { describeOrderIn } from './limbs.js';
import { findNeedles, type Needle } from './needles.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';

/** Public exponents in use, the usual one first. */
const EXPONENTS: readonly bigint[] = [65_537n, 3n, 17n, 5n, 7n, 35n, 37n, 41n, 257n];

/** A number of a key, where it stands. */
export interface NumberPlace {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export type Primes = RsaPrivateKey & { readonly n: bigint; readonly p: bigint; readonly q: bigint };

interface Part {
  readonly name: 'p' | 'q' | 'prime' | 'd' | 'dp' | 'dq' | 'qInv';
  readonly value: bigint;
}

/** The keys, completed, each with the places of its further parts in `memory`. */
export function completeKeys(
  keys: readonly Primes[],
  memory: readonly NumberEntry[],
): Map<bigint, { readonly key: Primes; readonly places: readonly NumberPlace[] }> {
  const exponents = exponentsOf(
    keys.filter(({ e }) => e === undefined),
    memory,
  );
  const found = new Map(
    keys.map((key) => {
      const e = key.e ?? exponents.get(key.n);
      return [key.n, { key: { ...key, ...(e !== undefined && { e }) } as Primes, places: [] as NumberPlace[] }];
    }),
  );
  const needles = [...found.values()].flatMap((completed) =>
    partsOf(completed.key).flatMap((part) => needlesOf(part.value, { completed, part })),
  );
  findNeedles(memory, needles, ({ completed, part, order }, entry, at, { form }) => {
    if (part.name !== 'prime') completed.key = { ...completed.key, [part.name]: part.value };
    const name = `RSA ${part.name}, ${describeOrderIn(entry, order)}`;
    completed.places.push({ name, offset: entry.offset + at - entry.lead, length: form.length });
  });
  return found;
}

/** By modulus: the exponent for which a private one stands in memory. */
function exponentsOf(keys: readonly Primes[], memory: readonly NumberEntry[]): Map<bigint, bigint> {
  const needles = keys.flatMap((key) =>
    EXPONENTS.flatMap((e) =>
      partsOf({ ...key, e })
        .filter(({ name }) => name === 'd' || name === 'dp' || name === 'dq')
        .flatMap(({ value }) => needlesOf(value, { n: key.n, e })),
    ),
  );
  const found = new Map<bigint, bigint>();
  findNeedles(memory, needles, ({ n, e }) => void found.set(n, e));
  return found;
}

/** The primes; d modulo λ(n) and modulo φ(n), as programs make it one way or the other; qInv of either prime. */
function partsOf({ p, q, e, otherPrimes = [] }: Primes): Part[] {
  const parts: Array<readonly [Part['name'], bigint | undefined]> = [
    ['p', p],
    ['q', q],
    ...otherPrimes.map((prime) => ['prime', prime] as const),
    ['qInv', inverse(q, p)],
    ['qInv', inverse(p, q)],
  ];
  if (e !== undefined) {
    const orders = [p, q, ...otherPrimes].map((prime) => prime - 1n);
    parts.push(
      ['d', inverse(e, orders.reduce(lcm))],
      [
        'd',
        inverse(
          e,
          orders.reduce((a, b) => a * b),
        ),
      ],
    );
    parts.push(['dp', inverse(e, p - 1n)], ['dq', inverse(e, q - 1n)]);
  }
  return parts.flatMap(([name, value]) => (value === undefined || value < 1n << 64n ? [] : [{ name, value }]));
}

/** A number without leading zeros, in the orders of memory. */
function needlesOf<T>(value: bigint, of: T): Array<Needle<T & { readonly order: ByteOrder }>> {
  const big = Buffer.from(bytesFromBigint(value));
  const words = Buffer.concat([Buffer.alloc((4 - (big.length % 4)) % 4), big]).swap32();
  return [
    { form: big, of: { ...of, order: ORDER.big } },
    { form: Buffer.from(big).reverse(), of: { ...of, order: ORDER.little } },
    { form: words, of: { ...of, order: ORDER.words } },
  ];
}
