/** What each segment of a core was: stack of a thread, heap, module, mapped file, vdso, or anonymous memory. */
import type { Region, RegionKind } from '../../types.js';
import { PT_LOAD, PT_NOTE } from './format.js';
import { modulesOf } from './modules.js';
import type { CoreNotes, MappedFile } from './notes.js';
import type { Segment } from './parse.js';

const [EXECUTE, WRITE, READ] = [1, 2, 4];
/** A larger region that holds a stack pointer is an arena with stacks in it (Go, for one), not a stack. */
const MAX_STACK = 64n * 1024n * 1024n;
/** The break starts at most this far behind the program (Linux randomises it within 32 MiB, 1 GiB on some machines). */
const MAX_BREAK_DISTANCE = 1n << 30n;

/** Regions of the loadable segments and notes, cut at `size`. Segments without bytes in the file are left out. */
export function labelSegments(segments: readonly Segment[], notes: CoreNotes, size: number): Region[] {
  const files = byAddress(notes.files, ({ start }) => start);
  const executables = new Set<string>();
  for (const segment of segments) {
    const file = segment.flags & EXECUTE ? fileAt(files, segment.address) : undefined;
    if (file !== undefined) executables.add(file.name);
  }
  const program = notes.entry === undefined ? undefined : fileAt(files, notes.entry);
  if (program !== undefined) executables.add(program.name);
  const heap = heapAddress(segments, files, notes.entry);
  const threads = new Map<Segment, number>();
  const loads = byAddress(
    segments.filter(({ type }) => type === PT_LOAD),
    ({ address }) => address,
  );
  for (const { id, stackPointer } of notes.threads) {
    const segment = stackPointer === undefined ? undefined : segmentAt(loads, stackPointer);
    if (segment !== undefined && !threads.has(segment)) threads.set(segment, id);
  }
  return segments.flatMap((segment): Region[] => {
    const span = spanOf(segment, size);
    if (span === undefined) return [];
    if (segment.type === PT_NOTE) return [{ ...span, kind: 'metadata' }];
    if (segment.type !== PT_LOAD) return [];
    const { address, flags } = segment;
    const file = fileAt(files, address);
    const thread = threads.get(segment);
    const kind = kindOf(segment, file, executables, thread, heap, notes.vdso);
    const protection = [flags & READ ? 'r' : '-', flags & WRITE ? 'w' : '-', flags & EXECUTE ? 'x' : '-'].join('');
    return [
      {
        ...span,
        kind,
        address,
        protection,
        ...(file && { module: file.name }),
        ...(kind === 'stack' && thread !== undefined && { thread }),
      },
    ];
  });
}

function kindOf(
  { address, memorySize }: Segment,
  file: MappedFile | undefined,
  executables: ReadonlySet<string>,
  thread: number | undefined,
  heap: bigint | undefined,
  vdso: bigint | undefined,
): RegionKind {
  if (file !== undefined) {
    return executables.has(file.name) || /\.so(\.|$)/.test(file.name) ? 'module' : 'mapped-file';
  }
  if (thread !== undefined && memorySize <= MAX_STACK) return 'stack';
  if (address === vdso) return 'vdso';
  return address === heap ? 'heap' : 'anonymous';
}

function spanOf({ offset, fileSize }: Segment, size: number): { offset: number; length: number } | undefined {
  if (fileSize === 0n || offset >= BigInt(size)) return undefined;
  const start = Number(offset);
  return { offset: start, length: fileSize > BigInt(size - start) ? size - start : Number(fileSize) };
}

/**
 * The program's break: the first anonymous writable segment behind the mappings of the file that holds the entry point, not counting the one that adjoins it (its bss).
 */
function heapAddress(segments: readonly Segment[], files: readonly MappedFile[], entry?: bigint): bigint | undefined {
  if (entry === undefined) return undefined;
  const program = modulesOf(files).find(({ address, length }) => entry >= address && entry < address + length);
  if (program === undefined) return undefined;
  const end = program.address + program.length;
  let best: bigint | undefined;
  for (const { type, address, flags } of segments) {
    if (type !== PT_LOAD || !(flags & WRITE) || address <= end || address - end > MAX_BREAK_DISTANCE) continue;
    if (fileAt(files, address) === undefined && (best === undefined || address < best)) best = address;
  }
  return best;
}

export function byAddress<T>(items: readonly T[], start: (item: T) => bigint): T[] {
  return [...items].sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : 0));
}

/** The last of the sorted items that starts at or before an address. */
function lastBefore<T>(items: readonly T[], address: bigint, start: (item: T) => bigint): T | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start(items[middle] as T) <= address) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

/** The mapping that holds an address, among `files` sorted by start. */
function fileAt(files: readonly MappedFile[], address: bigint): MappedFile | undefined {
  const file = lastBefore(files, address, ({ start }) => start);
  return file !== undefined && address < file.end ? file : undefined;
}

function segmentAt(loads: readonly Segment[], address: bigint): Segment | undefined {
  const segment = lastBefore(loads, address, (load) => load.address);
  return segment !== undefined && address < segment.address + segment.memorySize ? segment : undefined;
}
