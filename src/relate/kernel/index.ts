/**
 * Multiples of a curve's base point, many at once, in AssemblyScript: one module for each curve, whose `field` is written
 * when it is built (scripts/field-source.mjs). `../point-kernel.ts` is its only caller.
 *
 * A scalar is the sum of digits d[i]·2^(width·i), each in (-2^(width-1), 2^(width-1)]; a table holds all multiples that
 * the digits may ask for (Hankerson et al., Guide to Elliptic Curve Cryptography, algorithm 3.41 without its doublings,
 * signed digits as in section 3.3.1), so that a public point is the sum of one entry for each window. Points are affine,
 * and the entries of all lanes are added up two by two, level by level: the additions of a level share one inversion
 * (P. Montgomery, Speeding the Pollard and elliptic curve methods of factorization, 1987), which leaves six
 * multiplications for each.
 *
 * Affine addition knows no points with the same x: such a sum is told to be unknown (`UNKNOWN`), as is all that depends on it.
 */
import { add, copy, MONTGOMERY_CURVE, multiply, settle, SIZE, subtract } from './field';
import {
  END,
  FINITE,
  INFINITY,
  INVERSE,
  limit,
  LINE,
  lower,
  NUMBER,
  ONE,
  OTHER,
  output,
  POINT,
  PRIME,
  products,
  RUNNING,
  scalars,
  SCRATCH,
  T,
  UNIT,
  upper,
  width,
  windows,
} from './layout';
import { invert, writeNumber } from './numbers';
import { clear, plan, sum } from './sum';
import { entry } from './table';

/**
 * Public points of the first `n` scalars, each in [0, 2^(8·SIZE)): 04, x, y as in SEC 1 section 2.3.3, and another form of
 * x (`write`), SIZE bytes each; all zeros where it is not known, or is the point at infinity. Of a Montgomery curve x is
 * that on the Montgomery curve, u. Scalars and all that was worked out of them are overwritten.
 */
export function derive(n: u32): void {
  for (let window: u32 = 0; window < windows; window++) {
    for (let lane: u32 = 0; lane < n; lane++) look(lane, window, upper + (window * n + lane) * POINT);
  }
  let from = upper;
  let to = lower;
  for (let left = windows; left > 1; left = (left + 1) >> 1) {
    clear();
    const pairs = left >> 1;
    for (let pair: u32 = 0; pair < pairs; pair++) {
      for (let lane: u32 = 0; lane < n; lane++) {
        const a = from + (pair * 2 * n + lane) * POINT;
        plan(to + (pair * n + lane) * POINT, a, a + n * POINT);
      }
    }
    if (left & 1) memory.copy(to + pairs * n * POINT, from + pairs * 2 * n * POINT, n * POINT);
    sum();
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (MONTGOMERY_CURVE) leaveWeierstrass(from, n);
  for (let lane: u32 = 0; lane < n; lane++) write(from + lane * POINT, lane, output + lane * LINE);
  memory.fill(scalars, 0, limit - scalars);
  memory.fill(SCRATCH, 0, END - SCRATCH);
}

/** Copies what a window of a scalar asks for. */
function look(lane: u32, window: u32, to: usize): void {
  const half: u32 = 1 << (width - 1);
  // A digit is above the half by itself, or by a carry from the one before, and so on down to one that is not the half.
  let digit = bitsOf(lane, window);
  if (carryInto(lane, window)) digit++;
  if (digit == 0 || digit == half * 2) {
    store<u32>(to, INFINITY, NUMBER * 2);
  } else if (digit <= half) {
    memory.copy(to, entry(digit, window), POINT);
  } else {
    const from = entry(half * 2 - digit, window);
    copy(to, from);
    subtract(to + NUMBER, PRIME, from + NUMBER);
    store<u32>(to, FINITE, NUMBER * 2);
  }
}

function carryInto(lane: u32, window: u32): bool {
  const half: u32 = 1 << (width - 1);
  while (window > 0) {
    const bits = bitsOf(lane, --window);
    if (bits != half) return bits > half;
  }
  return false;
}

/** Bits of a scalar from width·window on. */
function bitsOf(lane: u32, window: u32): u32 {
  const least = scalars + (lane + 1) * SIZE - 1;
  const first = window * width;
  let bits: u32 = 0;
  for (let byte = first >> 3, shift: u32 = 0; shift < 16 && byte < <u32>SIZE; byte++, shift += 8) {
    bits |= <u32>load<u8>(least - byte) << shift;
  }
  return (bits >> (first & 7)) & ((1 << width) - 1);
}

/**
 * From y² = x³ + a·x + b to the Montgomery curve v² = u³ + A·u² + u: u = x - A/3, and the y of its twisted Edwards form,
 * (u - 1)/(u + 1) (RFC 7748 section 4.1), to `products`. All divisions share one inversion.
 */
function leaveWeierstrass(points: usize, n: u32): void {
  copy(RUNNING, ONE);
  for (let lane: u32 = 0; lane < n; lane++) {
    const point = points + lane * POINT;
    if (load<u32>(point, NUMBER * 2) != FINITE) continue;
    subtract(point, point, OTHER);
    settle(point);
    copy(products + lane * NUMBER, RUNNING);
    add(T, point, ONE);
    settle(T);
    multiply(RUNNING, RUNNING, T);
  }
  // No multiple of the base point has u = -1.
  invert(INVERSE, RUNNING);
  for (let lane = n; lane > 0; lane--) {
    const point = points + (lane - 1) * POINT;
    if (load<u32>(point, NUMBER * 2) != FINITE) continue;
    const y = products + (lane - 1) * NUMBER;
    add(T, point, ONE);
    settle(T);
    multiply(y, y, INVERSE);
    multiply(INVERSE, INVERSE, T);
    subtract(T, point, ONE);
    multiply(y, y, T);
  }
}

function write(point: usize, lane: u32, to: usize): void {
  if (load<u32>(point, NUMBER * 2) != FINITE) {
    memory.fill(to, 0, LINE);
    return;
  }
  store<u8>(to, 4);
  writeNumber(point, UNIT, to + 1);
  writeNumber(point + NUMBER, UNIT, to + 1 + SIZE);
  // The other form: y of the Edwards curve, or x times OTHER, 2^(8·SIZE), which is the Montgomery form of libraries.
  if (MONTGOMERY_CURVE) writeNumber(products + lane * NUMBER, UNIT, to + 1 + 2 * SIZE);
  else writeNumber(point, OTHER, to + 1 + 2 * SIZE);
}

export { constantsAt, limbs, pointsAt, prepare, radix, scalarsAt, tableEnd } from './layout';
export { build } from './table';
