/** The memory of a machine by physical address, wherever its pages lie in the dump. */
import type { DumpMap, Region } from '../../types.js';

export const PAGE = 4096;

/** Where pages begin in the dump: `offset` is that of page number `page`, and `pages` follow each other. */
export interface PageRun {
  readonly page: number;
  readonly offset: number;
  readonly pages: number;
}

/** Random access to the dump. A read past the end comes back short. */
export type ReadDump = (offset: number, length: number) => Promise<Uint8Array>;

export class PhysicalMemory {
  /** Sorted by page, without overlap. */
  readonly #runs: readonly PageRun[];
  readonly #read: ReadDump;

  constructor(runs: readonly PageRun[], read: ReadDump) {
    this.#runs = runs;
    this.#read = read;
  }

  /** Where a page of this number lies in the dump; undefined when the dump does not hold it. */
  offsetOf(page: number): number | undefined {
    const run = this.#runs[this.#indexOf(page)];
    return run && page < run.page + run.pages ? run.offset + (page - run.page) * PAGE : undefined;
  }

  /** The last run that begins at or before the page; -1 when there is none. */
  #indexOf(page: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle] as PageRun).page <= page) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Where a range of pages lies in the dump, piece by piece; what the dump does not hold is left out. */
  *runsIn(page: number, pages: number): Generator<PageRun, void> {
    for (let i = Math.max(0, this.#indexOf(page)); i < this.#runs.length; i++) {
      const run = this.#runs[i] as PageRun;
      if (run.page >= page + pages) return;
      const from = Math.max(page, run.page);
      const to = Math.min(page + pages, run.page + run.pages);
      if (to > from) yield { page: from, offset: run.offset + (from - run.page) * PAGE, pages: to - from };
    }
  }

  /** Pages that the dump holds. */
  get pages(): number {
    return this.#runs.reduce((sum, { pages }) => sum + pages, 0);
  }

  /** A whole page; undefined when the dump does not hold it. */
  page(page: number): Promise<Uint8Array | undefined> {
    return this.read(page, 0, PAGE);
  }

  /** A part of a page; undefined when the dump does not hold it. */
  async read(page: number, from: number, length: number): Promise<Uint8Array | undefined> {
    const offset = this.offsetOf(page);
    if (offset === undefined) return undefined;
    const bytes = await this.#read(offset + from, length);
    return bytes.length === length ? bytes : undefined;
  }
}

/** The runs of pages of a dump: its physical regions, or, where it is raw bytes, all of it from address 0. */
export function pageRuns(map: Pick<DumpMap, 'format' | 'regions'>, size: number): PageRun[] {
  if (map.format === 'raw') return size >= PAGE ? [{ page: 0, offset: 0, pages: Math.floor(size / PAGE) }] : [];
  const runs = map.regions.flatMap((region) => runOf(region, size)).sort((a, b) => a.page - b.page);
  const kept: PageRun[] = [];
  for (const run of runs) {
    const end = kept.length > 0 ? (kept.at(-1) as PageRun).page + (kept.at(-1) as PageRun).pages : 0;
    if (run.page >= end) kept.push(run);
  }
  return kept;
}

function runOf({ offset, length, physical }: Region, size: number): PageRun[] {
  if (physical === undefined || physical >= BigInt(Number.MAX_SAFE_INTEGER)) return [];
  const first = Number(physical);
  const page = Math.ceil(first / PAGE);
  const skip = page * PAGE - first;
  const pages = Math.floor((Math.min(length, size - offset) - skip) / PAGE);
  return pages > 0 ? [{ page, offset: offset + skip, pages }] : [];
}
