/**
 * Cuts a dump into windows. Each byte is owned by exactly one plain window; around its own bytes a window holds BACK
 * bytes of what comes before and CARRY bytes of what follows, so that a structure is judged by the same bytes wherever
 * the cut falls. Where memory that is contiguous by address lies apart in the file, a seam window joins the two ends.
 */
import { BACK, CARRY } from '../detect/detector.js';
import type { Seam } from '../dump/map.js';
import type { Span } from '../types.js';
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
