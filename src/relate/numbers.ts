/** Numbers from bytes in the orders in which memory holds them, and the quick tests that most random bytes fail. */
import { type ByteOrder, ORDER } from './number-store.js';

/** The value of `bytes[from, from + size)`; `size` is a multiple of four for ORDER.words. */
export function readNumber(bytes: Uint8Array, from: number, size: number, order: ByteOrder): bigint {
  let digits = '';
  if (order === ORDER.big) {
    for (let i = 0; i < size; i++) digits += HEX[bytes[from + i] as number];
  } else if (order === ORDER.little) {
    for (let i = size - 1; i >= 0; i--) digits += HEX[bytes[from + i] as number];
  } else {
    for (let i = 0; i < size; i += 4) {
      for (let j = 3; j >= 0; j--) digits += HEX[bytes[from + i + j] as number];
    }
  }
  return BigInt(`0x${digits}`);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Whether the number at `from` is odd and has its top bit set, as a prime of a key and a modulus have. */
export function isOddAndFull(bytes: Uint8Array, from: number, size: number, order: ByteOrder): boolean {
  const low = order === ORDER.little ? from : order === ORDER.big ? from + size - 1 : from + size - 4;
  const high = order === ORDER.little ? from + size - 1 : order === ORDER.big ? from : from + 3;
  return ((bytes[low] as number) & 1) === 1 && (bytes[high] as number) >= 0x80;
}

/** Products of small primes below 2^64: one division of a long number answers for all of a product's primes. */
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

/** Whether no odd prime below 1000 divides the number: eight of a hundred random odd ones pass. */
export function hasNoSmallFactor(value: bigint): boolean {
  for (const { product, primes } of PRODUCTS) {
    const rest = Number(value % product);
    for (const prime of primes) if (rest % prime === 0) return false;
  }
  return true;
}

/** Different byte values. */
export function distinctBytes(bytes: Uint8Array, from: number, size: number): number {
  const seen = new Uint8Array(256);
  let count = 0;
  for (let i = from; i < from + size; i++) {
    const byte = bytes[i] as number;
    count += 1 - (seen[byte] as number);
    seen[byte] = 1;
  }
  return count;
}
