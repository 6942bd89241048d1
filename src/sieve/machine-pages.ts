/**
 * Looks for top page tables and process structures of Windows among the pages of a window: a compare for each page, four
 * for each line of the cache, and some more for the few that pass.
 */
import { PAGE, type PageRun } from '../dump/virtual/memory.js';
import { topTableKind } from '../dump/virtual/top-table.js';
import { ALIGNMENT, nextHeader } from '../dump/virtual/windows/process-header.js';
import type { Span } from '../types.js';
import type { PageRange } from './protocol.js';

/** Of one window. A machine with ten thousand processes has them all over its memory. */
const MAX_FOUND = 4096;

/** The parts of a window that are pages of a machine's memory. */
export function pageRanges(runs: readonly PageRun[], { offset, length }: Span): PageRange[] {
  const ranges: PageRange[] = [];
  for (const run of runs) {
    const end = Math.min(offset + length, run.offset + run.pages * PAGE);
    const skip = Math.max(0, Math.ceil((offset - run.offset) / PAGE));
    const from = run.offset + skip * PAGE;
    if (from + PAGE <= end) ranges.push({ from: from - offset, to: end - offset, page: run.page + skip });
  }
  return ranges;
}

/** Indexes of the pages in the window that begin in `[from, to)` and look like top tables. */
export function findTopTables(bytes: Uint8Array, ranges: readonly PageRange[], from: number, to: number): number[] {
  const found: number[] = [];
  forEachPage(bytes, ranges, from, to, (view, at, page) => {
    if (topTableKind(view, at, page) !== undefined && found.length < MAX_FOUND) found.push(at);
  });
  return found;
}

/** Indexes in the pages that begin in `[from, to)` at which process structures may begin, each within one page. */
export function findProcesses(bytes: Uint8Array, ranges: readonly PageRange[], from: number, to: number): number[] {
  const found: number[] = [];
  forEachPage(bytes, ranges, from, to, (view, start) => {
    let within = nextHeader(view, start, 0);
    while (within !== undefined && found.length < MAX_FOUND) {
      found.push(start + within);
      within = nextHeader(view, start, within + ALIGNMENT);
    }
  });
  return found;
}

function forEachPage(
  bytes: Uint8Array,
  ranges: readonly PageRange[],
  from: number,
  to: number,
  onPage: (view: DataView, at: number, page: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const range of ranges) {
    const skip = Math.max(0, Math.ceil((from - range.from) / PAGE));
    const end = Math.min(range.to, bytes.length);
    for (let at = range.from + skip * PAGE, page = range.page + skip; at < to && at + PAGE <= end; at += PAGE, page++) {
      onPage(view, at, page);
    }
  }
}
