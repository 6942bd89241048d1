/** Looks for many byte strings at every byte of the stored runs, in one pass over them. */
import type { NumberEntry } from './number-store.js';

export interface Needle<T> {
  /** At least four bytes. */
  readonly form: Uint8Array;
  readonly of: T;
}

/** Bits of the filter in front of the table. */
const FILTER_BITS = 22;
/** The table has at least so many places for each needle. */
const ROOM = 2;

/**
 * Calls `onFound` for each place, `at` being an index of the entry's bytes; entries in their order. The table is a hash
 * table of the needles' first four bytes with chains, in typed arrays: there are a hundred thousand needles.
 */
export function findNeedles<T>(
  entries: readonly NumberEntry[],
  needles: readonly Needle<T>[],
  onFound: (of: T, entry: NumberEntry, at: number, needle: Needle<T>) => void,
): void {
  if (needles.length === 0) return;
  const tableBits = Math.ceil(Math.log2(ROOM * needles.length));
  /** By hash: one more than the index of a needle; and of the next one with the same hash, by needle. */
  const first = new Int32Array(1 << tableBits);
  const next = new Int32Array(needles.length);
  const heads = new Int32Array(needles.length);
  const filter = new Uint8Array(1 << (FILTER_BITS - 3));
  for (let i = 0; i < needles.length; i++) {
    const { form } = needles[i] as Needle<T>;
    let head = 0;
    for (let j = 0; j < 4; j++) head = (head << 8) | (form[j] as number);
    const mixed = mix(head);
    const slot = mixed >>> (32 - tableBits);
    heads[i] = head;
    next[i] = first[slot] as number;
    first[slot] = i + 1;
    const bit = mixed >>> (32 - FILTER_BITS);
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }
  for (const entry of entries) {
    const { memory, start, length } = entry;
    const end = start + length;
    let head = 0;
    for (let i = start; i < end; i++) {
      head = (head << 8) | (memory[i] as number);
      if (i < start + 3) continue;
      const mixed = mix(head);
      const bit = mixed >>> (32 - FILTER_BITS);
      if ((((filter[bit >> 3] as number) >> (bit & 7)) & 1) === 0) continue;
      for (let at = first[mixed >>> (32 - tableBits)] as number; at > 0; at = next[at - 1] as number) {
        if (heads[at - 1] !== head) continue;
        const needle = needles[at - 1] as Needle<T>;
        if (startsWith(memory, i - 3, end, needle.form)) onFound(needle.of, entry, i - 3 - start, needle);
      }
    }
  }
}

function mix(head: number): number {
  return Math.imul(head, 0x9e37_79b1);
}

function startsWith(bytes: Uint8Array, at: number, end: number, form: Uint8Array): boolean {
  if (at + form.length > end) return false;
  for (let i = 0; i < form.length; i++) if (bytes[at + i] !== form[i]) return false;
  return true;
}
