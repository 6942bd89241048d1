/** Looks for many byte strings at every byte of the stored runs, in one pass over them. */
import type { NumberEntry } from './number-store.js';

export interface Needle<T> {
  /** At least four bytes. */
  readonly form: Uint8Array;
  readonly of: T;
}

/** Bits of the filter in front of the table. */
const FILTER_BITS = 22;

/** Calls `onFound` for each place, `at` being an index of the entry's bytes; entries in their order. */
export function findNeedles<T>(
  entries: readonly NumberEntry[],
  needles: readonly Needle<T>[],
  onFound: (of: T, entry: NumberEntry, at: number, needle: Needle<T>) => void,
): void {
  if (needles.length === 0) return;
  const byHead = new Map<number, Needle<T>[]>();
  const filter = new Uint8Array(1 << (FILTER_BITS - 3));
  for (const needle of needles) {
    const { form } = needle;
    let head = 0;
    for (let i = 0; i < 4; i++) head = (head << 8) | (form[i] as number);
    const list = byHead.get(head);
    if (list) list.push(needle);
    else byHead.set(head, [needle]);
    const bit = hash(head);
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }
  for (const entry of entries) {
    const { bytes } = entry;
    let head = 0;
    for (let i = 0; i < bytes.length; i++) {
      head = (head << 8) | (bytes[i] as number);
      if (i < 3) continue;
      const bit = hash(head);
      if ((((filter[bit >> 3] as number) >> (bit & 7)) & 1) === 0) continue;
      for (const needle of byHead.get(head) ?? []) {
        if (startsWith(bytes, i - 3, needle.form)) onFound(needle.of, entry, i - 3, needle);
      }
    }
  }
}

function hash(head: number): number {
  return Math.imul(head, 0x9e37_79b1) >>> (32 - FILTER_BITS);
}

function startsWith(bytes: Uint8Array, at: number, form: Uint8Array): boolean {
  if (at + form.length > bytes.length) return false;
  for (let i = 0; i < form.length; i++) if (bytes[at + i] !== form[i]) return false;
  return true;
}
