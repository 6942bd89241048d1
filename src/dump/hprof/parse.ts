/** HPROF heap dumps of Java → dump map. Objects have no addresses of their own in it; `attribute` names them. */
import { latin1 } from '../../bytes/convert.js';
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Region, Warning } from '../../types.js';
import { Blocks } from '../blocks.js';
import { Stretches } from '../stretches.js';
import { attributeObjects } from './attribute.js';
import { MAX_VERSION, RECORD, TAG, TAGS, VERSIONS } from './format.js';

/** Records beyond this are not looked at one by one; a dump of 100 GB has some millions, most of them names. */
const MAX_RECORDS = 1 << 24;
/** Stretches of records that are told apart: more than a writer that mixes names and objects makes. */
const MAX_REGIONS = 1 << 16;

export interface HprofHeader {
  readonly version: string;
  readonly idSize: 4 | 8;
  /** Where the first record begins. */
  readonly start: number;
  readonly time: bigint;
}

/** Throws FormatError or BoundsError when the header is unusable. */
export function parseHprof(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const header = readHeader(reader);
  const warnings: Warning[] = [];
  const { regions, classes, strings, segments, declaredSize } = readRecords(reader, header, knownSize, warnings);
  return {
    format: 'hprof',
    facts: [
      ['version', header.version],
      ['id size', String(header.idSize)],
      ['written', timeOf(header.time)],
      ['classes', String(classes)],
      ['names', String(strings)],
      ['heap segments', String(segments)],
    ],
    regions,
    modules: [],
    threads: [],
    holes: [],
    declaredSize,
    warnings,
    attribute: (dump, offsets) => attributeObjects(dump, offsets, header),
  };
}

function readHeader(reader: ByteReader): HprofHeader {
  const head = reader.read(0, MAX_VERSION);
  const end = head.indexOf(0);
  const version = latin1(head, 0, Math.max(0, end));
  if (!VERSIONS.has(version)) throw new FormatError('unknown version');
  const fields = new Fields(readExactly(reader, end + 1, 12, 'header'), false);
  const idSize = fields.u32(0);
  if (idSize !== 4 && idSize !== 8) throw new FormatError(`ids of ${idSize} bytes`);
  return { version: version.slice('JAVA PROFILE '.length), idSize, start: end + 13, time: fields.u64(4) };
}

function timeOf(milliseconds: bigint): string {
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? `${milliseconds} ms` : date.toISOString();
}

/** Walks the headers of the records; neighbours that are alike are one region. */
function readRecords(
  reader: ByteReader,
  { start }: HprofHeader,
  knownSize: number | undefined,
  warnings: Warning[],
): { regions: Region[]; classes: number; strings: number; segments: number; declaredSize: number } {
  const blocks = new Blocks(reader);
  const stretches = new Stretches(0, MAX_REGIONS);
  stretches.add('metadata', start);
  const limit = knownSize ?? Number.MAX_SAFE_INTEGER;
  const count = { classes: 0, strings: 0, segments: 0 };
  let [at, records] = [start, 0];
  let ended = false;
  for (; records < MAX_RECORDS && at < limit; records++) {
    if (!blocks.has(at, RECORD.size)) break;
    const tag = blocks.u8(at);
    if (!TAGS.has(tag)) {
      warnings.push(unknownRecord(tag, at));
      break;
    }
    let body = 0;
    for (let i = RECORD.length; i < RECORD.size; i++) body = body * 256 + blocks.u8(at + i);
    const length = RECORD.size + body;
    const isHeap = tag === TAG.heapDump || tag === TAG.heapSegment;
    if (tag === TAG.loadClass) count.classes++;
    if (tag === TAG.utf8) count.strings++;
    if (isHeap) count.segments++;
    // 1.0.2 closes its segments with a record of its own.
    if (tag === TAG.heapDump || tag === TAG.heapEnd) ended = true;
    else if (tag === TAG.heapSegment) ended = false;
    stretches.add(isHeap ? 'heap' : 'metadata', length);
    at += length;
  }
  const walked = at;
  // Where the walk stopped in the middle of a record, that record's header at least is missing.
  if (knownSize !== undefined && warnings.length === 0) {
    if (at < limit && records < MAX_RECORDS) at += RECORD.size;
    if (at > knownSize || (at === knownSize && !ended)) warnings.push(truncated(knownSize, at));
  }
  if (records === MAX_RECORDS && at < limit) {
    const message = `more than ${MAX_RECORDS} records: those behind offset ${at} were not checked`;
    warnings.push({ code: 'TOO_MANY_RECORDS', message, incomplete: true });
  } else if (knownSize === undefined && walked <= reader.size && warnings.length === 0) {
    const message = 'records lie beyond the first part of the stream: they are not told apart';
    warnings.push({ code: 'MAP_PREFIX_ONLY', message, incomplete: false });
  }
  return { regions: stretches.regions(limit), ...count, declaredSize: Math.max(at, knownSize ?? 0) };
}

function unknownRecord(tag: number, at: number): Warning {
  const message = `no record begins at ${at} (tag ${tag}): what follows is scanned as raw bytes`;
  return { code: 'DAMAGED_RECORDS', message, incomplete: true };
}

function truncated(size: number, promised: number): Warning {
  const message =
    promised > size
      ? `the dump ends at ${size} bytes, its records promise ${promised}`
      : `the dump ends at ${size} bytes, before the end of its heap`;
  return { code: 'TRUNCATED', message, incomplete: true };
}
