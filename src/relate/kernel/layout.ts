/** Where a module of public points keeps what: constants, the table, and the room for a batch. */
import { BITS, LIMBS, RADIX, SIZE } from './field';

/** A number of the field: LIMBS × i32. A point: x, y, u32 state. */
export const NUMBER: usize = LIMBS * 4;
export const POINT: usize = NUMBER * 2 + 4;

/** States of a point. */
export const INFINITY: u32 = 0;
export const FINITE: u32 = 1;
export const UNKNOWN: u32 = 2;

/** What is written of a point: 04, x, y, the other form. */
export const LINE: usize = 1 + 3 * SIZE;

/** An addition that is to be done: u32 addresses of the sum and of the two points. */
export const TASK: usize = 12;

/**
 * Numbers at fixed places. The caller writes the first eight: x and y of the base point and `a` of y² = x³ + a·x + b in
 * Montgomery form, and what the other form is made with (`write`).
 */
export const SLOTS: usize = 1024;
export const SLOT: usize = 128;
export const PRIME: usize = SLOTS;
export const ONE: usize = SLOTS + SLOT;
export const UNIT: usize = SLOTS + SLOT * 2;
export const BASE_X: usize = SLOTS + SLOT * 3;
export const BASE_Y: usize = SLOTS + SLOT * 4;
/** p - 2, SIZE bytes, most significant first. */
export const EXPONENT: usize = SLOTS + SLOT * 5;
export const CURVE_A: usize = SLOTS + SLOT * 6;
export const OTHER: usize = SLOTS + SLOT * 7;
export const SCRATCH: usize = SLOTS + SLOT * 8;
export const RUNNING: usize = SCRATCH;
export const INVERSE: usize = SCRATCH + SLOT;
export const DIFFERENCE: usize = SCRATCH + SLOT * 2;
export const SLOPE: usize = SCRATCH + SLOT * 3;
export const T: usize = SCRATCH + SLOT * 4;
export const U: usize = SCRATCH + SLOT * 5;
export const FROZEN: usize = SCRATCH + SLOT * 6;
/** Powers 0 to 15 of what is inverted. */
export const POWERS: usize = SCRATCH + SLOT * 7;
export const END: usize = SCRATCH + SLOT * 23;

export let width: u32 = 0;
export let windows: u32 = 0;
export let lanes: u32 = 0;
/** Addresses, each area behind the one before. */
export let table: usize = 0;
export let output: usize = 0;
export let scalars: usize = 0;
export let upper: usize = 0;
export let lower: usize = 0;
export let tasks: usize = 0;
export let products: usize = 0;
export let limit: usize = 0;

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
