/** What tells bytes that can be a scalar or a seed from code and tables, by counting. */
import { distinctBytes } from './numbers.js';

/**
 * By size: distinct byte values that a random secret has at least, and bytes common in code that it has at most. One
 * random secret in 5,000 fails; of runs in code nine of ten do.
 */
const RANDOM_LIMITS: ReadonlyMap<number, readonly [distinct: number, common: number]> = new Map([
  [32, [25, 8]],
  [48, [37, 11]],
  [66, [48, 13]],
]);
/** Zero, and the prefixes, opcodes and operands that x86-64 code is full of. */
const COMMON = Uint8Array.from({ length: 256 });
for (const byte of [0, 0x0f, 0x24, 0x41, 0x44, 0x48, 0x49, 0x4c, 0x83, 0x89, 0x8b, 0x8d, 0xc0, 0xe8, 0xe9, 0xff]) {
  COMMON[byte] = 1;
}

/** Whether `size` bytes (32, 48 or 66) at `at` look like a random secret. */
export function isRandom(bytes: Uint8Array, at: number, size: number): boolean {
  const [distinct, common] = RANDOM_LIMITS.get(size) ?? [0, size];
  let count = 0;
  for (let i = at; i < at + size; i++) count += COMMON[bytes[i] as number] as number;
  return count <= common && distinctBytes(bytes, at, size) >= distinct;
}
