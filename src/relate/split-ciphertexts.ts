/**
 * Ciphertexts of shields that chance has split into runs (relate/chains.ts): one in 500 of those of 4 KiB. Their pieces are
 * in the store, as short runs or as ciphertexts, and what lies between two of them is in the bytes around both.
 */
import { MAX_BETWEEN } from './chains.js';
import type { NumberEntry } from './number-store.js';
import { lengthOf } from './scalars.js';
import { MAX_CIPHERTEXT } from './shield-parts.js';

/** Bytes between all pieces: chance does not take more. */
const MAX_MISSING = MAX_BETWEEN;

/** `entries`: in ascending order, some of them twice, with fewer or with more bytes around. */
export function* joinSplit(entries: readonly NumberEntry[]): Generator<NumberEntry> {
  const pieces = unique(entries);
  let told = 0;
  for (let first = 0; first < pieces.length; first++) {
    const last = lastOf(pieces, first);
    // No part of one that began earlier.
    if (last > first && last > told) yield join(pieces.slice(first, last + 1));
    told = Math.max(told, last);
  }
}

/** One entry for each run, with the most bytes around it. */
function unique(entries: readonly NumberEntry[]): NumberEntry[] {
  const found: NumberEntry[] = [];
  for (const entry of entries) {
    if (found.at(-1)?.offset !== entry.offset) found.push(entry);
    else if ((found.at(-1) as NumberEntry).lead < entry.lead) found[found.length - 1] = entry;
  }
  return found;
}

/** Index of the last piece of what the first one begins. */
function lastOf(pieces: readonly NumberEntry[], first: number): number {
  const start = (pieces[first] as NumberEntry).offset;
  let left = MAX_MISSING;
  for (let index = first; ; index++) {
    const [piece, next] = [pieces[index] as NumberEntry, pieces[index + 1]];
    if (next === undefined || endOf(next) - start > MAX_CIPHERTEXT) return index;
    const between = next.offset - endOf(piece);
    left -= between;
    if (left < 0 || between > piece.lead + next.lead) return index;
  }
}

function endOf(piece: NumberEntry): number {
  return piece.offset + lengthOf(piece);
}

function join(pieces: readonly NumberEntry[]): NumberEntry {
  const first = pieces[0] as NumberEntry;
  const start = first.offset - first.lead;
  const last = pieces.at(-1) as NumberEntry;
  const bytes = new Uint8Array(endOf(last) + last.lead - start);
  for (const piece of pieces) bytes.set(piece.bytes, piece.offset - piece.lead - start);
  return { ...first, bytes, memory: bytes, start: 0, length: bytes.length };
}
