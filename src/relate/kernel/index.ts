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
import { add, BITS, copy, LIMBS, MONTGOMERY_CURVE, multiply, RADIX, settle, SIZE, square, subtract } from './field';

/** A number of the field: LIMBS × i32. A point: x, y, u32 state. */
const NUMBER: usize = LIMBS * 4;
const POINT: usize = NUMBER * 2 + 4;

/** States of a point. */
const INFINITY: u32 = 0;
const FINITE: u32 = 1;
const UNKNOWN: u32 = 2;

/** What is written of a point: 04, x, y, the other form. */
const LINE: usize = 1 + 3 * SIZE;

/** An addition that is to be done: u32 addresses of the sum and of the two points. */
const TASK: usize = 12;

/**
 * Numbers at fixed places. The caller writes the first eight: x and y of the base point and `a` of y² = x³ + a·x + b in
 * Montgomery form, and what the other form is made with (`write`).
 */
const SLOTS: usize = 1024;
const SLOT: usize = 128;
const PRIME: usize = SLOTS;
const ONE: usize = SLOTS + SLOT;
const UNIT: usize = SLOTS + SLOT * 2;
const BASE_X: usize = SLOTS + SLOT * 3;
const BASE_Y: usize = SLOTS + SLOT * 4;
/** p - 2, SIZE bytes, most significant first. */
const EXPONENT: usize = SLOTS + SLOT * 5;
const CURVE_A: usize = SLOTS + SLOT * 6;
const OTHER: usize = SLOTS + SLOT * 7;
const SCRATCH: usize = SLOTS + SLOT * 8;
const RUNNING: usize = SCRATCH;
const INVERSE: usize = SCRATCH + SLOT;
const DIFFERENCE: usize = SCRATCH + SLOT * 2;
const SLOPE: usize = SCRATCH + SLOT * 3;
const T: usize = SCRATCH + SLOT * 4;
const U: usize = SCRATCH + SLOT * 5;
const FROZEN: usize = SCRATCH + SLOT * 6;
/** Powers 0 to 15 of what is inverted. */
const POWERS: usize = SCRATCH + SLOT * 7;
const END: usize = SCRATCH + SLOT * 23;

let width: u32 = 0;
let windows: u32 = 0;
let lanes: u32 = 0;
/** Addresses, each area behind the one before. */
let table: usize = 0;
let output: usize = 0;
let scalars: usize = 0;
let upper: usize = 0;
let lower: usize = 0;
let tasks: usize = 0;
let products: usize = 0;
let limit: usize = 0;
/** Additions in the list. */
let count: u32 = 0;

export function limbs(): u32 {
  return <u32>LIMBS;
}

export function radix(): u32 {
  return RADIX;
}

/** Where the caller's numbers begin, each 128 bytes behind the one before. */
export function constantsAt(): usize {
  return SLOTS;
}

/** Where `derive` takes scalars from: SIZE bytes each, most significant first. */
export function scalarsAt(): usize {
  return scalars;
}

/** Where the caller's numbers and the table end: those are what `build` leaves, and what may be kept in a file. */
export function tableEnd(): usize {
  return output;
}

/** Where `derive` writes points to: 1 + 3·SIZE bytes each. */
export function pointsAt(): usize {
  return output;
}

/** Lays out the memory for tables of so many bits and for batches of so many scalars; false where there is not enough. */
export function prepare(bits: u32, batch: u32): bool {
  width = bits;
  lanes = batch;
  // One bit more, for the carry of the highest digit.
  windows = BITS / width + 1;
  const half: usize = 1 << (width - 1);
  table = END;
  output = table + half * windows * POINT;
  scalars = output + lanes * LINE;
  // The table is made where batches are added up.
  const chain: usize = windows * width * NUMBER * 3;
  const areas: usize = (windows + (windows + 1) / 2) * lanes * POINT;
  upper = (scalars + lanes * SIZE + 7) & ~7;
  lower = upper + windows * lanes * POINT;
  tasks = upper + max(chain, areas);
  const most: usize = max((half / 2) * windows, ((windows + 1) / 2) * lanes);
  products = tasks + most * TASK;
  limit = products + max(most, <usize>windows * width) * NUMBER;
  const pages = <i32>((limit + 0xffff) >> 16) - memory.size();
  return pages <= 0 || memory.grow(pages) >= 0;
}

/** Makes the table. */
export function build(): void {
  const powers = windows * width;
  doubleAgain(powers);
  invertDepths(powers);
  for (let power: u32 = 0; power < powers; power++) {
    place(upper + power * NUMBER * 3, entry(1 << (power % width), power / width), products + power * NUMBER);
  }
  const half: u32 = 1 << (width - 1);
  for (let known: u32 = 2; known < half; known <<= 1) {
    count = 0;
    for (let digit: u32 = 1; digit < known; digit++) {
      for (let window: u32 = 0; window < windows; window++) {
        plan(entry(known + digit, window), entry(known, window), entry(digit, window));
      }
    }
    sum();
  }
  memory.fill(upper, 0, limit - upper);
}

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
    count = 0;
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

function entry(digit: u32, window: u32): usize {
  return table + ((digit - 1) * windows + window) * POINT;
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

/** Puts an addition on the list, or does it where one of the points is at infinity. */
function plan(to: usize, a: usize, b: usize): void {
  const stateA = load<u32>(a, NUMBER * 2);
  const stateB = load<u32>(b, NUMBER * 2);
  if (stateA == UNKNOWN || stateB == UNKNOWN) {
    store<u32>(to, UNKNOWN, NUMBER * 2);
  } else if (stateA == INFINITY) {
    memory.copy(to, b, POINT);
  } else if (stateB == INFINITY) {
    memory.copy(to, a, POINT);
  } else {
    store<u32>(to, FINITE, NUMBER * 2);
    const task = tasks + count * TASK;
    store<u32>(task, <u32>to);
    store<u32>(task, <u32>a, 4);
    store<u32>(task, <u32>b, 8);
    count++;
  }
}

/** Does the additions of the list (EFD, affine coordinates of short Weierstrass curves). */
function sum(): void {
  multiplyDifferences();
  if (isZero(RUNNING)) {
    leaveEqual();
    multiplyDifferences();
  }
  if (count == 0) return;
  invert(INVERSE, RUNNING);
  for (let i = count; i > 0; i--) {
    const task = tasks + (i - 1) * TASK;
    const to = <usize>load<u32>(task);
    const a = <usize>load<u32>(task, 4);
    const b = <usize>load<u32>(task, 8);
    // INVERSE is that of the product of the first i differences.
    subtract(DIFFERENCE, b, a);
    multiply(T, INVERSE, products + (i - 1) * NUMBER);
    multiply(INVERSE, INVERSE, DIFFERENCE);
    subtract(DIFFERENCE, b + NUMBER, a + NUMBER);
    multiply(SLOPE, DIFFERENCE, T);
    square(T, SLOPE);
    subtract(T, T, a);
    subtract(to, T, b);
    settle(to);
    subtract(T, a, to);
    multiply(T, SLOPE, T);
    subtract(to + NUMBER, T, a + NUMBER);
    settle(to + NUMBER);
  }
}

/** RUNNING: the product of all differences of x; `products`: of those before each. */
function multiplyDifferences(): void {
  copy(RUNNING, ONE);
  for (let i: u32 = 0; i < count; i++) {
    const task = tasks + i * TASK;
    copy(products + i * NUMBER, RUNNING);
    subtract(DIFFERENCE, <usize>load<u32>(task, 8), <usize>load<u32>(task, 4));
    multiply(RUNNING, RUNNING, DIFFERENCE);
  }
}

/** Takes additions of points with the same x off the list. */
function leaveEqual(): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const task = tasks + i * TASK;
    subtract(DIFFERENCE, <usize>load<u32>(task, 8), <usize>load<u32>(task, 4));
    if (isZero(DIFFERENCE)) store<u32>(<usize>load<u32>(task), UNKNOWN, NUMBER * 2);
    else memory.copy(tasks + kept++ * TASK, task, TASK);
  }
  count = kept;
}

/** a^(p-2), four bits at a time; `a` is not zero. */
function invert(out: usize, a: usize): void {
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

/** The base point times 2^0, 2^1, … in Jacobian coordinates, x, y, z each, from `upper` on (EFD, dbl-2007-bl). */
function doubleAgain(powers: u32): void {
  copy(upper, BASE_X);
  copy(upper + NUMBER, BASE_Y);
  copy(upper + NUMBER * 2, ONE);
  for (let power: u32 = 1; power < powers; power++) {
    const x = upper + (power - 1) * NUMBER * 3;
    const y = x + NUMBER;
    const z = y + NUMBER;
    const to = x + NUMBER * 3;
    // SLOPE = 3x² + a·z⁴
    square(T, x);
    add(SLOPE, T, T);
    add(SLOPE, SLOPE, T);
    settle(SLOPE);
    square(T, z);
    square(T, T);
    multiply(T, T, CURVE_A);
    add(SLOPE, SLOPE, T);
    settle(SLOPE);
    // T = y², U = 4·x·y²
    square(T, y);
    multiply(U, x, T);
    twice(U);
    twice(U);
    square(to, SLOPE);
    subtract(to, to, U);
    subtract(to, to, U);
    settle(to);
    subtract(U, U, to);
    multiply(U, U, SLOPE);
    square(T, T);
    twice(T);
    twice(T);
    twice(T);
    subtract(to + NUMBER, U, T);
    settle(to + NUMBER);
    multiply(to + NUMBER * 2, y, z);
    twice(to + NUMBER * 2);
  }
}

function twice(a: usize): void {
  add(a, a, a);
  settle(a);
}

/** Inverses of all z to `products`. */
function invertDepths(powers: u32): void {
  const z = upper + NUMBER * 2;
  copy(RUNNING, ONE);
  for (let i: u32 = 0; i < powers; i++) {
    copy(products + i * NUMBER, RUNNING);
    multiply(RUNNING, RUNNING, z + i * NUMBER * 3);
  }
  invert(INVERSE, RUNNING);
  for (let i = powers; i > 0; i--) {
    const at = products + (i - 1) * NUMBER;
    multiply(at, at, INVERSE);
    multiply(INVERSE, INVERSE, z + (i - 1) * NUMBER * 3);
  }
}

/** The affine point of a Jacobian one whose z has this inverse. */
function place(from: usize, to: usize, inverse: usize): void {
  square(T, inverse);
  multiply(to, from, T);
  multiply(T, T, inverse);
  multiply(to + NUMBER, from + NUMBER, T);
  store<u32>(to, FINITE, NUMBER * 2);
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

/** Out of Montgomery form, times `factor`: SIZE bytes, most significant first. */
function writeNumber(number: usize, factor: usize, to: usize): void {
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

function isZero(number: usize): bool {
  copy(FROZEN, number);
  freeze(FROZEN);
  let any: u32 = 0;
  for (let i: usize = 0; i < LIMBS; i++) any |= load<u32>(FROZEN + i * 4);
  return any == 0;
}

/** The same value in [0, p), each limb in [0, 2^RADIX). */
function freeze(number: usize): void {
  settle(number);
  if (carryOver(number) < 0) {
    add(number, number, PRIME);
    carryOver(number);
  }
  subtract(U, number, PRIME);
  if (carryOver(U) >= 0) copy(number, U);
}

/** Takes carries; returns the highest limb, which has the sign. */
function carryOver(number: usize): i32 {
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
