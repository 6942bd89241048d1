/** Numbers from bytes in the orders in which memory holds them, and the quick tests that most random bytes fail. */
import { type ByteOrder, ORDER } from './number-store.js';

/** The value of `bytes[from, from + size)`; `size` is a multiple of four for ORDER.words. */
export function readNumber(bytes: Uint8Array, from: number, size: number, order: ByteOrder): bigint {
  const digits = size <= SCRATCH.length ? SCRATCH.subarray(0, size) : Buffer.alloc(size);
  digits.set(bytes.subarray(from, from + size));
  if (order === ORDER.words) digits.swap32();
  else if (order !== ORDER.big) digits.reverse();
  return BigInt(`0x${digits.toString('hex')}`);
}

/** Working space, used again for each number: a worker has one thread. */
const SCRATCH = Buffer.alloc(2048);

/** 3·5·7·11·13·17·19: times 256 it still fits into 31 bits. */
export const WHEEL = 4_849_845;
/** 3·5·7·11·13: the product of two residues fits into 31 bits. */
export const SMALL_WHEEL = 15_015;
/** For each residue modulo 3·5·7·11·13 and modulo 17·19: whether none of these primes divides it. */
export const COPRIME: Uint8Array = coprimeTo(SMALL_WHEEL, [3, 5, 7, 11, 13]);
const COPRIME_ABOVE = coprimeTo(323, [17, 19]);

function coprimeTo(modulus: number, primes: readonly number[]): Uint8Array {
  const coprime = new Uint8Array(modulus).fill(1);
  for (const prime of primes) for (let i = 0; i < modulus; i += prime) coprime[i] = 0;
  return coprime;
}

/** Whether none of the primes of the wheel divides a number with this residue modulo WHEEL. */
export function mayBePrime(residue: number): boolean {
  return COPRIME[residue % SMALL_WHEEL] === 1 && COPRIME_ABOVE[residue % 323] === 1;
}

/** The number modulo WHEEL, without making a number of it. */
export function wheelResidue(bytes: Uint8Array, from: number, size: number, order: ByteOrder): number {
  let residue = 0;
  if (order === ORDER.big) {
    for (let i = from; i < from + size; i++) residue = (residue * 256 + (bytes[i] as number)) % WHEEL;
  } else if (order === ORDER.little) {
    for (let i = from + size - 1; i >= from; i--) residue = (residue * 256 + (bytes[i] as number)) % WHEEL;
  } else {
    for (let i = 0; i < size; i++) residue = (residue * 256 + (bytes[from + (i ^ 3)] as number)) % WHEEL;
  }
  return residue;
}

/** Whether the number at `from` is odd and has its top bit set, as a prime of a key and a modulus have. */
export function isOddAndFull(bytes: Uint8Array, from: number, size: number, order: ByteOrder): boolean {
  const low = order === ORDER.little ? from : order === ORDER.big ? from + size - 1 : from + size - 4;
  const high = order === ORDER.little ? from + size - 1 : order === ORDER.big ? from : from + 3;
  return ((bytes[low] as number) & 1) === 1 && (bytes[high] as number) >= 0x80;
}

/** Products of small primes below 2^53: one division of a long number answers for all of a product's primes. */
const PRODUCTS = primeProducts(1000);

function primeProducts(limit: number): Array<{ product: bigint; primes: number[] }> {
  const products: Array<{ product: bigint; primes: number[] }> = [];
  let current = { product: 1n, primes: [] as number[] };
  for (let n = 3; n < limit; n += 2) {
    let prime = true;
    for (let d = 3; d * d <= n; d += 2) if (n % d === 0) prime = false;
    if (!prime) continue;
    if (current.product * BigInt(n) >= 1n << 53n) {
      products.push(current);
      current = { product: 1n, primes: [] };
    }
    current.product *= BigInt(n);
    current.primes.push(n);
  }
  products.push(current);
  return products;
}

/** Whether no odd prime below 1000 divides the number: 16 of a hundred random odd ones pass. */
export function hasNoSmallFactor(value: bigint): boolean {
  for (const { product, primes } of PRODUCTS) {
    const rest = Number(value % product);
    for (const prime of primes) if (rest % prime === 0) return false;
  }
  return true;
}

/** By byte value the last count in which it was seen: made once, since this is asked of millions of places. */
const SEEN = new Uint32Array(256);
let counts = 0;

/** Different byte values. */
export function distinctBytes(bytes: Uint8Array, from: number, size: number): number {
  if (counts === 0xffff_ffff) {
    SEEN.fill(0);
    counts = 0;
  }
  counts++;
  let distinct = 0;
  for (let i = from; i < from + size; i++) {
    const byte = bytes[i] as number;
    if (SEEN[byte] === counts) continue;
    SEEN[byte] = counts;
    distinct++;
  }
  return distinct;
}
