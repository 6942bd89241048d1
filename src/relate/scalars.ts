/** Where in a stored run a scalar or a seed can stand, and what tells its bytes from code and tables, by counting. */
import type { Span } from '../types.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import { distinctBytes } from './numbers.js';

/**
 * By size: distinct byte values that a random secret has at least, and bytes common in code that it has at most. One
 * random secret in 5,000 fails; of runs in code nine of ten do.
 */
const RANDOM_LIMITS: ReadonlyMap<number, readonly [distinct: number, common: number]> = new Map([
  [32, [25, 8]],
  [48, [37, 11]],
  [56, [42, 12]],
  [57, [43, 12]],
  [66, [48, 13]],
]);
/** Zero, and the prefixes, opcodes and operands that x86-64 code is full of. */
const COMMON = Uint8Array.from({ length: 256 });
for (const byte of [0, 0x0f, 0x24, 0x41, 0x44, 0x48, 0x49, 0x4c, 0x83, 0x89, 0x8b, 0x8d, 0xc0, 0xe8, 0xe9, 0xff]) {
  COMMON[byte] = 1;
}
/** Bytes by which a run may be longer than the number: memory behind it keeps what was there before. */
export const MAX_SLACK = 16;

/** Whether `size` bytes (32, 48, 56, 57 or 66) at `at` look like a random secret. */
export function isRandom(bytes: Uint8Array, at: number, size: number): boolean {
  const [distinct, common] = RANDOM_LIMITS.get(size) ?? [0, size];
  let count = 0;
  for (let i = at; i < at + size; i++) count += COMMON[bytes[i] as number] as number;
  return count <= common && distinctBytes(bytes, at, size) >= distinct;
}

/** Bytes of the run itself. */
export function lengthOf({ length, lead }: NumberEntry): number {
  return length - 2 * lead;
}

/**
 * Where a bound cuts, it cuts the unlikely: runs behind an allocator's header come first, those in `constants`, the parts
 * of the dump that a program cannot write to, last. Both sorted by offset.
 */
export function likelyFirst(runs: readonly NumberEntry[], constants: readonly Span[]): NumberEntry[] {
  const [likely, others, unlikely]: [NumberEntry[], NumberEntry[], NumberEntry[]] = [[], [], []];
  let next = 0;
  for (const run of runs) {
    while (next < constants.length && run.offset >= endOf(constants[next] as Span)) next++;
    if (run.offset >= (constants[next]?.offset ?? Number.POSITIVE_INFINITY)) unlikely.push(run);
    else (hasHeader(run) ? likely : others).push(run);
  }
  return [...likely, ...others, ...unlikely];
}

function endOf({ offset, length }: Span): number {
  return offset + length;
}

function hasHeader({ memory, start, lead }: NumberEntry): boolean {
  return lead >= 8 && memory[start + 6] === 0 && memory[start + 7] === 0;
}

/**
 * Adds to `out` the places in a run at which a secret of `size` bytes may stand; `stride`: bytes to a public half behind
 * it. No generators: these are asked of each of hundreds of thousands of runs.
 */
export type PlacesIn = (out: number[], entry: NumberEntry, size: number, stride: number) => void;

/** Calls `visit` for each such place in each run until it gives false; whether it never did. */
export function visitPlaces(
  runs: readonly NumberEntry[],
  placesIn: PlacesIn,
  size: number,
  stride: number,
  visit: (entry: NumberEntry, at: number) => boolean,
): boolean {
  const places: number[] = [];
  for (const entry of runs) {
    places.length = 0;
    placesIn(places, entry, size, stride);
    for (const at of places) if (!visit(entry, at)) return false;
  }
  return true;
}

/**
 * Aligned ones. Of a size that is no multiple of eight (P-521, Ed448) the run holds the whole words, and the rest follows
 * or comes before.
 */
export const alignedPlaces: PlacesIn = (out, entry, size) => {
  const { length, lead } = entry;
  const words = size & ~7;
  const own = lengthOf(entry);
  if (own < words || own > words + MAX_SLACK) return;
  const end = length - lead;
  for (let at = lead; at + words <= end; at += 8) {
    if (at + size <= length) out.push(at);
    if (size !== words && at + words - size >= 0) out.push(at + words - size);
  }
};

/**
 * Places at any byte behind what says that so many bytes follow: an OCTET STRING of DER (04, length), a byte[] or int[] of
 * a Java heap dump (HPROF: u32 count, most significant byte first, and the type 8 or 10).
 */
export const markedPlaces: PlacesIn = (out, { memory, start, length, lead }, size) => {
  for (let at = Math.max(2, lead - 7), last = length - size; at <= last; at++) {
    const i = start + at;
    const type = memory[i - 1];
    if (type !== size && type !== 8 && type !== 10) continue;
    const count = memory[i - 2];
    const octets = count === 4 && type === size;
    const array = (type === 8 && count === size) || (type === 10 && count === size / 4);
    if (octets || (array && at >= 4 && memory[i - 3] === 0 && memory[i - 4] === 0)) out.push(at);
  }
};

/** A secret that fills its run. */
export const lonePlaces: PlacesIn = (out, entry, size) => {
  const length = lengthOf(entry);
  if (length === (size & ~7) || length === ((size + 7) & ~7)) out.push(entry.lead);
};

/** Both ends of a longer run: coordinates and other numbers of the same structure follow, or come before. */
export const edgePlaces: PlacesIn = (out, entry, size) => {
  const { length, lead } = entry;
  if (lengthOf(entry) <= (size & ~7) + MAX_SLACK) return;
  out.push(lead, length - lead - ((size + 7) & ~7));
};

/**
 * All other places: packed structures, heap dumps, arrays behind a header of 12 or 20 bytes. The words that such a
 * number begins and ends in are not always part of the run; nor is one that chance made look like text or a pointer.
 */
export const shiftedPlaces: PlacesIn = (out, entry, size) => {
  const { lead } = entry;
  const words = size & ~7;
  const length = lengthOf(entry);
  if (length > words + MAX_SLACK) return;
  const last = entry.length - size;
  for (let at = Math.max(0, lead - 8); at <= last; at++) if ((at - lead) % 8 !== 0 || length < words) out.push(at);
};

/** The shortest first, those of a length in their order. */
export function shortestFirst(runs: readonly NumberEntry[]): NumberEntry[] {
  const byLength: NumberEntry[][] = [];
  for (const run of runs) {
    const length = lengthOf(run);
    const same = byLength[length];
    if (same) same.push(run);
    else byLength[length] = [run];
  }
  // Lengths without a run are holes, which flat() leaves out.
  return byLength.flat();
}

/** Whether a little-endian count of so many ints stands right before: Java's BigInteger is an int[] (`mag`). */
export function isArray(bytes: Uint8Array, at: number, ints: number): boolean {
  return bytes[at - 4] === ints && bytes[at - 3] === 0 && bytes[at - 2] === 0 && bytes[at - 1] === 0;
}

/** The bytes of a secret at `at`, most significant first, to `out`. */
export function normalise(
  bytes: Uint8Array,
  at: number,
  size: number,
  order: ByteOrder,
  out = new Uint8Array(size),
): Uint8Array {
  for (let i = 0; i < size; i++) out[i] = bytes[at + indexIn(order, i, size)] as number;
  return out;
}

/** Which byte, counted from the most significant one, stands at `i` in this order; the other way round it is the same. */
export function indexIn(order: ByteOrder, i: number, size: number): number {
  return order === ORDER.little ? size - 1 - i : order === ORDER.words ? i ^ 3 : i;
}

/** The orders in which memory may hold a number of `size` bytes. */
export function ordersOf(size: number): readonly ByteOrder[] {
  return size % 4 === 0 ? [ORDER.little, ORDER.big, ORDER.words] : [ORDER.little, ORDER.big];
}
