/**
 * Which numbers in a run may be primes or moduli of RSA, in AssemblyScript: odd, with their top bit set, and divisible by
 * no odd prime below 1000. `../../relate/factors.ts` is the specification.
 *
 * First 27 primes, without a division but of the last sum: modulo 2^k - 1 a number is the sum of its digits of k bits, and
 * 2^48 - 1, 2^60 - 1, 2^36 - 1, 2^28 - 1 and 2^44 - 1 have these primes as factors. One in four passes. Then the others,
 * as products of three, by Montgomery's reduction (P. Montgomery, Modular multiplication without trial division, 1985): it
 * multiplies by a power of 2^-32, which makes nothing divisible that was not. A word is divisible by an odd prime where its
 * product with the prime's inverse modulo 2^32 is at most (2^32 - 1) / prime (Granlund and Montgomery, Division by
 * invariant integers using multiplication, 1994, section 9).
 */

/** Orders of bytes: `ORDER` in ../../relate/number-store.ts. */
const LITTLE: u32 = 0;
const BIG: u32 = 1;
const WORDS: u32 = 2;

/** Where one number is laid out, least significant byte first; what is behind it is zeros, since all are overwritten. */
const NUMBER: usize = 2048;
const LONGEST: usize = 1024;
const PADDING: usize = 16;
/** Where the places are written to. */
const PLACES: usize = NUMBER + LONGEST + PADDING;
/** And how many there is room for: up to the tables of the sieve. */
const ROOM: u32 = 250;

/** Products of three primes: u32 product, u32 -1/product modulo 2^32, and of each prime u32 inverse, u32 most. */
const PRODUCTS: usize = 64;
const PRODUCT: usize = 32;
/** Where they end; set when the module starts. */
let productsEnd: usize = PRODUCTS;

const MASK_48: u64 = 0xffffffffffff;
const MASK_60: u64 = 0xfffffffffffffff;
const MASK_36: u64 = 0xfffffffff;
const MASK_28: u64 = 0xfffffff;
const MASK_44: u64 = 0xfffffffffff;

/** Where `factors` writes places to, and how many there is room for. */
export function factorPlacesAt(): usize {
  return PLACES;
}

export function factorRoom(): u32 {
  return ROOM;
}

/**
 * Looks at all numbers of `size` bytes, a multiple of eight up to 1024, that begin at `first`, `first + step`, … up to
 * `last`; words of 32 bits, most significant first, only at places that differ from `aligned` by a multiple of four.
 * Writes u32 4·(place - first) + order for each that may be a factor; returns how many.
 */
export function factors(first: usize, last: usize, size: usize, step: usize, aligned: usize): u32 {
  let count: u32 = 0;
  for (let at = first; at <= last && count + 3 <= ROOM; at += step) {
    const end = at + size;
    const from = <u32>(at - first) << 2;
    if ((load<u8>(at) & 1) != 0 && load<u8>(end - 1) >= 0x80) {
      for (let i: usize = 0; i < size; i += 8) store<u64>(NUMBER + i, load<u64>(at + i));
      if (isCoprime(size)) count = put(count, from | LITTLE);
    }
    if ((load<u8>(end - 1) & 1) != 0 && load<u8>(at) >= 0x80) {
      for (let i: usize = 0; i < size; i += 8) store<u64>(NUMBER + i, bswap<u64>(load<u64>(end - 8 - i)));
      if (isCoprime(size)) count = put(count, from | BIG);
    }
    if (((at - aligned) & 3) == 0 && (load<u8>(end - 4) & 1) != 0 && load<u8>(at + 3) >= 0x80) {
      for (let i: usize = 0; i < size; i += 8) store<u64>(NUMBER + i, rotl<u64>(load<u64>(end - 8 - i), 32));
      if (isCoprime(size)) count = put(count, from | WORDS);
    }
  }
  memory.fill(NUMBER, 0, LONGEST + PADDING);
  return count;
}

function put(count: u32, place: u32): u32 {
  store<u32>(PLACES + (<usize>count << 2), place);
  return count + 1;
}

/** Whether no odd prime below 1000 divides the number of `size` bytes. */
function isCoprime(size: usize): bool {
  return passesSums(size) && passesProducts(size);
}

function passesSums(size: usize): bool {
  const end = NUMBER + size;
  let sum: u64 = 0;
  for (let at = NUMBER; at < end; at += 6) sum += load<u64>(at) & MASK_48;
  let rest = <u32>(sum % 542463285);
  if (rest % 3 == 0 || rest % 5 == 0 || rest % 7 == 0 || rest % 13 == 0) return false;
  if (rest % 17 == 0 || rest % 97 == 0 || rest % 241 == 0) return false;
  rest = <u32>(sum % 172961);
  if (rest % 257 == 0 || rest % 673 == 0) return false;

  sum = 0;
  for (let at = NUMBER; at < end; at += 15) {
    sum += load<u64>(at) & MASK_60;
    sum = (sum & MASK_60) + (sum >> 60) + (load<u64>(at, 7) >> 4);
    sum = (sum & MASK_60) + (sum >> 60);
  }
  rest = <u32>(sum % 128778991);
  if (rest % 11 == 0 || rest % 31 == 0 || rest % 41 == 0 || rest % 61 == 0 || rest % 151 == 0) return false;
  if (sum % 331 == 0) return false;

  sum = 0;
  for (let at = NUMBER; at < end; at += 9) sum += (load<u64>(at) & MASK_36) + ((load<u64>(at, 4) >> 4) & MASK_36);
  rest = <u32>(sum % 5593771);
  if (rest % 19 == 0 || rest % 37 == 0 || rest % 73 == 0 || rest % 109 == 0) return false;

  sum = 0;
  for (let at = NUMBER; at < end; at += 7) sum += (load<u64>(at) & MASK_28) + ((load<u64>(at) >> 28) & MASK_28);
  rest = <u32>(sum % 17895697);
  if (rest % 29 == 0 || rest % 43 == 0 || rest % 113 == 0 || rest % 127 == 0) return false;

  sum = 0;
  for (let at = NUMBER; at < end; at += 11) sum += (load<u64>(at) & MASK_44) + ((load<u64>(at, 5) >> 4) & MASK_44);
  rest = <u32>(sum % 555046097);
  return rest % 23 != 0 && rest % 89 != 0 && rest % 397 != 0 && rest % 683 != 0;
}

/** Least word first; two products side by side, since each step waits for the one before. */
function passesProducts(size: usize): bool {
  const end = NUMBER + size;
  for (let at = PRODUCTS; at < productsEnd; at += 2 * PRODUCT) {
    const product: u64 = load<u32>(at);
    const inverse = load<u32>(at, 4);
    const otherProduct: u64 = load<u32>(at, PRODUCT);
    const otherInverse = load<u32>(at, PRODUCT + 4);
    let rest: u64 = 0;
    let otherRest: u64 = 0;
    for (let word = NUMBER; word < end; word += 4) {
      const digit: u64 = load<u32>(word);
      rest += digit;
      otherRest += digit;
      rest = (rest + <u64>(<u32>rest * inverse) * product) >> 32;
      otherRest = (otherRest + <u64>(<u32>otherRest * otherInverse) * otherProduct) >> 32;
    }
    if (hasPrimeOf(at, <u32>rest) || hasPrimeOf(at + PRODUCT, <u32>otherRest)) return false;
  }
  return true;
}

/** Whether one of a product's three primes divides the word. */
// @ts-ignore: AssemblyScript decorator
@inline
function hasPrimeOf(product: usize, word: u32): bool {
  return (
    word * load<u32>(product, 8) <= load<u32>(product, 12) ||
    word * load<u32>(product, 16) <= load<u32>(product, 20) ||
    word * load<u32>(product, 24) <= load<u32>(product, 28)
  );
}

/** Writes the products of the primes that are no factor of 2^k - 1 for the five k above, filled up with 3: two at a time. */
function writeProducts(): void {
  let count: u32 = 0;
  for (let n: u32 = 3; n < 1000; n += 2) if (isPrime(n) && !isFactorOfSums(n)) writePrime(n, count++);
  while (count % 6 != 0) writePrime(3, count++);
  productsEnd = PRODUCTS + <usize>(count / 3) * PRODUCT;
  for (let at = PRODUCTS; at < productsEnd; at += PRODUCT) store<u32>(at, 0 - inverseOf(load<u32>(at)), 4);
}

/** As the prime of this number, counted from the first product's first. */
function writePrime(n: u32, index: u32): void {
  const at = PRODUCTS + <usize>(index / 3) * PRODUCT;
  const which = index % 3;
  store<u32>(at, which == 0 ? n : load<u32>(at) * n);
  store<u32>(at + 8 + 8 * <usize>which, inverseOf(n));
  store<u32>(at + 8 + 8 * <usize>which, 0xffffffff / n, 4);
}

function isPrime(n: u32): bool {
  for (let divisor: u32 = 3; divisor * divisor <= n; divisor += 2) if (n % divisor == 0) return false;
  return true;
}

function isFactorOfSums(n: u32): bool {
  return MASK_48 % n == 0 || MASK_60 % n == 0 || MASK_36 % n == 0 || MASK_28 % n == 0 || MASK_44 % n == 0;
}

/** Modulo 2^32, of an odd number: Newton's iteration doubles the bits that are right. */
function inverseOf(odd: u32): u32 {
  let inverse = (3 * odd) ^ 2;
  for (let bits = 5; bits < 32; bits *= 2) inverse *= 2 - odd * inverse;
  return inverse;
}

writeProducts();
