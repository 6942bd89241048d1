/** Additions of points, many at once: all of a list share one inversion. */
import { copy, multiply, settle, square, subtract } from './field';
import {
  DIFFERENCE,
  FINITE,
  INFINITY,
  INVERSE,
  NUMBER,
  ONE,
  POINT,
  products,
  RUNNING,
  SLOPE,
  T,
  TASK,
  tasks,
  UNKNOWN,
} from './layout';
import { invert, isZero } from './numbers';

/** Additions in the list. */
let count: u32 = 0;

/** Begins a list of additions. */
export function clear(): void {
  count = 0;
}

/** Puts an addition on the list, or does it where one of the points is at infinity. */
export function plan(to: usize, a: usize, b: usize): void {
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
export function sum(): void {
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
