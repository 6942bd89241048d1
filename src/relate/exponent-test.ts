/**
 * Whether a place holds the private exponent of a known modulus: e·d/n lies next to a fraction k/g with a small
 * denominator. Doubles made of the leading bytes refuse nearly every place, and the arithmetic in full decides.
 */
import { primesByExponent } from '../prove/rsa-multi-prime.js';
import type { RsaPrivateKey } from '../types.js';
import { type ByteOrder, ORDER } from './number-store.js';
import { readNumber } from './numbers.js';

/** A modulus that is known from a public key. */
export interface KnownModulus {
  readonly n: bigint;
  readonly e: bigint;
}

/** A known modulus, and e/n for the leading bytes of a number of a certain size. */
export interface ExponentTest extends KnownModulus {
  readonly scale: number;
  readonly error: number;
  /** e·d/n lies below this, and not here: the modulus itself, and without its last byte. */
  readonly most: number;
  readonly shifted: number;
}

/**
 * Of d modulo λ(n), e·d/n lies next to a fraction k/g, where g divides gcd(p−1, q−1): even, mostly 2, and beyond this for
 * one pair of primes in some thousands.
 */
const MAX_DIVISOR = 4096;
/** What doubles leave undecided of e·d/n, as a part of e. */
const UNDECIDED = 2 ** -51;
/** Bytes that fill a double, also when the first of them is small. */
const TOP = 8;

/** For exponents of `size` bytes. Undefined for public exponents that doubles cannot tell anything of. */
export function exponentTest({ n, e }: KnownModulus, size: number): ExponentTest | undefined {
  // Of a shorter number the top bytes weigh less.
  const scale = Number(e) / Number(n >> BigInt(8 * (size - TOP)));
  // Of d below φ(n) it lies below e - 1. Moduli stand in all certificates, and some pass all quick tests but these.
  const [most, shifted] = [Number(e) - 0.5, Number(e) / 256];
  return scale > 0 && scale < 1 ? { n, e, scale, error: Number(e) * UNDECIDED, most, shifted } : undefined;
}

/** The leading bytes of a number as a double. */
export function topOf(bytes: Uint8Array, at: number, size: number, order: ByteOrder): number {
  let value = 0;
  if (order === ORDER.big) for (let i = at; i < at + TOP; i++) value = value * 256 + (bytes[i] as number);
  else if (order === ORDER.words) for (let i = 0; i < TOP; i++) value = value * 256 + (bytes[at + (i ^ 3)] as number);
  else for (let i = at + size - 1; i >= at + size - TOP; i--) value = value * 256 + (bytes[i] as number);
  return value;
}

/** e·d exceeds n/MAX_DIVISOR. Numbers that begin with zeros are near the fraction 0, and are none. */
const LEAST = 0.5 / MAX_DIVISOR;

/** Whether a number with these leading bytes may be the exponent. */
export function mayBeExponent({ scale, error, most, shifted }: ExponentTest, top: number): boolean {
  const value = top * scale;
  if (value < LEAST || value > most || Math.abs(value - shifted) < CLOSE) return false;
  return isNearFraction(value, error);
}

/** As above but for keys of which gcd(p−1, q−1) is large, one in a thousand: a tenth of the time. */
export function mayBeUsualExponent(test: ExponentTest, top: number): boolean {
  return (test.error > CLOSE || isNearCommonFraction(top * test.scale)) && mayBeExponent(test, top);
}

/** Denominators of the map below. */
const COMMON_DIVISOR = 1024;
const CELLS = 1 << 22;
/** More than the error of a usual public exponent. */
const CLOSE = 2 ** -30;
let nearFractions: Uint8Array | undefined;

/** One look at a map of [0, 1), instead of a dozen divisions: one value in fourteen passes. */
function isNearCommonFraction(value: number): boolean {
  nearFractions ??= mapOfFractions();
  const cell = Math.floor((value - Math.floor(value)) * CELLS) & (CELLS - 1);
  return (((nearFractions[cell >> 3] as number) >> (cell & 7)) & 1) === 1;
}

/** A bit for each cell that holds a fraction with such a denominator, or lies within CLOSE of one. */
function mapOfFractions(): Uint8Array {
  const map = new Uint8Array(CELLS / 8);
  const mark = (value: number): void => {
    const cell = Math.floor(value * CELLS) & (CELLS - 1);
    map[cell >> 3] = (map[cell >> 3] as number) | (1 << (cell & 7));
  };
  for (let g = 1; g <= COMMON_DIVISOR; g++) {
    for (let k = 0; k < g; k++) {
      mark(k / g - CLOSE);
      mark(k / g + CLOSE);
    }
  }
  return map;
}

/** The key, if the number of `size` bytes at `at` is its private exponent. */
export function keyByExponent(
  { n, e }: KnownModulus,
  bytes: Uint8Array,
  at: number,
  size: number,
  order: ByteOrder,
): RsaPrivateKey | undefined {
  if (!isStillNear(n, e, bytes, at, size, order)) return undefined;
  const d = readNumber(bytes, at, size, order);
  const primes = d > e && d < n ? primesByExponent(n, e, d) : undefined;
  if (primes === undefined) return undefined;
  const [p, q, ...otherPrimes] = primes;
  return { type: 'rsa', n, e, d, p, q, ...(otherPrimes.length > 0 && { otherPrimes }) };
}

/** Leading bytes that leave nothing to chance, and are right in keys of up to five primes. */
const LEADING = 24;
/** Bits of e·d/n that are as if φ(n) were n. */
const SURE_BITS = 120n;

/** As `mayBeExponent`, with more of the number: doubles let one place of a thousand through, and this none. */
function isStillNear(n: bigint, e: bigint, bytes: Uint8Array, at: number, size: number, order: ByteOrder): boolean {
  const from = order === ORDER.little ? at + size - LEADING : at;
  const modulus = n >> BigInt(8 * (size - LEADING));
  const value = (e * readNumber(bytes, from, LEADING, order)) % modulus;
  let [rest, divisor] = [value, modulus];
  let [before, denominator] = [1n, 0n];
  while (divisor !== 0n) {
    const quotient = rest / divisor;
    [rest, divisor] = [divisor, rest - quotient * divisor];
    [before, denominator] = [denominator, quotient * denominator + before];
    if (denominator > BigInt(MAX_DIVISOR)) return false;
    const off = (denominator * value) % modulus;
    if (
      off >> (BigInt(8 * LEADING) - SURE_BITS) === 0n ||
      (modulus - off) >> (BigInt(8 * LEADING) - SURE_BITS) === 0n
    ) {
      return true;
    }
  }
  return true;
}

/** Whether a fraction with a denominator up to MAX_DIVISOR lies within about `error`: one of the convergents is it. */
function isNearFraction(value: number, error: number): boolean {
  let rest = value - Math.floor(value);
  let [before, denominator] = [0, 1];
  while (denominator <= MAX_DIVISOR) {
    if (rest < error * denominator * denominator) return true;
    const inverse = 1 / rest;
    const quotient = Math.floor(inverse);
    rest = inverse - quotient;
    const next = quotient * denominator + before;
    before = denominator;
    denominator = next;
  }
  return false;
}
