/** What each segment of a core was: stack of a thread, heap, module, mapped file, vdso, or anonymous memory. */
import type { Region, RegionKind } from '../../types.js';
import { Lookup } from '../lookup.js';
import { PT_LOAD, PT_NOTE } from './format.js';
import { modulesOf } from './modules.js';
import type { CoreNotes, MappedFile } from './notes.js';
import type { Segment } from './segments.js';

const [EXECUTE, WRITE, READ] = [1, 2, 4];
/** A larger region that holds a stack pointer is an arena with stacks in it (Go, for one), not a stack. */
const MAX_STACK = 64 * 1024 * 1024;
/** The break starts at most this far behind the program (Linux randomises it within 32 MiB, 1 GiB on some machines). */
const MAX_BREAK_DISTANCE = 1n << 30n;

/** What is known of the whole process. */
interface Process {
  readonly files: Lookup<MappedFile>;
  /** Names of files of which some mapping may be executed. */
  readonly executables: ReadonlySet<string>;
  /** The first thread whose stack pointer lies in a segment. */
  readonly threads: ReadonlyMap<Segment, number>;
  readonly heap: bigint | undefined;
  readonly vdso: bigint | undefined;
}

/** Regions of the loadable segments and notes, cut at `size`. Segments without bytes in the file are left out. */
export function labelSegments(
  segments: readonly Segment[],
  notes: CoreNotes,
  files: Lookup<MappedFile>,
  size: number,
): Region[] {
  const process: Process = {
    files,
    executables: executablesOf(segments, notes, files),
    threads: threadsOf(segments, notes),
    heap: heapAddress(segments, files, notes.entry),
    vdso: notes.vdso,
  };
  const regions: Region[] = [];
  for (const segment of segments) {
    const { type, offset, fileSize } = segment;
    if (fileSize === 0 || offset >= size) continue;
    const length = Math.min(fileSize, size - offset);
    if (type === PT_NOTE) regions.push({ offset, length, kind: 'metadata' });
    else if (type === PT_LOAD) regions.push(labelled(segment, length, process));
  }
  return regions;
}

function labelled(segment: Segment, length: number, process: Process): Region {
  const { offset, address, flags } = segment;
  const file = fileAt(process.files, address);
  const thread = process.threads.get(segment);
  const kind = kindOf(segment, file, thread, process);
  return {
    offset,
    length,
    kind,
    address,
    module: file?.name,
    thread: kind === 'stack' ? thread : undefined,
    protection: `${flags & READ ? 'r' : '-'}${flags & WRITE ? 'w' : '-'}${flags & EXECUTE ? 'x' : '-'}`,
  };
}

function kindOf(
  { address, memorySize }: Segment,
  file: MappedFile | undefined,
  thread: number | undefined,
  { executables, heap, vdso }: Process,
): RegionKind {
  if (file !== undefined) {
    return executables.has(file.name) || /\.so(\.|$)/.test(file.name) ? 'module' : 'mapped-file';
  }
  if (thread !== undefined && memorySize <= MAX_STACK) return 'stack';
  if (address === vdso) return 'vdso';
  return address === heap ? 'heap' : 'anonymous';
}

function executablesOf(segments: readonly Segment[], notes: CoreNotes, files: Lookup<MappedFile>): Set<string> {
  const executables = new Set<string>();
  const add = (address: bigint) => {
    const file = fileAt(files, address);
    if (file !== undefined) executables.add(file.name);
  };
  for (const { flags, address } of segments) if (flags & EXECUTE) add(address);
  // Writers leave out the program's own code, which its file holds anyway.
  if (notes.entry !== undefined) add(notes.entry);
  return executables;
}

function threadsOf(segments: readonly Segment[], notes: CoreNotes): Map<Segment, number> {
  const threads = new Map<Segment, number>();
  const loads = new Lookup(
    segments.filter(({ type }) => type === PT_LOAD),
    ({ address }) => address,
  );
  for (const { id, stackPointer } of notes.threads) {
    const segment = stackPointer === undefined ? undefined : loads.lastBefore(stackPointer);
    if (segment === undefined || stackPointer === undefined || threads.has(segment)) continue;
    if (stackPointer < segment.address + BigInt(segment.memorySize)) threads.set(segment, id);
  }
  return threads;
}

/**
 * The program's break: the first anonymous writable segment behind the mappings of the file that holds the entry point,
 * not counting the one that adjoins it (its bss).
 */
function heapAddress(
  segments: readonly Segment[],
  files: Lookup<MappedFile>,
  entry: bigint | undefined,
): bigint | undefined {
  if (entry === undefined) return undefined;
  const program = modulesOf(files.items).find(({ address, length }) => entry >= address && entry < address + length);
  if (program === undefined) return undefined;
  const end = program.address + program.length;
  let best: bigint | undefined;
  for (const { type, address, flags } of segments) {
    if (type !== PT_LOAD || !(flags & WRITE) || address <= end || address - end > MAX_BREAK_DISTANCE) continue;
    if (fileAt(files, address) === undefined && (best === undefined || address < best)) best = address;
  }
  return best;
}

/** The mapping that holds an address. */
function fileAt(files: Lookup<MappedFile>, address: bigint): MappedFile | undefined {
  const file = files.lastBefore(address);
  return file !== undefined && address < file.end ? file : undefined;
}
