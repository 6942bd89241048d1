/**
 * RSA: which relations between the numbers hold. Each relation that counts is one that unrelated numbers satisfy with
 * a chance below 2^-64 (RFC 8017 section 3: p·q = n, e·d ≡ 1 mod λ(n), e·dp ≡ 1 mod p−1, q·qInv ≡ 1 mod p).
 * Numbers may be missing or damaged: what is left is tried in turn.
 */
import { bitLength, bytesFromBigint } from '../bytes/convert.js';
import type { RsaPrivateKey } from '../types.js';
import { identify } from './identity.js';
import { inverse, lcm, looksPrime } from './modular.js';
import type { Proof } from './proof.js';
import { beginsExponent, halfOf } from './rsa-exponent.js';
import { primesByExponent } from './rsa-multi-prime.js';

/** Larger moduli are not in use, and arithmetic on them would let one structure cost seconds. */
const MAX_BITS = 16_384;
const MIN_BITS = 256;
const MIN_PRIME_BITS = 64;
const MAX_EXPONENT_BITS = 256;
/** A relation closes by accident with a chance below 2^-COINCIDENCE. */
const COINCIDENCE = 64;
/** RFC 8017 has no limit; OpenSSL allows 5 primes in 16,384 bits. */
const MAX_PRIMES = 16;
/** Random numbers of 256 bits or more have about 30 different bytes and never this few; patterns have. */
const MIN_DISTINCT_BYTES = 16;
const USUAL_EXPONENTS: readonly bigint[] = [65_537n, 3n, 17n, 37n];

/** Undefined when the numbers are no key, contradict each other, or leave nothing to check. */
export function proveRsa(key: RsaPrivateKey): Proof | undefined {
  const numbers = plausible(key);
  return (
    proveByPrimes(numbers) ?? proveByExponent(numbers) ?? proveWithoutModulus(numbers) ?? proveByBeginning(numbers)
  );
}

/** The key without numbers that no key has: damage to one of them leaves the others of use. */
function plausible(key: RsaPrivateKey): RsaPrivateKey {
  const check = (value: bigint | undefined, ok: (value: bigint) => boolean): bigint | undefined =>
    value !== undefined && value >= 2n && bitLength(value) <= MAX_BITS && ok(value) ? value : undefined;
  const odd = (value: bigint) => value % 2n === 1n;
  const prime = (value: bigint) => odd(value) && bitLength(value) >= MIN_PRIME_BITS;
  const any = () => true;
  return {
    type: 'rsa',
    n: check(key.n, (n) => odd(n) && bitLength(n) >= MIN_BITS && isVaried(n)),
    e: check(key.e, (e) => odd(e) && bitLength(e) <= MAX_EXPONENT_BITS),
    d: check(key.d, any),
    p: check(key.p, prime),
    q: check(key.q, prime),
    dp: check(key.dp, any),
    dq: check(key.dq, any),
    qInv: check(key.qInv, any),
    otherPrimes: key.otherPrimes?.slice(0, MAX_PRIMES).filter((other) => check(other, prime) !== undefined),
    partialD: key.partialD,
  };
}

function isPublished(n: bigint, e: bigint | undefined): boolean {
  return e !== undefined && identify({ type: 'rsa', n, e }).known !== undefined;
}

function isVaried(n: bigint): boolean {
  return new Set(bytesFromBigint(n)).size >= MIN_DISTINCT_BYTES;
}

/** p·q = n, or one of p and q divides n. */
function proveByPrimes(key: RsaPrivateKey): Proof | undefined {
  const { n } = key;
  if (n === undefined) return undefined;
  const [given, other] = [key.p, key.q].filter((prime) => prime !== undefined && prime < n && n % prime === 0n);
  if (given === undefined) return undefined;
  const primes = [given, ...(other === undefined ? [] : [other]), ...(key.otherPrimes ?? [])];
  if (new Set(primes).size < primes.length) return undefined;
  const product = primes.reduce((a, b) => a * b);
  const complete = product === n;
  if (!complete && other === undefined) {
    // Of two primes one is damaged: division gives it back.
    const quotient = n / given;
    if (quotient === given || !looksPrime(quotient)) return undefined;
    return proveByPrimes({ ...key, ...(given === key.p ? { q: quotient } : { p: quotient }), otherPrimes: [] });
  }
  // The longest keys are the published ones in every OpenSSL binary: their primes need no test, which costs half a second.
  if (!isPublished(n, key.e) && !primes.every(looksPrime)) return undefined;
  const evidence = complete
    ? [primes.length === 2 ? 'p·q = n' : `the product of ${primes.length} primes = n`]
    : ['p and q divide n'];
  const { e, relations } = relate(key, primes);
  const exponent = e ?? key.e;
  const assumed = exponent ?? assumedExponent(primes);
  if (exponent === undefined) evidence.push(`e is taken to be ${assumed}`);
  return proof([...evidence, ...relations], n, assumed);
}

/** The most usual exponent that these primes can have. */
function assumedExponent(primes: readonly bigint[]): bigint {
  return USUAL_EXPONENTS.find((e) => primes.every((prime) => (prime - 1n) % e !== 0n)) ?? 65_537n;
}

/** n, e and d. */
function proveByExponent(key: RsaPrivateKey): Proof | undefined {
  const { n, d } = key;
  if (n === undefined || d === undefined) return undefined;
  for (const e of key.e === undefined ? USUAL_EXPONENTS : [key.e]) {
    if (primesByExponent(n, e, d)) return proof(['e·d ≡ 1 mod λ(n), from which n factors'], n, e);
  }
  return undefined;
}

/** n and e, and the beginning of d. */
function proveByBeginning({ n, e, d, partialD }: RsaPrivateKey): Proof | undefined {
  if (n === undefined || e === undefined) return undefined;
  if (partialD !== undefined && beginsExponent(n, e, partialD)) {
    return proof(['the leading part of d belongs to n and e'], n, e);
  }
  // A cut that other bytes follow does not show: the part before it still belongs to n and e.
  if (d === undefined || !beginsExponent(n, e, halfOf(n, d))) return undefined;
  return proof(['the leading half of d belongs to n and e'], n, e);
}

/** p and q, and a relation that holds between them and an exponent or coefficient. */
function proveWithoutModulus(key: RsaPrivateKey): Proof | undefined {
  const { p, q, n } = key;
  if (p === undefined || q === undefined) return undefined;
  const primes = [p, q, ...(key.otherPrimes ?? [])];
  const product = primes.reduce((a, b) => a * b);
  if (new Set(primes).size < primes.length || bitLength(product) < MIN_BITS || bitLength(product) > MAX_BITS) {
    return undefined;
  }
  // An exponent beyond p·q tells of more primes.
  if (key.d !== undefined && key.d >= product) return undefined;
  const { e, relations } = relate(key, primes);
  // Where n contradicts p·q, something is damaged, and it must not be p or q.
  if (relations.length === 0 || (n !== undefined && !confirmsBoth(relations))) return undefined;
  if (!primes.every(looksPrime)) return undefined;
  const exponent = e ?? key.e;
  const assumed = exponent ?? assumedExponent(primes);
  const notes = [
    ...(n === undefined ? ['n = p·q'] : ['n in the structure is damaged: p·q taken instead']),
    ...(exponent === undefined ? [`e is taken to be ${assumed}`] : []),
  ];
  return proof([...relations, ...notes], product, assumed);
}

/** Whether the relations speak of p and of q: with dp alone, a damaged q that happens to be prime would pass. */
function confirmsBoth(relations: readonly string[]): boolean {
  const has = (beginning: string) => relations.some((relation) => relation.startsWith(beginning));
  return has('e·d ') || has('q·qInv ') || (has('e·dp ') && has('e·dq '));
}

/**
 * The relations that hold, and the public exponent that they hold for: the one given, else a usual one, else the one
 * that d, dp or dq is the inverse of, when it is so short that it cannot be an accident.
 */
function relate(key: RsaPrivateKey, primes: readonly bigint[]): { e?: bigint; relations: string[] } {
  const [p, q] = primes as [bigint, bigint];
  const inverses: ReadonlyArray<readonly [string, bigint | undefined, bigint]> = [
    ['e·d ≡ 1 mod λ(n)', key.d, primes.map((prime) => prime - 1n).reduce(lcm)],
    ['e·dp ≡ 1 mod p−1', key.dp, p - 1n],
    ['e·dq ≡ 1 mod q−1', key.dq, q - 1n],
  ];
  const relations: string[] = [];
  const { qInv } = key;
  if (qInv !== undefined && (q * qInv) % p === 1n) {
    relations.push('q·qInv ≡ 1 mod p');
  }
  const derived = inverses.flatMap(([, exponent, modulus]) => {
    const e = exponent === undefined ? undefined : inverse(exponent, modulus);
    const limit = Math.min(MAX_EXPONENT_BITS, bitLength(modulus) - COINCIDENCE);
    return e !== undefined && e >= 3n && bitLength(e) <= limit ? [e] : [];
  });
  for (const e of [...(key.e === undefined ? USUAL_EXPONENTS : [key.e]), ...derived]) {
    const held = inverses.filter(([, exponent, modulus]) => exponent !== undefined && (e * exponent) % modulus === 1n);
    if (held.length > 0) return { e, relations: [...held.map(([name]) => name), ...relations] };
  }
  return { relations };
}

function proof(evidence: readonly string[], n: bigint, e: bigint): Proof {
  return { confidence: 'proven', evidence, publicKey: { type: 'rsa', n, e } };
}
