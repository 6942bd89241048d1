/** The facts of a minidump: system, process, modules. */
import { type ByteReader, Fields } from '../../bytes/read.js';
import type { DumpMap, Module } from '../../types.js';
import { ARCHITECTURES, HEADER, MODULE, PLATFORMS, STREAM } from './format.js';
import { listStart, type Stream } from './parse.js';

/** Paths are shorter. */
const MAX_STRING = 32_768;

/** MINIDUMP_STRING: u32 length in bytes, then UTF-16LE. Empty where there is none. */
export function readString(reader: ByteReader, rva: number): string {
  const head = reader.read(rva, 4);
  if (head.length < 4) return '';
  const length = Math.min(new Fields(head, true).u32(0), MAX_STRING);
  return Buffer.from(reader.read(rva + 4, length - (length % 2))).toString('utf16le');
}

export function readModules(stream: Stream, reader: ByteReader): Module[] {
  const { start, count } = listStart(stream, MODULE.size, 'count of modules');
  const { fields } = stream;
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * MODULE.size;
    const [high, low] = [fields.u32(at + MODULE.versionHigh), fields.u32(at + MODULE.versionLow)];
    return {
      name: readString(reader, fields.u32(at + MODULE.name)),
      address: fields.u64(at + MODULE.base),
      length: BigInt(fields.u32(at + MODULE.length)),
      version: [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join('.'),
    };
  });
}

/** Facts for people. Command line and environment are left out: they may hold passwords. */
export function readFacts(header: Fields, streams: readonly Stream[]): DumpMap['facts'] {
  const facts: Array<readonly [string, string]> = [];
  const system = streams.find(({ type, bytes }) => type === STREAM.systemInfo && bytes.length >= 24)?.fields;
  if (system !== undefined) {
    const platform = system.u32(20);
    const version = [system.u32(8), system.u32(12), system.u32(16)].join('.');
    facts.push(['machine', ARCHITECTURES[system.u16(0)] ?? `number ${system.u16(0)}`]);
    facts.push(['system', `${PLATFORMS[platform] ?? `platform ${platform}`} ${version}`]);
  }
  // MINIDUMP_MISC_INFO: flags1 at 4 (bit 0: process id is valid), process id at 8.
  const misc = streams.find(({ type, bytes }) => type === STREAM.miscInfo && bytes.length >= 12)?.fields;
  if (misc !== undefined && misc.u32(4) & 1) facts.push(['process', String(misc.u32(8))]);
  // MINIDUMP_HANDLE_DATA_STREAM: header size, descriptor size, count.
  const handles = streams.find(({ type, bytes }) => type === STREAM.handleData && bytes.length >= 12)?.fields;
  if (handles !== undefined) facts.push(['handles', String(handles.u32(8))]);
  // MINIDUMP_EXCEPTION_STREAM: thread id 0, exception code 8.
  const exception = streams.find(({ type, bytes }) => type === STREAM.exception && bytes.length >= 12)?.fields;
  if (exception !== undefined) {
    facts.push(['exception', `0x${exception.u32(8).toString(16)} in thread ${exception.u32(0)}`]);
  }
  const seconds = header.u32(HEADER.time);
  if (seconds !== 0) facts.push(['written', new Date(seconds * 1000).toISOString()]);
  facts.push(['streams', String(streams.length)]);
  return facts;
}
