/**
 * RSA keys from candidates: two factors whose product is a modulus that is there as well, or a factor that divides a
 * modulus known from a certificate or from the user. Factors are not tested for primality before: the product is looked
 * up by its lowest 32 bits, one multiplication for each pair, and what fits is multiplied in full.
 */
import { bytesFromBigint } from '../bytes/convert.js';
import { inverse, lcm } from '../prove/modular.js';
import type { RsaPrivateKey } from '../types.js';
import { describeOrder, type NumberEntry } from './number-store.js';
import { readNumber } from './numbers.js';

/** Pairs of factors that are multiplied for one dump: some tenths of a second. */
const MAX_PAIRS = 40_000_000;
/** Divisions of known moduli by candidates: about a microsecond each. */
const MAX_DIVISIONS = 400_000;

export interface KnownModulus {
  readonly n: bigint;
  readonly e: bigint;
}

/** A number of a key, where it stands. */
export interface NumberPlace {
  readonly name: string;
  readonly entry: NumberEntry;
}

export interface RelatedRsa {
  readonly key: RsaPrivateKey;
  readonly places: readonly NumberPlace[];
}

export interface RsaResult {
  readonly keys: readonly RelatedRsa[];
  /** What a bound cut off, for people. */
  readonly cuts: readonly string[];
}

interface Candidate {
  readonly value: bigint;
  readonly entries: NumberEntry[];
}

/** `memory`: entries with the bytes of runs, in which private exponents may stand. */
export function relateRsa(
  entries: readonly NumberEntry[],
  known: readonly KnownModulus[],
  memory: readonly NumberEntry[],
): RsaResult {
  const bySize = candidatesBySize(entries);
  const cuts: string[] = [];
  const keys = new Map<bigint, RelatedRsa>();
  const exponents = new Map(known.map(({ n, e }) => [n, e]));
  for (const [size, factors] of bySize) {
    const moduli = new Set([...(bySize.get(2 * size) ?? []).map(({ value }) => value)]);
    for (const { n } of known) if (byteLength(n) === 2 * size) moduli.add(n);
    const report = (n: bigint, p: Candidate, q?: Candidate): void => {
      const before = keys.get(n);
      const [e, dp] = exponents.has(n) ? [exponents.get(n)] : exponentOf(p.value, n / p.value, memory);
      const key: RsaPrivateKey = { type: 'rsa', n, e, p: p.value, q: n / p.value, ...(dp !== undefined && { dp }) };
      const places = [...(before?.places ?? []), ...placesOf('p', p), ...(q ? placesOf('q', q) : [])];
      keys.set(n, { key, places });
    };
    if (!joinProducts(factors, moduli, report)) cuts.push(`${factors.length} candidates of ${8 * size} bits`);
    if (!divideKnown(factors, known, size, keys, report)) {
      cuts.push(`${known.length} known moduli with ${factors.length} candidates of ${8 * size} bits`);
    }
  }
  return { keys: [...keys.values()], cuts };
}

/** Public exponents in use, the usual one first. */
const EXPONENTS: readonly bigint[] = [65_537n, 3n, 17n, 5n, 7n, 35n, 37n, 257n];

/**
 * The public exponent of a key of which only primes are known: the one whose d or dp stands in memory as well. Undefined
 * when none does.
 */
function exponentOf(p: bigint, q: bigint, memory: readonly NumberEntry[]): [e?: bigint, dp?: bigint] {
  for (const e of EXPONENTS) {
    const dp = inverse(e, p - 1n);
    if (dp === undefined) continue;
    const d = inverse(e, lcm(p - 1n, q - 1n));
    const dPhi = inverse(e, (p - 1n) * (q - 1n));
    const forms = [dp, d, dPhi].flatMap((value) => (value === undefined ? [] : formsOf(value)));
    const stands = ({ bytes }: NumberEntry) => {
      const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      return forms.some((form) => haystack.includes(form));
    };
    if (memory.some(stands)) return [e, dp];
  }
  return [];
}

/** The bytes of a number, without leading zeros, in the orders of memory. */
function formsOf(value: bigint): Buffer[] {
  const big = Buffer.from(bytesFromBigint(value));
  const words = Buffer.concat([Buffer.alloc((4 - (big.length % 4)) % 4), big]).swap32();
  return [big, Buffer.from(big).reverse(), words];
}

/** Distinct values by their size in bytes. */
function candidatesBySize(entries: readonly NumberEntry[]): Map<number, Candidate[]> {
  const bySize = new Map<number, Map<bigint, Candidate>>();
  for (const entry of entries) {
    const value = readNumber(entry.bytes, 0, entry.bytes.length, entry.order);
    const values = bySize.get(entry.bytes.length) ?? new Map<bigint, Candidate>();
    bySize.set(entry.bytes.length, values);
    const candidate = values.get(value);
    if (candidate) candidate.entries.push(entry);
    else values.set(value, { value, entries: [entry] });
  }
  return new Map([...bySize].sort(([a], [b]) => a - b).map(([size, values]) => [size, [...values.values()]]));
}

type Report = (n: bigint, p: Candidate, q?: Candidate) => void;

/** p·q = n for all pairs. False when there were more pairs than the bound allows. */
function joinProducts(factors: readonly Candidate[], moduli: ReadonlySet<bigint>, report: Report): boolean {
  if (moduli.size === 0 || factors.length < 2) return true;
  const limit = Math.min(factors.length, Math.floor(Math.sqrt(2 * MAX_PAIRS)));
  const low = Int32Array.from(factors, ({ value }) => Number(value & 0xffff_ffffn) | 0);
  // A bit for each lowest 20 bits of a modulus.
  const filter = new Uint8Array(1 << 17);
  for (const n of moduli) {
    const bits = Number(n & 0xf_ffffn);
    filter[bits >> 3] = (filter[bits >> 3] as number) | (1 << (bits & 7));
  }
  for (let i = 0; i < limit; i++) {
    const a = low[i] as number;
    for (let j = i + 1; j < limit; j++) {
      const bits = Math.imul(a, low[j] as number) & 0xf_ffff;
      if (((filter[bits >> 3] as number) >> (bits & 7)) & 1) {
        const [p, q] = [factors[i] as Candidate, factors[j] as Candidate];
        const n = p.value * q.value;
        if (moduli.has(n)) report(n, p, q);
      }
    }
  }
  return limit === factors.length;
}

/** Known moduli that a single candidate divides: the other factor may be gone. */
function divideKnown(
  factors: readonly Candidate[],
  known: readonly KnownModulus[],
  size: number,
  keys: ReadonlyMap<bigint, RelatedRsa>,
  report: Report,
): boolean {
  const moduli = known.filter(({ n }) => !keys.has(n) && Math.abs(byteLength(n) - 2 * size) <= 8);
  let left = MAX_DIVISIONS;
  for (const { n } of moduli) {
    for (const factor of factors) {
      if (left-- <= 0) return false;
      if (n % factor.value === 0n && factor.value !== 1n && factor.value !== n) report(n, factor);
    }
  }
  return true;
}

function placesOf(name: string, { entries }: Candidate): NumberPlace[] {
  return entries.map((entry) => ({ name: `RSA ${name}, ${describeOrder(entry.order)}`, entry }));
}

function byteLength(value: bigint): number {
  return Math.ceil(value.toString(16).length / 2);
}
