/**
 * What the private exponent says of the modulus: e·d − 1 = (k/g)·φ(n), where φ(n) = n − p − q + 1 differs from n in its
 * lower half only. So (e·d − 1)/n lies just below the fraction k/g of small integers, even if only half of d is known.
 */
import { bitLength } from '../bytes/convert.js';
import { squareRoot } from './modular.js';

/** Leading bits of d, and how many bits follow them. */
export interface Beginning {
  readonly top: bigint;
  readonly missingBits: number;
}

/** Unrelated numbers fit with a chance below 2^-MARGIN; and a beginning must reach this far into the lower half. */
const MARGIN = 64;
/** Denominators of convergents grow at least like Fibonacci numbers: this many reach beyond any g that occurs. */
const MAX_CONVERGENTS = 48;
/** g divides gcd(p−1, q−1), which is even, mostly 2, and larger than this for one pair of primes in a million. */
const MAX_DIVISOR = 1n << 20n;

/**
 * The two factors of n, from a whole d reduced modulo φ(n) or λ(n). k/g is a convergent of the continued fraction of
 * (e·d − 1)/n (Legendre); with it p + q follows exactly, and p, q are the roots of x² − (p+q)·x + n.
 */
export function factorByExponent(n: bigint, e: bigint, d: bigint): readonly [bigint, bigint] | undefined {
  const product = e * d - 1n;
  let [rest, divisor] = [product, n];
  let [kBefore, k] = [0n, 1n];
  let [gBefore, g] = [1n, 0n];
  for (let i = 0; i < MAX_CONVERGENTS && divisor !== 0n; i++) {
    const quotient = rest / divisor;
    [rest, divisor] = [divisor, rest - quotient * divisor];
    [kBefore, k] = [k, quotient * k + kBefore];
    [gBefore, g] = [g, quotient * g + gBefore];
    const difference = k * n - g * product;
    if (k === 0n || difference <= 0n || difference % k !== 0n) continue;
    const factors = factorBySum(n, difference / k + 1n);
    if (factors !== undefined) return factors;
  }
  return undefined;
}

function factorBySum(n: bigint, sum: bigint): readonly [bigint, bigint] | undefined {
  const square = sum * sum - 4n * n;
  if (square <= 0n || bitLength(sum) > bitLength(n)) return undefined;
  const root = squareRoot(square);
  if (root * root !== square) return undefined;
  const p = (sum + root) / 2n;
  return p > 1n && p < n && n % p === 0n ? [p, n / p] : undefined;
}

/**
 * Whether these bits can begin the private exponent of (n, e). Asks for more than half of d: the first half follows
 * from the public key but for a factor below e, so that it alone is no secret worth a report.
 */
export function beginsExponent(n: bigint, e: bigint, { top, missingBits }: Beginning): boolean {
  const bits = bitLength(n);
  if (missingBits < 0 || missingBits > bits / 2 - MARGIN) return false;
  const low = e * (top << BigInt(missingBits));
  const unknown = e << BigInt(missingBits);
  if (top <= 0n || low >= e * n) return false;
  return denominators(low + unknown / 2n, n).some((g) => {
    const high = g * (low + unknown);
    const k = high / n + 1n;
    // p + q has at most this many bits more than half of n when the primes differ by a few bits in length.
    const slack = k << BigInt(Math.floor(bits / 2) + 3);
    if (bitLength(g * unknown + slack) > bits - MARGIN) return false;
    // Some g·e·d in [g·low, high) must lie in (k·n − slack, k·n), for this k or the one below.
    return [k * n, (k - 1n) * n].some((end) => end > 0n && g * low < end && high > end - slack);
  });
}

/** Denominators of the convergents of numerator/denominator, up to MAX_DIVISOR. */
function denominators(numerator: bigint, denominator: bigint): bigint[] {
  const found: bigint[] = [];
  let [rest, divisor] = [numerator, denominator];
  let [gBefore, g] = [1n, 0n];
  while (divisor !== 0n) {
    const quotient = rest / divisor;
    [rest, divisor] = [divisor, rest - quotient * divisor];
    [gBefore, g] = [g, quotient * g + gBefore];
    if (g > MAX_DIVISOR) break;
    found.push(g);
  }
  return found;
}

/** The part of d that `beginsExponent` needs to know. */
export function halfOf(n: bigint, d: bigint): Beginning {
  const missingBits = Math.floor(bitLength(n) / 2) - MARGIN;
  return missingBits <= 0 ? { top: 0n, missingBits: 0 } : { top: d >> BigInt(missingBits), missingBits };
}
