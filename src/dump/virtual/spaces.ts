/**
 * The address spaces of the processes in a machine's memory, from the top tables and, of Windows, the process structures
 * that the sieve came across.
 */
import type { Attribution } from '../../types.js';
import { PAGE, type PhysicalMemory } from './memory.js';
import { type Extent, mapped, TableBudget } from './page-tables.js';
import { programAt, stackTops } from './process-name.js';
import { kernelEntry, userTables } from './top-table.js';
import { processNames } from './windows/processes.js';

export interface AddressSpace {
  /** Path of the program; of Windows its name and number; or where its top table lies. */
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

/** Random access to the dump. A read past the end comes back short. */
type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** `tables`: offsets of pages that look like top tables; `processes`: of what may be process structures of Windows. */
export async function addressSpaces(
  memory: PhysicalMemory,
  { tables, processes }: { readonly tables: readonly number[]; readonly processes: readonly number[] },
  read: Read,
): Promise<Spaces> {
  const spaces: AddressSpace[] = [];
  const budget = new TableBudget(memory.pages);
  const named = await namedTables(memory, processes, read);
  const others = tables.filter((offset) => !named.has(offset));
  const walked = new Set<string>();
  for (const { offset, table } of [...(await load([...named.keys()], read)), ...(await byKernel(others, read))]) {
    if (budget.cut || spaces.length >= MAX_SPACES) return { spaces, cut: true };
    // Against Meltdown a process has a second top table, with the same tables of its own half.
    const user = userTables(table);
    if (walked.has(user)) continue;
    walked.add(user);
    const own = await mapped(table, memory, budget);
    if (own.reduce((sum, { pages }) => sum + pages, 0) < MIN_PAGES) continue;
    const name = named.get(offset) ?? (await nameOf(own, read)) ?? `address space of table 0x${offset.toString(16)}`;
    spaces.push({ name, extents: own });
  }
  return { spaces, cut: budget.cut };
}

/** Names of processes by the offsets of their top tables. */
async function namedTables(memory: PhysicalMemory, processes: readonly number[], read: Read) {
  const named = new Map<number, string>();
  for (const [page, name] of await processNames(memory, processes, read)) {
    const offset = memory.offsetOf(page);
    if (offset !== undefined) named.set(offset, name);
  }
  return named;
}

async function load(tables: readonly number[], read: Read) {
  const loaded: Array<{ offset: number; table: Uint8Array }> = [];
  for (const offset of tables) {
    const table = await read(offset, PAGE);
    if (table.length === PAGE) loaded.push({ offset, table });
  }
  return loaded;
}

/** Tables of one kernel have their last entry in common: the largest group first, chance and forgeries behind. */
async function byKernel(tables: readonly number[], read: Read) {
  const groups = new Map<bigint, Array<{ offset: number; table: Uint8Array }>>();
  for (const loaded of await load(tables, read)) {
    const entry = kernelEntry(loaded.table);
    const group = groups.get(entry);
    if (group) group.push(loaded);
    else groups.set(entry, [loaded]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).flat();
}

async function nameOf(extents: readonly Extent[], read: Read): Promise<string | undefined> {
  for (const offset of stackTops(extents).slice(0, MAX_STACKS)) {
    const name = programAt(await read(offset, PAGE));
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
