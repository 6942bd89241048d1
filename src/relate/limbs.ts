/**
 * Machines that store the most significant byte of a word first (s390x, POWER, older MIPS) still keep big numbers as limbs
 * of which the least significant comes first. With the bytes of each word reversed, such memory is that of other machines.
 */
import { type ByteOrder, describeOrder, type NumberEntry, ORDER } from './number-store.js';

/** Bytes of a word on such a machine. */
export type SwappedWord = 4 | 8;

/** Reverses the bytes of each word in the ranges, in place; a second time, it restores them. */
export function swapWords(
  bytes: Uint8Array,
  ranges: Iterable<{ readonly from: number; readonly to: number }>,
  word: SwappedWord,
): void {
  for (const { from, to } of ranges) {
    const length = Math.floor((Math.min(to, bytes.length) - from) / word) * word;
    if (length <= 0) continue;
    const range = Buffer.from(bytes.buffer, bytes.byteOffset + from, length);
    if (word === 8) range.swap64();
    else range.swap32();
  }
}

/** The orders in which numbers may stand in an entry: where words are reversed, all others have lost theirs. */
export function ordersIn(entry: NumberEntry, orders: readonly ByteOrder[]): readonly ByteOrder[] {
  return entry.order === ORDER.limbs ? [ORDER.little] : orders;
}

/** The order of a number in an entry, for people. */
export function describeOrderIn(entry: NumberEntry, order: ByteOrder): string {
  return describeOrder(entry.order === ORDER.limbs ? ORDER.limbs : order);
}
