/** Looks for many byte strings at every byte of the stored runs, in one pass over them. */
import type { NumberEntry } from './number-store.js';

export interface Needle<T> {
  /** At least four bytes. */
  readonly form: Uint8Array;
  readonly of: T;
}

/** Bits of the filter in front of the table. */
const FILTER_BITS = 22;
/** The table has at least so many places for each head. */
const ROOM = 2;

/** The first four bytes of a needle, as `findHeads` takes them. */
export function headOf(form: Uint8Array, at = 0): number {
  return (
    ((form[at] as number) << 24) |
    ((form[at + 1] as number) << 16) |
    ((form[at + 2] as number) << 8) |
    (form[at + 3] as number)
  );
}

/** Those of needles in hexadecimal. */
export function headsOfHex(forms: Iterable<string>): Set<number> {
  return new Set(Array.from(forms, (form) => headOf(Buffer.from(form, 'hex'))));
}

/**
 * Calls `onHead` for each place where the four bytes of one of the first `count` heads stand, with the head's index; `at`
 * is an index of the entry's bytes. Entries in their order. The table is a hash table with chains, in typed arrays: there
 * are a hundred thousand heads.
 */
export function findHeads(
  entries: readonly NumberEntry[],
  heads: Int32Array,
  count: number,
  onHead: (index: number, entry: NumberEntry, at: number) => void,
): void {
  if (count === 0) return;
  const tableBits = Math.ceil(Math.log2(ROOM * count));
  /** By hash: one more than the index of a head; and of the next one with the same hash, by head. */
  const first = new Int32Array(1 << tableBits);
  const next = new Int32Array(count);
  const filter = new Uint8Array(1 << (FILTER_BITS - 3));
  for (let i = 0; i < count; i++) {
    const mixed = mix(heads[i] as number);
    const slot = mixed >>> (32 - tableBits);
    next[i] = first[slot] as number;
    first[slot] = i + 1;
    const bit = mixed >>> (32 - FILTER_BITS);
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }
  for (const entry of entries) {
    const { memory, start, length } = entry;
    const end = start + length;
    if (length < 4) continue;
    let head = headOf(memory, start) >>> 8;
    for (let i = start + 3; i < end; i++) {
      head = (head << 8) | (memory[i] as number);
      const mixed = mix(head);
      const bit = mixed >>> (32 - FILTER_BITS);
      if ((((filter[bit >> 3] as number) >> (bit & 7)) & 1) === 0) continue;
      for (let at = first[mixed >>> (32 - tableBits)] as number; at > 0; at = next[at - 1] as number) {
        if (heads[at - 1] === head) onHead(at - 1, entry, i - 3 - start);
      }
    }
  }
}

/** Calls `onFound` for each place of a needle, `at` being an index of the entry's bytes; entries in their order. */
export function findNeedles<T>(
  entries: readonly NumberEntry[],
  needles: readonly Needle<T>[],
  onFound: (of: T, entry: NumberEntry, at: number, needle: Needle<T>) => void,
): void {
  const heads = Int32Array.from(needles, ({ form }) => headOf(form));
  findHeads(entries, heads, heads.length, (index, entry, at) => {
    const needle = needles[index] as Needle<T>;
    if (standsAt(needle.form, entry, at)) onFound(needle.of, entry, at, needle);
  });
}

/** Whether the bytes of `form` stand in the entry from `at` on. */
export function standsAt(form: Uint8Array, { memory, start, length }: NumberEntry, at: number): boolean {
  if (at + form.length > length) return false;
  for (let i = 0; i < form.length; i++) if (memory[start + at + i] !== form[i]) return false;
  return true;
}

function mix(head: number): number {
  return Math.imul(head, 0x9e37_79b1);
}
