/** Windows minidumps → dump map. A stream that does not hold together costs only what it would have told. */
import { type ByteReader, checkedCount, Fields, readExactly } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { DumpMap, Module, Region, Thread, Warning } from '../../types.js';
import { DIRECTORY_ENTRY, HEADER, STREAM, STREAM_NAMES, THREAD, THREAD_NAME } from './format.js';
import { type MemoryInfo, memory64Regions, memoryRegions, readMemoryInfo } from './memory.js';
import { readFacts, readModules, readString } from './system.js';

/** Real dumps have some twenty streams. */
const MAX_STREAMS = 4096;

/** Bytes of streams that are read for the map, in all: room for some million memory ranges. */
const MAX_STREAM_BYTES = 128 * 1024 * 1024;

const PARSED: ReadonlySet<number> = new Set(Object.values(STREAM));

/** One directory entry; `bytes` are clipped to what is there, and empty for streams that nobody parses. */
export interface Stream {
  readonly type: number;
  readonly offset: number;
  /** Bytes that the directory declares. */
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly fields: Fields;
}

/** Throws FormatError or BoundsError when header or directory are unusable. */
export function parseMinidump(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const warnings: Warning[] = [];
  const header = new Fields(readExactly(reader, 0, HEADER.size, 'header'), true);
  if (header.u16(4) !== 0xa793) throw new FormatError('unknown version');
  const streams = readDirectory(reader, header, knownSize, warnings);
  const of = (type: number) => streams.filter((stream) => stream.type === type);
  const guard = <T>(stream: Stream, read: () => T[]): T[] => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
      const message = `${STREAM_NAMES[stream.type] ?? 'a stream'} cannot be read (${error.message})`;
      warnings.push({ code: 'DAMAGED_STREAM', message, incomplete: false });
      return [];
    }
  };
  const each = <T>(type: number, read: (stream: Stream) => T[]) => of(type).flatMap((s) => guard(s, () => read(s)));

  const info: MemoryInfo[] = each(STREAM.memoryInfoList, readMemoryInfo).sort((a, b) =>
    a.address < b.address ? -1 : 1,
  );
  const modules: Module[] = each(STREAM.moduleList, (stream) => readModules(stream, reader));
  const names = new Map(each(STREAM.threadNames, (stream) => readThreadNames(stream, reader)));
  const threads = each(STREAM.threadList, readThreads);
  const memory = [
    ...each(STREAM.memory64List, (stream) => memory64Regions(stream, info, modules)),
    ...each(STREAM.memoryList, (stream) => memoryRegions(stream, info, modules)),
  ];
  const regions: Region[] = [
    { offset: 0, length: HEADER.size, kind: 'metadata' },
    ...streams.map(({ offset, length }): Region => ({ offset, length, kind: 'metadata' })),
    ...threads.flatMap(({ regions }) => regions),
    ...memory,
  ];
  const declaredSize = checkEnds(regions, knownSize, warnings);
  return {
    format: 'minidump',
    facts: readFacts(header, streams),
    regions: regions
      .filter(({ offset, length }) => length > 0 && offset < (knownSize ?? Number.MAX_SAFE_INTEGER))
      .map((region) => ({
        ...region,
        length: Math.min(region.length, (knownSize ?? Number.MAX_SAFE_INTEGER) - region.offset),
      }))
      .sort((a, b) => a.offset - b.offset),
    modules,
    threads: threads.map(({ thread }) => ({ ...thread, name: names.get(thread.id) })),
    holes: [],
    declaredSize,
    warnings,
  };
}

function readDirectory(
  reader: ByteReader,
  header: Fields,
  knownSize: number | undefined,
  warnings: Warning[],
): Stream[] {
  const at = header.u32(HEADER.directory);
  const available = Math.min(Math.max(0, reader.size - at), MAX_STREAMS * DIRECTORY_ENTRY);
  const declared = header.u32(HEADER.streamCount);
  const count = Math.min(declared, Math.floor(available / DIRECTORY_ENTRY));
  if (count === 0) throw new FormatError('no directory of streams');
  if (count < declared) {
    warnings.push({ code: 'DAMAGED_DIRECTORY', message: `${declared - count} streams are missing`, incomplete: true });
  }
  const directory = new Fields(readExactly(reader, at, count * DIRECTORY_ENTRY, 'directory'), true);
  const streams: Stream[] = [];
  let budget = MAX_STREAM_BYTES;
  for (let i = 0; i < count; i++) {
    const entry = i * DIRECTORY_ENTRY;
    const [type, size, offset] = [directory.u32(entry), directory.u32(entry + 4), directory.u32(entry + 8)];
    if (type === 0 || size === 0) continue;
    const there = Math.min(size, Math.max(0, reader.size - offset));
    const bytes = PARSED.has(type) ? reader.read(offset, Math.min(there, budget)) : new Uint8Array(0);
    budget -= bytes.length;
    streams.push({ type, offset, length: size, bytes, fields: new Fields(bytes, true) });
    if (there === size) continue;
    const name = STREAM_NAMES[type] ?? `stream ${type}`;
    if (knownSize === undefined) {
      const message = `${name} lies beyond the first part of the stream: addresses will be missing`;
      warnings.push({ code: 'MAP_PREFIX_ONLY', message, incomplete: false });
    } else {
      warnings.push({ code: 'TRUNCATED', message: `${name} is cut off`, incomplete: true });
    }
  }
  return streams;
}

/** Where the declared data ends; warns about ranges that lie beyond the file. */
function checkEnds(regions: readonly Region[], knownSize: number | undefined, warnings: Warning[]): number {
  const end = regions.reduce((most, { offset, length }) => Math.max(most, offset + length), 0);
  if (knownSize === undefined || end <= knownSize) return Math.max(end, knownSize ?? 0);
  const beyond = regions.filter(({ offset, length }) => offset + length > knownSize).length;
  const message = `${beyond} ranges reach to ${end}, the file ends at ${knownSize}`;
  warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  return end;
}

/** Entries behind a 32-bit count, which some writers pad to 8 bytes. */
export function listStart(
  { bytes, fields }: Stream,
  entrySize: number,
  what: string,
): { start: number; count: number } {
  const declared = fields.u32(0);
  const start = bytes.length === 8 + declared * entrySize ? 8 : 4;
  return { start, count: checkedCount(declared, entrySize, bytes.length - start, what) };
}

function readThreads(stream: Stream): Array<{ thread: Thread; regions: Region[] }> {
  const { start, count } = listStart(stream, THREAD.size, 'count of threads');
  const { fields } = stream;
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * THREAD.size;
    const id = fields.u32(at + THREAD.id);
    const stack: Region = {
      offset: fields.u32(at + THREAD.stackRva),
      length: fields.u32(at + THREAD.stackSize),
      address: fields.u64(at + THREAD.stackAddress),
      kind: 'stack',
      thread: id,
    };
    const context: Region = {
      offset: fields.u32(at + THREAD.contextRva),
      length: fields.u32(at + THREAD.contextSize),
      kind: 'metadata',
      thread: id,
    };
    return { thread: { id }, regions: [stack, context] };
  });
}

function readThreadNames(stream: Stream, reader: ByteReader): Array<[number, string]> {
  const { start, count } = listStart(stream, THREAD_NAME.size, 'count of thread names');
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * THREAD_NAME.size;
    const name = readString(reader, Number(stream.fields.u64(at + THREAD_NAME.rva)));
    return [stream.fields.u32(at + THREAD_NAME.id), name] as [number, string];
  });
}
