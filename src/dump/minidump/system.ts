/** The facts of a minidump: system, process, modules. */
import { type ByteReader, Fields } from '../../bytes/read.js';
import type { DumpMap, Module } from '../../types.js';
import { ARCHITECTURES, HEADER, MODULE, PLATFORMS, STREAM, SYSTEM } from './format.js';
import { entriesOf, type Stream } from './stream.js';

/** UTF-16 units; paths are shorter. */
const MAX_STRING = 1024;

/** More are not read. */
const MAX_MODULES = 1 << 16;

/**
 * MINIDUMP_STRING: u32 length in bytes, then UTF-16LE (and a NUL, which the rust writer leaves out). Empty where no text
 * stands: a damaged address may lead into memory, and what is there is nobody's name.
 */
export function readString(reader: ByteReader, rva: number): string {
  if (rva < HEADER.size) return '';
  const head = reader.read(rva, 4);
  const length = head.length < 4 ? 0 : new Fields(head, true).u32(0);
  if (length === 0 || length % 2 === 1 || length > 2 * MAX_STRING) return '';
  const text = Buffer.from(reader.read(rva + 4, length)).toString('utf16le');
  return text.length === length / 2 && !/[\p{Cc}\p{Cn}\p{Cs}]/u.test(text) ? text : '';
}

export function readModules(stream: Stream, reader: ByteReader): Module[] {
  const { start, count } = entriesOf(stream, MODULE.size, MAX_MODULES);
  const { fields } = stream;
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * MODULE.size;
    const [high, low] = [fields.u32(at + MODULE.versionHigh), fields.u32(at + MODULE.versionLow)];
    const version = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.');
    return {
      name: readString(reader, fields.u32(at + MODULE.name)),
      address: fields.u64(at + MODULE.base),
      length: BigInt(fields.u32(at + MODULE.length)),
      ...(version !== '0.0.0.0' && { version }),
    };
  });
}

/** PROCESSOR_ARCHITECTURE_*, where the dump tells it. */
export function architectureOf(streams: readonly Stream[]): number | undefined {
  return longEnough(streams, STREAM.systemInfo, SYSTEM.size)?.u16(SYSTEM.architecture);
}

function longEnough(streams: readonly Stream[], wanted: number, size: number): Fields | undefined {
  return streams.find(({ type, bytes }) => type === wanted && bytes.length >= size)?.fields;
}

/** Facts for people. Command line and environment are left out: they may hold passwords. */
export function readFacts(header: Fields, streams: readonly Stream[]): DumpMap['facts'] {
  const facts: Array<readonly [string, string]> = [];
  const system = longEnough(streams, STREAM.systemInfo, SYSTEM.size);
  if (system !== undefined) {
    const [platform, architecture] = [system.u32(SYSTEM.platform), system.u16(SYSTEM.architecture)];
    const version = [system.u32(SYSTEM.major), system.u32(SYSTEM.minor), system.u32(SYSTEM.build)].join('.');
    facts.push(['machine', ARCHITECTURES[architecture] ?? `number ${architecture}`]);
    facts.push(['system', `${PLATFORMS[platform] ?? `platform ${platform}`} ${version}`]);
  }
  // MINIDUMP_MISC_INFO: flags1 at 4 (bit 0: process id is valid), process id at 8.
  const misc = longEnough(streams, STREAM.miscInfo, 12);
  if (misc !== undefined && misc.u32(4) & 1) facts.push(['process', String(misc.u32(8))]);
  // MINIDUMP_HANDLE_DATA_STREAM: header size, descriptor size, count.
  const handles = longEnough(streams, STREAM.handleData, 12);
  if (handles !== undefined) facts.push(['handles', String(handles.u32(8))]);
  // MINIDUMP_UNLOADED_MODULE_LIST: header size, entry size, count.
  const unloaded = longEnough(streams, STREAM.unloadedModules, 12);
  if (unloaded !== undefined) facts.push(['unloaded modules', String(unloaded.u32(8))]);
  // MINIDUMP_EXCEPTION_STREAM: thread id 0, exception code 8.
  const exception = longEnough(streams, STREAM.exception, 12);
  if (exception !== undefined) {
    facts.push(['exception', `0x${exception.u32(8).toString(16)} in thread ${exception.u32(0)}`]);
  }
  const seconds = header.u32(HEADER.time);
  if (seconds !== 0) facts.push(['written', new Date(seconds * 1000).toISOString()]);
  facts.push(['streams', String(streams.length)]);
  return facts;
}
