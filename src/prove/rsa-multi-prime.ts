/**
 * The primes of a modulus from its private exponent, also where there are more than two of them (RFC 8017 section 3.1,
 * `openssl genrsa -primes`). e·d − 1 is a multiple of λ(n), so a power of it modulo n splits n (FIPS 186-5 appendix A).
 */
import { bitLength } from '../bytes/convert.js';
import { gcd, looksPrime, power } from './modular.js';
import { factorByExponent } from './rsa-exponent.js';

/** Powers of longer moduli cost seconds, and no program makes such keys. */
const MAX_BITS = 8192;
/** Each base separates two primes with a chance of a half or more. */
const BASES: readonly bigint[] = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n];
/** Squarings until 1: as many as p − 1 has factors of two. */
const MAX_SQUARINGS = 64;
/** As in rsa-exponent.ts: unrelated numbers fit with a chance below 2^-MARGIN, and g is below 2^20. */
const MARGIN = 64;
const MAX_DIVISOR_BITS = 20;

/** All primes of n, or undefined when d is not the private exponent of n and e. */
export function primesByExponent(n: bigint, e: bigint, d: bigint): readonly bigint[] | undefined {
  const two = factorByExponent(n, e, d);
  if (two?.every(looksPrime)) return two;
  if (bitLength(n) > MAX_BITS || !isNearFraction(n, e * d - 1n)) return undefined;
  if (power(2n, e * d, n) !== 2n) return undefined;
  let parts: bigint[] = [n];
  for (const base of BASES) {
    parts = split(parts, n, e * d - 1n, base);
    if (parts.every(looksPrime)) return parts.length > 1 ? parts.sort(descending) : undefined;
  }
  return undefined;
}

/**
 * Whether product/n lies below a fraction k/g of small integers by much less than chance would have it: φ(n) differs from
 * n in the bits below its largest divisor.
 */
function isNearFraction(n: bigint, product: bigint): boolean {
  let [rest, divisor] = [product, n];
  let [kBefore, k] = [0n, 1n];
  let [gBefore, g] = [1n, 0n];
  while (divisor !== 0n) {
    const quotient = rest / divisor;
    [rest, divisor] = [divisor, rest - quotient * divisor];
    [kBefore, k] = [k, quotient * k + kBefore];
    [gBefore, g] = [g, quotient * g + gBefore];
    if (bitLength(g) > MAX_DIVISOR_BITS) return false;
    const difference = k * n - g * product;
    // g·(e·d − 1) = k·φ(n) makes it k·(n − φ(n)). A beginning of d, as near to a fraction, fails here and costs no power.
    if (k === 0n || difference <= 0n || difference % k !== 0n) continue;
    if (bitLength(difference) + MARGIN + 2 * bitLength(g) <= bitLength(n) + bitLength(k)) return true;
  }
  return false;
}

function split(parts: readonly bigint[], n: bigint, multiple: bigint, base: bigint): bigint[] {
  let odd = multiple;
  while (odd % 2n === 0n) odd /= 2n;
  let split = [...parts];
  let value = power(base, odd, n);
  for (let i = 0; i < MAX_SQUARINGS && value !== 1n; i++) {
    const common = gcd(value - 1n, n);
    split = split.flatMap((part) => {
      const factor = gcd(part, common);
      return factor === 1n || factor === part ? [part] : [factor, part / factor];
    });
    value = (value * value) % n;
  }
  return split;
}

function descending(a: bigint, b: bigint): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
