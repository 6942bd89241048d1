/** The address spaces of the processes in a machine's memory, from the top tables that the sieve came across. */
import type { Attribution } from '../../types.js';
import { PAGE, type PhysicalMemory } from './memory.js';
import { type Extent, mapped, TableBudget } from './page-tables.js';
import { programAt, stackTops } from './process-name.js';
import { kernelEntry } from './top-table.js';

export interface AddressSpace {
  /** Path of the program, or where its top table lies. */
  readonly name: string;
  /** Ascending by address. */
  readonly extents: readonly Extent[];
}

export interface Spaces {
  readonly spaces: readonly AddressSpace[];
  /** Set when there were more than could be read. */
  readonly cut: boolean;
}

/** A process has more pages than this; what looks like a top table by chance leads nowhere. */
const MIN_PAGES = 8;
const MAX_SPACES = 10_000;
/** Mappings at the end of the address space among which the stack is looked for. */
const MAX_STACKS = 16;

/** `tables`: offsets of pages that look like top tables. */
export async function addressSpaces(
  memory: PhysicalMemory,
  tables: readonly number[],
  read: (offset: number) => Promise<Uint8Array>,
): Promise<Spaces> {
  const spaces: AddressSpace[] = [];
  const budget = new TableBudget(memory.pages);
  for (const { offset, table } of await byKernel(tables, read)) {
    if (budget.cut || spaces.length >= MAX_SPACES) return { spaces, cut: true };
    const own = await mapped(table, memory, budget);
    if (own.reduce((sum, { pages }) => sum + pages, 0) < MIN_PAGES) continue;
    spaces.push({ name: (await nameOf(own, read)) ?? `address space of table 0x${offset.toString(16)}`, extents: own });
  }
  return { spaces, cut: budget.cut };
}

/** Tables of one kernel have their last entry in common: the largest group first, chance and forgeries behind. */
async function byKernel(tables: readonly number[], read: (offset: number) => Promise<Uint8Array>) {
  const groups = new Map<bigint, Array<{ offset: number; table: Uint8Array }>>();
  for (const offset of tables) {
    const table = await read(offset);
    if (table.length < PAGE) continue;
    const entry = kernelEntry(table);
    const group = groups.get(entry);
    if (group) group.push({ offset, table });
    else groups.set(entry, [{ offset, table }]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).flat();
}

async function nameOf(
  extents: readonly Extent[],
  read: (offset: number) => Promise<Uint8Array>,
): Promise<string | undefined> {
  for (const offset of stackTops(extents).slice(0, MAX_STACKS)) {
    const name = programAt(await read(offset));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** A place of the dump as a process sees it. */
export type ProcessPlace = Attribution & { readonly address: string };

/** Processes named for one place: pages of libraries are shared by all, and forged tables map one page everywhere. */
const MAX_PLACES = 16;

/** Where bytes of the dump stand in processes, by their offsets; pages can be shared. */
export function placesIn({ spaces }: Spaces, offsets: readonly number[]): Map<number, ProcessPlace[]> {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  const found = sorted.map((): ProcessPlace[] => []);
  // Which place to go on with: those that have enough are passed over, however many extents hold them.
  const open = Int32Array.from({ length: sorted.length + 1 }, (_, index) => index);
  const openFrom = (index: number): number => {
    let at = index;
    while (open[at] !== at) {
      open[at] = open[open[at] as number] as number;
      at = open[at] as number;
    }
    return at;
  };
  for (const { name, extents } of spaces) {
    for (const { virtual, offset, pages } of extents) {
      for (let i = openFrom(firstFrom(sorted, offset)); i < sorted.length; i = openFrom(i + 1)) {
        const at = sorted[i] as number;
        if (at >= offset + pages * PAGE) break;
        const address = BigInt(virtual) * BigInt(PAGE) + BigInt(at - offset);
        const places = found[i] as ProcessPlace[];
        places.push({ address: `0x${address.toString(16)}`, process: name });
        if (places.length === MAX_PLACES) open[i] = i + 1;
      }
    }
  }
  return new Map(sorted.map((at, index) => [at, found[index] as ProcessPlace[]]));
}

/** Index of the first number that is not below `least`. */
function firstFrom(sorted: readonly number[], least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
