/** The threads of a minidump: their names, stack pointers, and where their stacks lie. */
import { type ByteReader, Fields } from '../../bytes/read.js';
import type { Region, Thread } from '../../types.js';
import { Lookup } from '../lookup.js';
import { CONTEXTS, THREAD, THREAD_NAME } from './format.js';
import { MAX_RANGES } from './memory.js';
import { entriesOf, type Stream } from './stream.js';
import { readString } from './system.js';

/** More are not read. */
const MAX_THREADS = 1 << 17;

/** Where no size is told, memory larger than this around a stack pointer is more than a stack. */
const MAX_STACK = 64 * 1024 * 1024;

/** A stack has a guard page and committed pages: few pieces. */
const MAX_PARTS = 16;

export interface ThreadEntry {
  readonly id: number;
  readonly stackPointer?: bigint;
  /** Offset 0: the stack lies somewhere in the memory list, as in dumps of the full memory. */
  readonly stack: { readonly address: bigint; readonly length: number; readonly offset: number };
  readonly context: { readonly offset: number; readonly length: number };
}

/** `architecture`: PROCESSOR_ARCHITECTURE_* of the system's stream, which tells the layout of contexts. */
export function readThreads(stream: Stream, reader: ByteReader, architecture: number | undefined): ThreadEntry[] {
  const { start, count } = entriesOf(stream, THREAD.size, MAX_THREADS);
  const { fields } = stream;
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * THREAD.size;
    const context = { offset: fields.u32(at + THREAD.contextRva), length: fields.u32(at + THREAD.contextSize) };
    return {
      id: fields.u32(at + THREAD.id),
      stackPointer: stackPointer(reader, context, architecture),
      stack: {
        address: fields.u64(at + THREAD.stackAddress),
        length: fields.u32(at + THREAD.stackSize),
        offset: fields.u32(at + THREAD.stackRva),
      },
      context,
    };
  });
}

function stackPointer(
  reader: ByteReader,
  { offset, length }: ThreadEntry['context'],
  architecture: number | undefined,
): bigint | undefined {
  const layout = architecture === undefined ? undefined : CONTEXTS[architecture];
  if (layout === undefined || offset === 0 || length < layout.stackPointer + layout.word) return undefined;
  const bytes = reader.read(offset + layout.stackPointer, layout.word);
  if (bytes.length < layout.word) return undefined;
  const fields = new Fields(bytes, true);
  return layout.word === 8 ? fields.u64(0) : BigInt(fields.u32(0));
}

export function readThreadNames(stream: Stream, reader: ByteReader): Array<[number, string]> {
  const { start, count } = entriesOf(stream, THREAD_NAME.size, MAX_THREADS);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * THREAD_NAME.size;
    const name = readString(reader, Number(stream.fields.u64(at + THREAD_NAME.rva)));
    return [stream.fields.u32(at + THREAD_NAME.id), name] as [number, string];
  });
}

export function threadOf({ id, stackPointer }: ThreadEntry, name: string | undefined): Thread {
  return { id, ...(name && { name }), ...(stackPointer !== undefined && { stackPointer }) };
}

/** Stacks and contexts. A stack without a place of its own is looked up in `memory`. */
export function threadRegions(threads: readonly ThreadEntry[], memory: readonly Region[]): Region[] {
  const sorted = new Lookup(memory, ({ address }) => address ?? 0n);
  const regions: Region[] = [];
  for (const { id, stack, stackPointer, context } of threads) {
    if (regions.length >= MAX_RANGES) break;
    regions.push({ ...context, kind: 'metadata', thread: id });
    if (stack.offset > 0) regions.push({ ...stack, kind: 'stack', thread: id });
    else for (const span of stackWithin(sorted, stack, stackPointer)) regions.push({ ...span, thread: id });
  }
  return regions;
}

/** The parts of `memory` that hold a stack: by its range, or else around the stack pointer. */
function stackWithin(
  memory: Lookup<Region>,
  { address, length }: ThreadEntry['stack'],
  stackPointer: bigint | undefined,
): Region[] {
  const parts: Region[] = [];
  const [from, to] =
    length > 0 ? [address, address + BigInt(length)] : [stackPointer ?? address, (stackPointer ?? address) + 1n];
  const first = Math.max(0, memory.indexBefore(from));
  for (const region of memory.items.slice(first, first + MAX_PARTS)) {
    const start = region.address ?? 0n;
    const end = start + BigInt(region.length);
    if (start >= to) break;
    if (end <= from) continue;
    if (length === 0) return region.length <= MAX_STACK ? [{ ...region, kind: 'stack' }] : [];
    const [low, high] = [start > from ? start : from, end < to ? end : to];
    const offset = region.offset + Number(low - start);
    parts.push({ ...region, offset, length: Number(high - low), address: low, kind: 'stack' });
  }
  return parts;
}
