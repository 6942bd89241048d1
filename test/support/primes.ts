/** Primes by node:crypto, the same at each run. */
import { checkPrimeSync } from 'node:crypto';
import type { Random } from './random.js';

/** Odd primes below a limit. */
export function oddPrimesBelow(limit: number): number[] {
  return Array.from({ length: limit }, (_, n) => n).filter((n) => n > 2 && checkPrimeSync(BigInt(n)));
}

const SMALL = oddPrimesBelow(1000).map(BigInt);

/** Whether no odd prime below 1000 divides the number. */
export function hasNoSmallPrime(value: bigint): boolean {
  return SMALL.every((prime) => value % prime !== 0n);
}

/** A number in [from, to). */
export function numberIn(from: bigint, to: bigint, random: Random): bigint {
  const hex = Buffer.from(random.bytes(Math.ceil(to.toString(16).length / 2) + 8)).toString('hex');
  return from + (BigInt(`0x${hex}`) % (to - from));
}

/** The first prime from a random number in [from, to) on. */
export function primeIn(from: bigint, to: bigint, random: Random): bigint {
  for (let value = numberIn(from, to, random) | 1n; ; value += 2n) {
    if (hasNoSmallPrime(value) && checkPrimeSync(value)) return value;
  }
}

/** A prime of so many bytes with its two top bits set: the product of two such has twice as many bytes. */
export function primeOf(bytes: number, random: Random): bigint {
  const top = 256n ** BigInt(bytes);
  return primeIn((3n * top) / 4n, top - 65_536n, random);
}

/** Most significant byte first. */
export function bigEndian(value: bigint, size: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex'));
}
