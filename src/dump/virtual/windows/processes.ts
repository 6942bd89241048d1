/**
 * Whose a top page table is, in the memory of Windows: process structures name the table of their process, themselves
 * and, as the heads of empty lists, their own address. What one says is believed where the very table that it names maps
 * it at the address that it names: bytes that only look like one (a copy, a file, another process's fake) do not.
 */
import { PAGE, type PhysicalMemory } from '../memory.js';
import { translate } from '../page-tables.js';
import { KernelMemory } from './kernel-memory.js';
import { idOf, type Layout, layoutOf, linksOf, nameOf, STRUCTURE, type Structure } from './layout.js';
import { addressAt, directoryTableAt, HEADER, isProcessHeader } from './process-header.js';

/** Structures that are followed; of processes that ended, some are left in freed memory. */
const MAX_STRUCTURES = 10_000;

interface Process extends Structure {
  /** Page number of its top table. */
  readonly table: number;
  readonly ended: boolean;
}

/** Names like `lsass.exe (pid 712)` by the page number of the top table. `offsets`: where structures may begin. */
export async function processNames(
  memory: PhysicalMemory,
  offsets: readonly number[],
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<ReadonlyMap<number, string>> {
  const first = await believed(memory, offsets, read);
  const [one] = first;
  const layout = layoutOf(first);
  if (one === undefined || layout === undefined) return new Map();
  const kernel = new KernelMemory(memory, one.table);
  const processes = await withNeighbours(first, layout, kernel, memory);
  return namesOf(processes, layout, kernel);
}

/** The structures that are where they say. */
async function believed(
  memory: PhysicalMemory,
  offsets: readonly number[],
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Process[]> {
  const found: Process[] = [];
  for (const offset of offsets.slice(0, MAX_STRUCTURES)) {
    const header = await read(offset, HEADER.size);
    if (header.length < HEADER.size) continue;
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const [address, table] = [addressAt(view, 0), directoryTableAt(view, 0)];
    const page = await translate(table, address, memory);
    if (page === undefined) continue;
    const start = memory.offsetOf(page);
    if (start === undefined || start + Number(address % BigInt(PAGE)) !== offset) continue;
    const process = await processAt(address, new KernelMemory(memory, table));
    if (process) found.push(process);
  }
  return found;
}

/** The structure at an address, if it says that it is there. */
async function processAt(address: bigint, kernel: KernelMemory): Promise<Process | undefined> {
  const bytes = await kernel.read(address, STRUCTURE);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isProcessHeader(view, 0, Number(address % BigInt(PAGE))) || addressAt(view, 0) !== address) return undefined;
  const ended = view.getUint32(HEADER.signalState, true) !== 0;
  return { address, bytes, table: directoryTableAt(view, 0), ended };
}

/** And those that the list of processes leads to: a beginning that crosses from page to page was not seen. */
async function withNeighbours(
  first: readonly Process[],
  layout: Layout,
  kernel: KernelMemory,
  memory: PhysicalMemory,
): Promise<Process[]> {
  const seen = new Set(first.map(({ address }) => address));
  const processes = [...first];
  for (let i = 0; i < processes.length && seen.size < MAX_STRUCTURES; i++) {
    const { next, previous } = linksOf(processes[i] as Process, layout);
    for (const address of [next, previous]) {
      if (seen.has(address)) continue;
      seen.add(address);
      const process = await processAt(address, kernel);
      if (process && (await translate(process.table, address, memory)) !== undefined) processes.push(process);
    }
  }
  return processes;
}

/**
 * A table can be claimed by a process that ended, when another one got its page: those that are in the list come first,
 * and one that ended names nothing. Nor do two that are as good.
 */
async function namesOf(
  processes: readonly Process[],
  layout: Layout,
  kernel: KernelMemory,
): Promise<ReadonlyMap<number, string>> {
  const claims = new Map<number, { rank: number; name: string | undefined }>();
  for (const process of processes) {
    const [name, id] = [nameOf(process, layout), idOf(process, layout)];
    if (process.ended || name === undefined || id === undefined) continue;
    const rank = await rankOf(process, layout, kernel);
    const known = claims.get(process.table);
    if (known === undefined || rank > known.rank) claims.set(process.table, { rank, name: `${name} (pid ${id})` });
    else if (rank === known.rank) known.name = undefined;
  }
  return new Map([...claims].flatMap(([table, { name }]) => (name === undefined ? [] : [[table, name] as const])));
}

/** How many of its neighbours in the list of processes, which may be the list's head, lead back. */
async function rankOf(process: Process, layout: Layout, kernel: KernelMemory): Promise<number> {
  const { next, previous } = linksOf(process, layout);
  const own = process.address + BigInt(layout.links);
  const leadsBack = async (at: bigint) => {
    const bytes = await kernel.read(at, 8);
    return bytes !== undefined && new DataView(bytes.buffer).getBigUint64(0, true) === own;
  };
  const links = BigInt(layout.links);
  return Number(await leadsBack(next + links + 8n)) + Number(await leadsBack(previous + links));
}
