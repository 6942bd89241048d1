/**
 * RSA keys from candidates: two factors whose product is a modulus that is there as well, or a factor that divides a
 * modulus known from a certificate or from the user. Factors are not tested for primality before: the product is looked
 * up by its lowest 32 bits, one multiplication for each pair, and what fits is multiplied in full.
 */
import { looksPrime } from '../prove/modular.js';
import type { RsaPrivateKey } from '../types.js';
import type { Bounds } from './bounds.js';
import { DIGITS_30, DIGITS_60, digitsLength } from './digits.js';
import type { KnownModulus } from './exponent-test.js';
import { type ByteOrder, describeOrder, type NumberEntry, ORDER } from './number-store.js';
import { readNumber } from './numbers.js';
import { findExponents } from './rsa-exponents.js';
import { completeKeys, type NumberPlace, type Primes } from './rsa-parts.js';

export interface RelatedRsa {
  readonly key: RsaPrivateKey;
  readonly places: readonly NumberPlace[];
}

export interface RsaResult {
  readonly keys: readonly RelatedRsa[];
  /** What a bound cut off, for people. */
  readonly cuts: readonly string[];
  /** What was looked for over and above, and not to the end. */
  readonly left: readonly string[];
}

interface Candidate {
  readonly value: bigint;
  readonly entries: NumberEntry[];
}

/** `memory`: entries with the bytes of runs, in which the other numbers of a key may stand. */
export function relateRsa(
  entries: readonly NumberEntry[],
  known: readonly KnownModulus[],
  memory: readonly NumberEntry[],
  bounds: Pick<Bounds, 'pairs' | 'divisions' | 'multiPrime' | 'exponents' | 'exponentsAnywhere'>,
): RsaResult {
  const bySize = candidatesBySize(entries);
  const cuts: string[] = [];
  const keys = new Map<bigint, Factored>();
  const lengths = new Map(known.map(({ n }) => [n, byteLength(n)]));
  const lengthOf = (n: bigint): number => lengths.get(n) as number;
  const exponents = new Map(known.map(({ n, e }) => [n, e]));
  let divisions = bounds.divisions;
  for (const [size, factors] of bySize) {
    const moduli = new Set([...(bySize.get(2 * size) ?? []).map(({ value }) => value)]);
    for (const { n } of known) if (lengthOf(n) === 2 * size) moduli.add(n);
    const report = (n: bigint, p: Candidate, q?: Candidate): void => {
      const key = { type: 'rsa', n, e: exponents.get(n), p: p.value, q: n / p.value } as const;
      const places = [...(keys.get(n)?.places ?? []), ...placesOf('p', p), ...(q ? placesOf('q', q) : [])];
      keys.set(n, { key: keys.get(n)?.key ?? key, places });
    };
    if (!joinProducts(factors, moduli, report, bounds)) cuts.push(`${factors.length} candidates of ${8 * size} bits`);
    // The other factor may be gone.
    const fits = (n: bigint) => lengthOf(n) >= 2 * size - 8 && (bounds.multiPrime || lengthOf(n) <= 2 * size + 8);
    const whole = known.filter(({ n }) => !keys.has(n) && fits(n));
    divisions -= whole.length * factors.length;
    if (divisions < 0 && whole.length > 0)
      cuts.push(`${whole.length} known moduli with ${factors.length} candidates of ${8 * size} bits`);
    else divideKnown(factors, whole, report);
  }
  const open = known.filter(({ n }) => !keys.has(n));
  const exponentResult = findExponents(memory, open, bounds.exponents, bounds.exponentsAnywhere);
  if (!exponentResult.whole) cuts.push(`private exponents of ${open.length} known moduli`);
  for (const { key, place } of exponentResult.keys) {
    keys.set(key.n, { key: key as Primes, places: [...(keys.get(key.n)?.places ?? []), place] });
  }
  nameByWhole(keys, [...known.map(({ n }) => n), ...[...bySize.values()].flat().map(({ value }) => value)], exponents);
  const completed = completeKeys(
    [...keys.values()].map(({ key }) => key),
    memory,
  );
  return {
    keys: [...keys.values()].map(({ key, places }) => {
      const more = completed.get(key.n);
      return { key: more?.key ?? key, places: [...places, ...(more?.places ?? [])] };
    }),
    cuts,
    left: exponentResult.everywhere ? [] : ['private exponents inside longer runs'],
  };
}

interface Factored {
  readonly key: Primes;
  readonly places: readonly NumberPlace[];
}

/** More keys than this are no multi-prime key and its parts. */
const MAX_PARTIAL = 16;

/**
 * Programs keep products of some of the primes of a multi-prime key (`pp` of OpenSSL's RSA_PRIME_INFO), which look like
 * moduli. Where one divides a modulus that is there, and the quotient is prime, that modulus names the key.
 */
function nameByWhole(
  keys: Map<bigint, Factored>,
  moduli: readonly bigint[],
  exponents: ReadonlyMap<bigint, bigint>,
): void {
  if (keys.size > MAX_PARTIAL) return;
  for (const [part, { key, places }] of keys) {
    const whole = moduli.find((n) => n > part && n % part === 0n && (keys.has(n) || looksPrime(n / part)));
    if (whole === undefined) continue;
    keys.delete(part);
    const otherPrimes = [...(key.otherPrimes ?? []), whole / part];
    const named = keys.get(whole)?.key ?? { ...key, n: whole, e: exponents.get(whole), otherPrimes };
    // Set anew, so that the loop meets it: it may be a part itself.
    const before = keys.get(whole)?.places ?? [];
    keys.delete(whole);
    keys.set(whole, { key: named, places: [...before, ...places] });
  }
}

/** Distinct values by their size in bytes. */
function candidatesBySize(entries: readonly NumberEntry[]): Map<number, Candidate[]> {
  const bySize = new Map<number, Map<bigint, Candidate>>();
  for (const entry of entries) {
    const { length } = entry;
    const value = readNumber(entry.bytes, 0, length, entry.order);
    const values = bySize.get(length) ?? new Map<bigint, Candidate>();
    bySize.set(length, values);
    const candidate = values.get(value);
    if (candidate) candidate.entries.push(entry);
    else values.set(value, { value, entries: [entry] });
  }
  return new Map([...bySize].sort(([a], [b]) => a - b).map(([size, values]) => [size, [...values.values()]]));
}

type Report = (n: bigint, p: Candidate, q?: Candidate) => void;

/** p·q = n for all pairs. False when there were more pairs, or more that fit by their lowest bits, than the bounds allow. */
function joinProducts(
  factors: readonly Candidate[],
  moduli: ReadonlySet<bigint>,
  report: Report,
  { pairs, divisions }: Pick<Bounds, 'pairs' | 'divisions'>,
): boolean {
  if (moduli.size === 0 || factors.length < 2) return true;
  const ways = moduli.size * factors.length;
  if (ways <= pairs && ways < (factors.length * (factors.length - 1)) / 2) {
    return divideLowest(factors, moduli, report, divisions);
  }
  const limit = Math.min(factors.length, Math.floor(Math.sqrt(2 * pairs)));
  const low = Int32Array.from(factors, ({ value }) => lowest(value));
  const lows = new LowWords(moduli);
  const { bits } = lows;
  let left = divisions;
  for (let i = 0; i < limit; i++) {
    const a = low[i] as number;
    for (let j = i + 1; j < limit; j++) {
      const word = Math.imul(a, low[j] as number);
      if (!isSet(bits, word) || !lows.has(word)) continue;
      if (left-- <= 0) return false;
      const [p, q] = [factors[i] as Candidate, factors[j] as Candidate];
      const n = p.value * q.value;
      if (moduli.has(n)) report(n, p, q);
    }
  }
  return limit === factors.length;
}

/**
 * The same where moduli are few: n times the inverse of p modulo 2^32 is the lowest part of q. Candidates are odd, so that
 * each has an inverse.
 */
function divideLowest(
  factors: readonly Candidate[],
  moduli: ReadonlySet<bigint>,
  report: Report,
  divisions: number,
): boolean {
  const byValue = new Map(factors.map((factor, i) => [factor.value, { factor, i }]));
  const lows = new LowWords(byValue.keys());
  const { bits } = lows;
  const all = [...moduli];
  const low = Int32Array.from(all, lowest);
  let left = divisions;
  for (const [i, p] of factors.entries()) {
    const inverse = inverseOf(lowest(p.value));
    for (let j = 0; j < low.length; j++) {
      const word = Math.imul(low[j] as number, inverse);
      if (!isSet(bits, word) || !lows.has(word)) continue;
      if (left-- <= 0) return false;
      const n = all[j] as bigint;
      if (n % p.value !== 0n) continue;
      const q = byValue.get(n / p.value);
      if (q !== undefined && q.i > i) report(n, p, q.factor);
    }
  }
  return true;
}

function lowest(value: bigint): number {
  return Number(value & 0xffff_ffffn) | 0;
}

/** Modulo 2^32, of an odd number: Newton's iteration doubles the five bits that are right at first. */
function inverseOf(odd: number): number {
  let inverse = Math.imul(3, odd) ^ 2;
  for (let bits = 5; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

/** Those by which words are looked up first. */
const LOW_BITS = 0xf_ffff;

function isSet(bits: Uint8Array, word: number): boolean {
  return (((bits[(word & LOW_BITS) >> 3] as number) >> (word & 7)) & 1) === 1;
}

/** The lowest 32 bits of some numbers: a bit for each lowest 20, which loops ask themselves, and all of them, sorted. */
class LowWords {
  readonly bits = new Uint8Array((LOW_BITS + 1) / 8);
  /** No hash table: a dump could be made of which all words have one hash. */
  readonly #sorted: Int32Array;

  constructor(numbers: Iterable<bigint>) {
    this.#sorted = Int32Array.from(numbers, lowest).sort();
    for (const word of this.#sorted) {
      const at = (word & LOW_BITS) >> 3;
      this.bits[at] = (this.bits[at] as number) | (1 << (word & 7));
    }
  }

  has(word: number): boolean {
    let [from, to] = [0, this.#sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#sorted[middle] as number) < word) from = middle + 1;
      else to = middle;
    }
    return this.#sorted[from] === word;
  }
}

/** Known moduli that a single candidate divides. */
function divideKnown(factors: readonly Candidate[], known: readonly KnownModulus[], report: Report): void {
  for (const { n } of known) {
    for (const factor of factors) {
      if (n % factor.value === 0n && factor.value !== 1n && factor.value !== n) report(n, factor);
    }
  }
}

function placesOf(name: string, { entries }: Candidate): NumberPlace[] {
  return entries.map(({ order, offset, length }) => {
    return { name: `RSA ${name}, ${describeOrder(order)}`, offset, length: placeLength(order, length) };
  });
}

function byteLength(value: bigint): number {
  return Math.ceil(value.toString(16).length / 2);
}

/** Bytes that a number takes where it stands. */
function placeLength(order: ByteOrder, size: number): number {
  if (order === ORDER.digits60) return digitsLength(DIGITS_60, 8 * size);
  return order === ORDER.digits30 ? digitsLength(DIGITS_30, 8 * size) : size;
}
