/** What is done with numbers of the field besides its arithmetic: inverses, comparisons, bytes. */
import { add, copy, LIMBS, multiply, RADIX, settle, SIZE, square, subtract } from './field';
import { EXPONENT, FROZEN, ONE, POWERS, PRIME, SLOT, U } from './layout';

/** a^(p-2), four bits at a time; `a` is not zero. */
export function invert(out: usize, a: usize): void {
  copy(POWERS, ONE);
  for (let i: usize = 1; i < 16; i++) multiply(POWERS + i * SLOT, POWERS + (i - 1) * SLOT, a);
  copy(out, ONE);
  for (let i: usize = 0; i < SIZE * 2; i++) {
    const nibble = <usize>(load<u8>(EXPONENT + (i >> 1)) >> (i & 1 ? 0 : 4)) & 15;
    square(out, out);
    square(out, out);
    square(out, out);
    square(out, out);
    if (nibble != 0) multiply(out, out, POWERS + nibble * SLOT);
  }
}

export function twice(a: usize): void {
  add(a, a, a);
  settle(a);
}

/** Out of Montgomery form, times `factor`: SIZE bytes, most significant first. */
export function writeNumber(number: usize, factor: usize, to: usize): void {
  multiply(FROZEN, number, factor);
  freeze(FROZEN);
  let bits: u64 = 0;
  let have: i32 = 0;
  let limb: usize = 0;
  for (let i = SIZE; i > 0; i--) {
    if (have < 8 && limb < LIMBS) {
      bits |= <u64>load<u32>(FROZEN + limb * 4) << have;
      have += <i32>RADIX;
      limb++;
    }
    store<u8>(to + i - 1, <u8>bits);
    bits >>= 8;
    have -= 8;
  }
}

export function isZero(number: usize): bool {
  copy(FROZEN, number);
  freeze(FROZEN);
  let any: u32 = 0;
  for (let i: usize = 0; i < LIMBS; i++) any |= load<u32>(FROZEN + i * 4);
  return any == 0;
}

/** The same value in [0, p), each limb in [0, 2^RADIX). */
export function freeze(number: usize): void {
  settle(number);
  if (carryOver(number) < 0) {
    add(number, number, PRIME);
    carryOver(number);
  }
  subtract(U, number, PRIME);
  if (carryOver(U) >= 0) copy(number, U);
}

/** Takes carries; returns the highest limb, which has the sign. */
export function carryOver(number: usize): i32 {
  let carry: i32 = 0;
  for (let i: usize = 0; i < LIMBS - 1; i++) {
    const limb = load<i32>(number + i * 4) + carry;
    store<i32>(number + i * 4, limb & ((1 << RADIX) - 1));
    carry = limb >> RADIX;
  }
  const top = load<i32>(number + (LIMBS - 1) * 4) + carry;
  store<i32>(number + (LIMBS - 1) * 4, top);
  return top;
}
