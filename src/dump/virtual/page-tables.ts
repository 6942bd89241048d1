/**
 * Page tables of x86-64 with four levels (Intel SDM volume 3, 4.5; AMD APM volume 2, 5.3): which page of the machine's
 * memory stands at which address of a process.
 */
import { PAGE, type PhysicalMemory } from './memory.js';

const ENTRIES = 512;
/** The lower half of the addresses is the process's own. */
const USER_ENTRIES = 256;
const PRESENT = 1;
const USER = 4;
const LARGE = 0x80;
/** Bits 12 to 51 of an entry: the page's number. */
const PAGE_MASK_HIGH = 0x000f_ffff;

/** Pages that follow each other at addresses and in the dump alike. */
export interface Extent {
  /** Page number of the virtual address. */
  readonly virtual: number;
  readonly offset: number;
  readonly pages: number;
}

/** Extents over all processes: less than a hundred bytes each. */
const MAX_EXTENTS = 4_000_000;
/** Tables that are read, over all processes. */
const MAX_TABLES = 2_000_000;

/**
 * What may be read and kept for one dump, over all processes. Forged tables lead to each other in circles: one page makes
 * 512^4 of itself, so that each table and each extent counts, also those of one process.
 */
export class TableBudget {
  #tables: number;
  #extents: number;
  #cut = false;

  /** `pages` of the dump: real tables are pages of it, and seldom shared. */
  constructor(pages: number, extents = MAX_EXTENTS) {
    this.#tables = Math.min(MAX_TABLES, pages);
    this.#extents = extents;
  }

  /** Whether something was left out. */
  get cut(): boolean {
    return this.#cut;
  }

  takeTable(): boolean {
    return this.#take(this.#tables-- > 0);
  }

  takeExtent(): boolean {
    return this.#take(this.#extents-- > 0);
  }

  #take(granted: boolean): boolean {
    this.#cut ||= !granted;
    return granted;
  }
}

interface Entry {
  readonly index: number;
  readonly page: number;
  readonly large: boolean;
}

/** Entries of a table that are present and open to the process, below `limit`. */
function entriesOf(table: Uint8Array, limit = ENTRIES): Entry[] {
  const view = new DataView(table.buffer, table.byteOffset, PAGE);
  const entries: Entry[] = [];
  for (let index = 0; index < limit; index++) {
    const low = view.getUint32(index * 8, true);
    if ((low & (PRESENT | USER)) !== (PRESENT | USER)) continue;
    const high = view.getUint32(index * 8 + 4, true) & PAGE_MASK_HIGH;
    entries.push({ index, page: high * 2 ** 20 + (low >>> 12), large: (low & LARGE) !== 0 });
  }
  return entries;
}

/**
 * The page of the machine's memory that a top table, given by its page number, maps at an address of either half; undefined
 * where nothing is mapped, or the dump lacks a table.
 */
export async function translate(top: number, address: bigint, memory: PhysicalMemory): Promise<number | undefined> {
  let table = top;
  for (let level = 3; level >= 0; level--) {
    const index = Number((address >> BigInt(12 + 9 * level)) % BigInt(ENTRIES));
    const bytes = await memory.read(table, index * 8, 8);
    if (bytes === undefined) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const low = view.getUint32(0, true);
    if ((low & PRESENT) === 0) return undefined;
    table = (view.getUint32(4, true) & PAGE_MASK_HIGH) * 2 ** 20 + (low >>> 12);
    if (level > 0 && level < 3 && (low & LARGE) !== 0) {
      const pagesEach = ENTRIES ** level;
      return table - (table % pagesEach) + Number((address >> 12n) % BigInt(pagesEach));
    }
  }
  return table;
}

/** What a process's top table maps, ascending by address. Pages that the dump does not hold are left out. */
export async function mapped(top: Uint8Array, memory: PhysicalMemory, budget: TableBudget): Promise<Extent[]> {
  const extents: Extent[] = [];
  const add = (virtual: number, page: number, pages: number): void => {
    for (const run of memory.runsIn(page, pages)) {
      const at = virtual + run.page - page;
      const last = extents.at(-1);
      if (last && last.virtual + last.pages === at && last.offset + last.pages * PAGE === run.offset) {
        extents[extents.length - 1] = { ...last, pages: last.pages + run.pages };
      } else if (budget.takeExtent()) extents.push({ virtual: at, offset: run.offset, pages: run.pages });
      else return;
    }
  };
  const descend = async (table: Uint8Array, level: number, base: number): Promise<void> => {
    const pagesEach = ENTRIES ** level;
    for (const { index, page, large } of entriesOf(table, level === 3 ? USER_ENTRIES : ENTRIES)) {
      if (budget.cut) return;
      const virtual = base + index * pagesEach;
      if (level === 0) add(virtual, page, 1);
      else if (large && level < 3) add(virtual, page - (page % pagesEach), pagesEach);
      else if (memory.offsetOf(page) !== undefined && budget.takeTable()) {
        const next = await memory.page(page);
        if (next) await descend(next, level - 1, virtual);
      }
    }
  };
  await descend(top, 3, 0);
  return extents;
}
