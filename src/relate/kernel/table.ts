/** The table of multiples of the base point that digits of scalars ask for. */
import { add, copy, multiply, settle, square, subtract } from './field';
import {
  BASE_X,
  BASE_Y,
  CURVE_A,
  FINITE,
  INVERSE,
  limit,
  NUMBER,
  ONE,
  POINT,
  products,
  RUNNING,
  SLOPE,
  T,
  table,
  U,
  upper,
  width,
  windows,
} from './layout';
import { invert, twice } from './numbers';
import { clear, plan, sum } from './sum';

export function entry(digit: u32, window: u32): usize {
  return table + ((digit - 1) * windows + window) * POINT;
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
    clear();
    for (let digit: u32 = 1; digit < known; digit++) {
      for (let window: u32 = 0; window < windows; window++) {
        plan(entry(known + digit, window), entry(known, window), entry(digit, window));
      }
    }
    sum();
  }
  memory.fill(upper, 0, limit - upper);
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
