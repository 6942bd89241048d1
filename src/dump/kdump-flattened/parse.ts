/**
 * Flattened dumps of makedumpfile and QEMU: the rearranged file is a kdump, or an ELF core that is its own image. Then
 * come the bytes of the file that are not in the rearranged one, but for the records' own headers.
 */
import { latin1 } from '../../bytes/convert.js';
import { type ByteReader, Fields } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { DumpMap, Span, Warning } from '../../types.js';
import { parseElf } from '../elf-core/parse.js';
import { FileSpans, type Part, pagedDump } from '../image.js';
import { SIGNATURE as KDUMP } from '../kdump/format.js';
import { openKdump } from '../kdump/parse.js';
import type { PagedFormat } from '../paged.js';
import { HEADER_LENGTH, SIGNATURE, TYPE } from './format.js';
import { Rearranged, readRecords } from './records.js';

/** Headers and notes of an ELF core lie within: notes of some thousand processors do. */
const ELF_HEAD = 16 << 20;
/** Overwritten pieces that are kept apart; a real file has some few. */
const MAX_OVERWRITTEN = 1 << 16;

export const kdumpFlattened: PagedFormat = {
  name: 'kdump-flattened',
  matches: (head) => latin1(head, 0, SIGNATURE.length) === SIGNATURE,
  async open(file) {
    const head = new Fields(await file.read(0, TYPE.offset + 8), false);
    if (head.u64(TYPE.offset) !== TYPE.flat) throw new FormatError('flattened dump of an unknown type');
    const records = await readRecords(file);
    const rearranged = new Rearranged(file, records);
    const { map, parts } = await openInner(rearranged);
    const warnings: Warning[] = [...map.warnings];
    if (records.damage !== undefined) {
      const message = `${records.damage}: memory may be missing`;
      warnings.push({ code: 'TRUNCATED', message, incomplete: true });
    }
    const extra = extraSpans(file, rearranged, records.end, warnings);
    const rest = new FileSpans(file, extra);
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    const region = { offset: size, length: rest.length, kind: 'metadata' } as const;
    const declaredSize = map.declaredSize + rest.length;
    const whole: DumpMap = { ...map, regions: [...map.regions, region], declaredSize, warnings };
    return pagedDump(whole, [...parts, rest]);
  },
};

async function openInner(file: RandomBytes): Promise<{ map: DumpMap; parts: Part[] }> {
  const head = await file.read(0, 8);
  if (latin1(head) === KDUMP) return openKdump(file, 'kdump-flattened');
  const map = parseElf(readerOf(await file.read(0, ELF_HEAD)), file.size);
  const facts: DumpMap['facts'] = [...map.facts, ['flattened', map.format]];
  return {
    map: { ...map, format: 'kdump-flattened', facts },
    parts: [new FileSpans(file, [{ offset: 0, length: file.size }])],
  };
}

function readerOf(bytes: Uint8Array): ByteReader {
  return { size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) };
}

/** The file's header, what was written over, and what stands behind the last record. */
function extraSpans(file: RandomBytes, { overwritten }: Rearranged, end: number, warnings: Warning[]): Span[] {
  const spans: Span[] = [{ offset: 0, length: Math.min(HEADER_LENGTH, file.size) }];
  spans.push(...overwritten.slice(0, MAX_OVERWRITTEN));
  if (end < file.size) spans.push({ offset: end, length: file.size - end });
  const left = overwritten.slice(MAX_OVERWRITTEN).reduce((sum, { length }) => sum + length, 0);
  if (left > 0) {
    const message = `${left} bytes that later records wrote over were not looked at`;
    warnings.push({ code: 'OVERWRITTEN_RECORDS', message, incomplete: true });
  }
  return spans.sort((a, b) => a.offset - b.offset);
}
