/**
 * Cuts a dump into windows. Each byte is owned by exactly one plain window; around its own bytes a window holds BACK
 * bytes of what comes before and CARRY bytes of what follows, so that a structure is judged by the same bytes wherever
 * the cut falls. Where memory that is contiguous by address lies apart in the file, a seam window joins the two ends.
 */
import { BACK, CARRY } from '../detect/detector.js';
import type { Seam } from '../dump/map.js';
import type { Span } from '../types.js';
import { NOWHERE } from './pieces.js';
import type { Grid } from './protocol.js';

/** One window to scan: the arguments of a ScanTask that do not depend on the slot. */
export interface WindowPlan {
  readonly pieces: readonly Span[];
  readonly from: number;
  readonly to: number;
  /** Set where memory that is contiguous by address lies apart: an offset beyond every dump's, for this window alone. */
  readonly joined?: number;
  /** Ranges of the window whose words are aligned by address, where that is not the offset's. */
  readonly grid?: Grid;
}

/** Bytes of its own in a plain window. Smaller ones cost more for the margins, larger ones balance worse. */
export const CHUNK_SIZE = 16 * 1024 * 1024;

/** How far a structure may reach into either side of a seam. */
const SEAM_REACH = BACK;

export function* planChunks(size: number, chunkSize: number): Generator<WindowPlan> {
  for (let offset = 0; offset < size; offset += chunkSize) {
    const start = Math.max(0, offset - BACK);
    const end = Math.min(size, offset + chunkSize + CARRY);
    const from = offset - start;
    yield { pieces: [{ offset: start, length: end - start }], from, to: Math.min(from + chunkSize, end - start) };
  }
}

/** Where offsets of joined windows begin: no dump reaches there, and sums stay exact. */
export const JOINED_BASE = 2 ** 51;
/** Between the offsets of two joined windows. */
export const JOINED_STEP = 2 ** 26;
/** Where those of pages begin: a map has not regions enough for 2^25 seams before. */
export const PAGES_BASE = 2 ** 52;

export function* planSeams(seams: Iterable<Seam>, size: number): Generator<WindowPlan> {
  let joined = JOINED_BASE;
  for (const [before, after] of seams) {
    const end = Math.min(before.offset + before.length, size);
    const head = Math.min(SEAM_REACH, end - before.offset);
    const tail = Math.min(SEAM_REACH, after.length, size - after.offset);
    if (head <= 0 || tail <= 0) continue;
    const pieces = [
      { offset: end - head, length: head },
      { offset: after.offset, length: tail },
    ];
    const first = Number((((after.address ?? 0n) - BigInt(head)) % 8n) + 8n) % 8;
    const grid = [{ from: (8 - first) % 8, to: head + tail }];
    yield { pieces, from: 0, to: head + tail, joined, grid };
    joined += JOINED_STEP;
  }
}

/** Bytes of a window of joined pieces: every slot holds them, whatever its chunk size. */
const MOST = CARRY;
/** And pieces of one: hostile ones have a byte or two each. */
const MOST_PIECES = 1 << 18;
/** How far a structure may reach to either side of where a window of joined pieces is cut. */
const JOINED_REACH = BACK;
/** Zeros between pieces that have nothing to do with each other: they end any text. */
const GAP: Span = { offset: NOWHERE, length: 64 };

/**
 * Windows for pieces of at most 64 KiB that stand side by side, up to each `undefined`. Many short strings share one; a
 * long one is cut, and goes on in the next window behind what a structure at the cut may need.
 */
export function* planJoins(spans: Iterable<Span | undefined>): Generator<WindowPlan> {
  let joined = JOINED_BASE;
  let [pieces, length, from] = [[] as Span[], 0, 0];
  /** Bytes at the end of the window that belong together. */
  let own = 0;
  for (const span of spans) {
    const piece = span ?? GAP;
    if (span === undefined && own === 0) continue;
    if (length + piece.length > MOST || pieces.length === MOST_PIECES) {
      const kept = span === undefined ? 0 : Math.min(own, 2 * JOINED_REACH);
      const after = Math.min(kept, JOINED_REACH);
      yield { pieces, from, to: length - after, joined };
      joined += JOINED_STEP;
      [pieces, length, from] = [endOf(pieces, kept), kept, kept - after];
    }
    pieces.push(piece);
    length += piece.length;
    own = span === undefined ? 0 : own + piece.length;
  }
  if (length > from) yield { pieces, from, to: length, joined };
}

/** The last bytes of the pieces. */
function endOf(pieces: readonly Span[], length: number): Span[] {
  const end: Span[] = [];
  for (let [i, left] = [pieces.length - 1, length]; left > 0; i--) {
    const piece = pieces[i] as Span;
    const kept = Math.min(piece.length, left);
    end.unshift({ offset: piece.offset + piece.length - kept, length: kept });
    left -= kept;
  }
  return end;
}

export function lengthOf(pieces: readonly Span[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
