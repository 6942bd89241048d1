/** Which format a dump has, by its magic alone, and its map. Never throws: a bad header is a map with a warning. */
import { bytesOf } from '../bytes/convert.js';
import type { ByteReader } from '../bytes/read.js';
import { BoundsError, FormatError } from '../errors.js';
import type { DumpMap, Warning } from '../types.js';
import { parseElf } from './elf-core/parse.js';
import { parseGoHeap } from './go-heap/parse.js';
import { parseHprof } from './hprof/parse.js';
import { parseLime } from './lime/parse.js';
import { parseMachO } from './mach-o-core/parse.js';
import { parseMinidump } from './minidump/parse.js';
import { rawMap } from './raw/parse.js';
import { RECOGNISE_LENGTH, recognise } from './recognise.js';
import { BEGINNING } from './v8-snapshot/format.js';
import { parseV8Snapshot } from './v8-snapshot/parse.js';
import { parseVmware } from './vmware/parse.js';
import { parseKernelDump32, parseKernelDump64 } from './windows-kernel/parse.js';

interface MappedFormat {
  /** As a damaged header's report names it. */
  readonly format: string;
  readonly magic: Uint8Array;
  readonly parse: (reader: ByteReader, knownSize: number | undefined) => DumpMap;
}

const FORMATS: readonly MappedFormat[] = [
  { format: 'elf', magic: bytesOf('\x7fELF'), parse: parseElf },
  { format: 'minidump', magic: bytesOf('MDMP'), parse: parseMinidump },
  { format: 'windows-kernel-dump-64', magic: bytesOf('PAGEDU64'), parse: parseKernelDump64 },
  { format: 'windows-kernel-dump-32', magic: bytesOf('PAGEDUMP'), parse: parseKernelDump32 },
  { format: 'go-heap-dump', magic: bytesOf('go1.7 heap dump\n'), parse: parseGoHeap },
  { format: 'v8-heap-snapshot', magic: bytesOf(BEGINNING), parse: parseV8Snapshot },
  { format: 'hprof', magic: bytesOf('JAVA PROFILE 1.0.'), parse: parseHprof },
  { format: 'lime', magic: bytesOf('EMiL\x01\0\0\0'), parse: parseLime },
  ...['\xd0\xbe\xd0\xbe', '\xd2\xbe\xd2\xbe', '\xd3\xbe\xd3\xbe', '\xd1\xba\xd1\xba', '\xd2\xba\xd2\xba'].map((id) => ({
    format: 'vmware-state',
    magic: bytesOf(id),
    parse: parseVmware,
  })),
  { format: 'lime', magic: bytesOf('LiME\0\0\0\x01'), parse: parseLime },
  ...['\xcf\xfa\xed\xfe', '\xce\xfa\xed\xfe', '\xfe\xed\xfa\xcf', '\xfe\xed\xfa\xce'].map((magic) => ({
    format: 'mach-o',
    magic: bytesOf(magic),
    parse: parseMachO,
  })),
];

/**
 * `reader` may hold only the beginning of a stream; then `knownSize` is undefined, and what lies further on is left out
 * of the map (warning MAP_PREFIX_ONLY).
 */
export function readDumpMap(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const head = reader.read(0, RECOGNISE_LENGTH);
  for (const { format, magic, parse } of FORMATS) {
    if (startsWith(head, magic)) return guarded(format, knownSize, () => parse(reader, knownSize));
  }
  const known = recognise(head);
  if (known === undefined) return rawMap(knownSize);
  const message = `${known.format} is not unpacked: only its packed bytes were scanned`;
  return rawMap(knownSize, known.format, [{ code: 'COMPRESSED_NOT_UNPACKED', message, incomplete: true }]);
}

function startsWith(head: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/** A header that cannot be read at all leaves raw bytes and a warning. */
function guarded(format: string, size: number | undefined, parse: () => DumpMap): DumpMap {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
    const warning: Warning = {
      code: 'DAMAGED_HEADER',
      message: `${format} header cannot be read (${error.message}): scanned as raw bytes`,
      incomplete: true,
    };
    return rawMap(size, format, [warning]);
  }
}
