/** The directory of a minidump: its streams, each clipped to what is there. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { Warning } from '../../types.js';
import { DIRECTORY_ENTRY, HEADER, STREAM, STREAM_NAMES } from './format.js';

/** Real dumps have some twenty streams. */
const MAX_STREAMS = 4096;

/** Bytes of streams that are read for the map, in all: room for some million memory ranges. */
const MAX_STREAM_BYTES = 128 * 1024 * 1024;

/** Names of damaged streams in one warning; more are only counted. */
const MAX_NAMED = 8;

const PARSED: ReadonlySet<number> = new Set(Object.values(STREAM));

/** Streams that say which memory the dump holds. */
export const MEMORY_LISTS: ReadonlySet<number> = new Set([STREAM.memoryList, STREAM.memory64List]);

/** One directory entry; `bytes` are clipped to what is there, and empty for streams that nobody parses. */
export interface Stream {
  readonly type: number;
  readonly offset: number;
  /** Bytes that the directory declares. */
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly fields: Fields;
}

/** Entries of a list, and how many of the declared ones are not there. */
export interface Entries {
  readonly start: number;
  readonly count: number;
  readonly missing: number;
}

/** In a stream (`knownSize` undefined) a directory may lie beyond what is there: no streams, and a warning. */
export function readDirectory(
  reader: ByteReader,
  header: Fields,
  knownSize: number | undefined,
  warnings: Warning[],
): Stream[] {
  const at = header.u32(HEADER.directory);
  const declared = header.u32(HEADER.streamCount);
  if (declared === 0 || at < HEADER.size) throw new FormatError('no directory of streams');
  const there = Math.floor(Math.max(0, reader.size - at) / DIRECTORY_ENTRY);
  const count = Math.min(declared, there, MAX_STREAMS);
  if (count === 0 && knownSize !== undefined) throw new FormatError('the directory of streams is missing');
  if (count < declared) warnings.push(cutDirectory(declared - count, there, knownSize));
  const directory = new Fields(readExactly(reader, at, count * DIRECTORY_ENTRY, 'directory'), true);
  const streams: Stream[] = [];
  const cut: string[] = [];
  let budget = MAX_STREAM_BYTES;
  for (let i = 0; i < count; i++) {
    const entry = i * DIRECTORY_ENTRY;
    const [type, size, offset] = [directory.u32(entry), directory.u32(entry + 4), directory.u32(entry + 8)];
    if (type === 0) continue;
    if (size === 0) {
      if (MEMORY_LISTS.has(type)) cut.push(streamName(type));
      continue;
    }
    const there = Math.min(size, Math.max(0, reader.size - offset));
    const bytes = PARSED.has(type) ? reader.read(offset, Math.min(there, budget)) : new Uint8Array(0);
    budget -= bytes.length;
    streams.push({ type, offset, length: size, bytes, fields: new Fields(bytes, true) });
    if (there < size) cut.push(streamName(type));
  }
  if (cut.length > 0) warnings.push(cutStreams(cut, knownSize));
  return streams;
}

export function streamName(type: number): string {
  return STREAM_NAMES[type] ?? `stream ${type}`;
}

/** Entries behind a 32-bit count, which some writers pad to 8 bytes; at most `limit`. */
export function entriesOf({ bytes, fields }: Stream, entrySize: number, limit: number): Entries {
  const declared = fields.u32(0);
  const start = bytes.length === 8 + declared * entrySize ? 8 : 4;
  const count = Math.min(declared, Math.floor((bytes.length - start) / entrySize), limit);
  return { start, count, missing: declared - count };
}

function cutDirectory(missing: number, there: number, knownSize: number | undefined): Warning {
  if (knownSize === undefined && there < MAX_STREAMS) {
    const message = `${missing} streams are named beyond the first part of the stream: addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  return { code: 'DAMAGED_DIRECTORY', message: `${missing} streams are missing`, incomplete: true };
}

function cutStreams(cut: readonly string[], knownSize: number | undefined): Warning {
  const names = [...new Set(cut)];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const which = `${names.slice(0, MAX_NAMED).join(', ')}${more}`;
  if (knownSize === undefined) {
    const message = `beyond the first part of the stream: ${which}; addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  return { code: 'TRUNCATED', message: `cut off: ${which}`, incomplete: true };
}
