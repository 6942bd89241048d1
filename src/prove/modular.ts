/** Integer arithmetic of the provers: remainders, powers, roots. Costs are bounded by the callers' limits on size. */

/** base^exponent mod modulus, by squaring. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

/** The inverse in [1, modulus), or undefined where there is none. */
export function inverse(value: bigint, modulus: bigint): bigint | undefined {
  let [r0, r1] = [modulus, value % modulus];
  let [s0, s1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  if (r0 !== 1n) return undefined;
  return s0 < 0n ? s0 + modulus : s0;
}

/** Floor of the square root, by Newton's method from above. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let x = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

const SMALL_PRODUCT = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47].map(BigInt).reduce((a, b) => a * b);

/**
 * No small factor and 2^(value−1) ≡ 1: enough to tell primes from accidents, not from numbers made to deceive.
 * One power costs 2 ms for 1024 bits; OpenSSL's test takes at least 64 of them.
 */
export function looksPrime(value: bigint): boolean {
  if (value % 2n === 0n || gcd(value, SMALL_PRODUCT) !== 1n) return false;
  let result = 1n;
  for (const bit of (value - 1n).toString(2)) {
    result = (result * result) % value;
    if (bit === '1') result = (result << 1n) % value;
  }
  return result === 1n;
}
