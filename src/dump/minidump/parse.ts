/** Windows minidumps → dump map. A stream that does not hold together costs only what it would have told. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { DumpMap, Region, Warning } from '../../types.js';
import { HEADER, STREAM } from './format.js';
import { MAX_RANGES, MemoryLabels, memory64Ranges, memoryRanges, type Ranges, readMemoryInfo } from './memory.js';
import { MEMORY_LISTS, readDirectory, type Stream, streamName } from './stream.js';
import { architectureOf, readFacts, readModules } from './system.js';
import { readThreadNames, readThreads, threadOf, threadRegions } from './threads.js';

/** Low half of the version (MINIDUMP_VERSION); the high half is the writer's own. */
const VERSION = 0xa793;

/** Throws FormatError or BoundsError when header or directory are unusable. */
export function parseMinidump(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const warnings: Warning[] = [];
  const header = new Fields(readExactly(reader, 0, HEADER.size, 'header'), true);
  if (header.u16(4) !== VERSION) throw new FormatError('unknown version');
  const streams = readDirectory(reader, header, knownSize, warnings);
  const damaged = new Set<string>();
  /** Without a memory list nothing tells which bytes of the dump belong together. */
  let withoutMemory = false;
  const each = <T>(type: number, read: (stream: Stream) => T[]): T[] =>
    streams.flatMap((stream) => {
      if (stream.type !== type) return [];
      try {
        return read(stream);
      } catch (error) {
        if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
        damaged.add(streamName(type));
        withoutMemory ||= MEMORY_LISTS.has(type);
        return [];
      }
    });

  const modules = each(STREAM.moduleList, (stream) => readModules(stream, reader));
  const labels = new MemoryLabels(each(STREAM.memoryInfoList, readMemoryInfo), modules);
  const lists = [
    ...each(STREAM.memory64List, (stream) => [memory64Ranges(stream)]),
    ...each(STREAM.memoryList, (stream) => [memoryRanges(stream)]),
  ];
  const memory = memoryRegions(lists, labels, knownSize, warnings);
  const architecture = architectureOf(streams);
  const threads = each(STREAM.threadList, (stream) => readThreads(stream, reader, architecture));
  const names = new Map(each(STREAM.threadNames, (stream) => readThreadNames(stream, reader)));
  if (damaged.size > 0) {
    const message = `cannot be read: ${[...damaged].join(', ')}; names and addresses may be missing`;
    warnings.push({ code: 'DAMAGED_STREAM', message, incomplete: withoutMemory && knownSize !== undefined });
  }
  const regions: Region[] = [
    { offset: 0, length: HEADER.size, kind: 'metadata' },
    ...streams.map(({ offset, length }): Region => ({ offset, length, kind: 'metadata' })),
    ...threadRegions(threads, memory),
    ...memory,
  ];
  const declaredSize = checkEnds(regions, knownSize, warnings);
  return {
    format: 'minidump',
    facts: readFacts(header, streams),
    regions: clipped(regions, knownSize ?? Number.MAX_SAFE_INTEGER),
    modules,
    threads: threads.map((thread) => threadOf(thread, names.get(thread.id))),
    holes: [],
    declaredSize,
    warnings,
  };
}

/** All lists' ranges as regions. Warns about those that have no place in the file, or are too many. */
function memoryRegions(
  lists: readonly Ranges[],
  labels: MemoryLabels,
  knownSize: number | undefined,
  warnings: Warning[],
): Region[] {
  const regions: Region[] = [];
  let missing = 0;
  for (const list of lists) {
    missing += list.missing;
    for (const range of list.ranges) {
      if (regions.length >= MAX_RANGES) missing++;
      else for (const region of labels.regions(range, MAX_RANGES - regions.length)) regions.push(region);
    }
  }
  // In a stream the list may only lie too far on, which is said already.
  const said = knownSize === undefined && warnings.some(({ code }) => code === 'MAP_PREFIX_ONLY');
  if (missing > 0 && !said) {
    const message = `${missing} memory ranges are listed without a place in the file, or too many`;
    warnings.push({ code: 'BAD_RANGE', message, incomplete: true });
  }
  return regions;
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

function clipped(regions: readonly Region[], size: number): Region[] {
  return regions
    .filter(({ offset, length }) => length > 0 && offset < size)
    .map((region) => (region.offset + region.length <= size ? region : { ...region, length: size - region.offset }))
    .sort((a, b) => a.offset - b.offset);
}
