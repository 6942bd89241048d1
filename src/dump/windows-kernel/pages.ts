/** Which physical pages a kernel dump of Windows holds, and where: the three ways of its types. */
import { latin1 } from '../../bytes/convert.js';
import { type ByteReader, checkedCount, checkedSize, type Fields } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { Warning } from '../../types.js';
import { Blocks } from '../blocks.js';
import type { Stretches } from '../stretches.js';
import { BITMAP, type HeaderLayout, PAGE, PHYSICAL_MEMORY_SIZE, RANGES } from './format.js';

export interface Pages {
  readonly reader: ByteReader;
  readonly knownSize: number | undefined;
  readonly layout: HeaderLayout;
  readonly header: Fields;
  readonly stretches: Stretches;
  readonly warnings: Warning[];
}

/** No file reaches further. */
const MAX_END = Math.floor(Number.MAX_SAFE_INTEGER / 4);
/** A bitmap of one bit for each page: as much as 64 TiB of memory have. */
const MAX_BITMAP = 2 ** 31;

/** Types 1: the runs of memory follow each other behind the header. */
export function addRuns({ layout, header, stretches }: Pages): void {
  const at = layout.physicalMemory;
  const word = layout.bits / 8;
  const start = at + 2 * word;
  const room = PHYSICAL_MEMORY_SIZE - 2 * word;
  const count = checkedCount(header.u32(at), 2 * word, room, 'count of runs');
  if (count === 0) throw new FormatError('no runs of memory');
  for (let i = 0; i < count; i++) {
    const run = start + i * 2 * word;
    const [first, pages] =
      word === 8 ? [header.u64(run), header.u64(run + 8)] : [BigInt(header.u32(run)), BigInt(header.u32(run + 4))];
    addPages(stretches, first, pages);
  }
}

/** Types 2, 5 and 6: the pages whose bits are set follow each other from a place that the bitmap's header tells. */
export function addBitmap({ reader, knownSize, layout, stretches, warnings }: Pages): void {
  const blocks = new Blocks(reader);
  const at = layout.size;
  const head = blocks.fields(at, BITMAP.bits, true);
  const words = blocks.bytes(at, 8);
  const isBitmap = BITMAP.magic.some((magic) => magic === latin1(words, 0, 4)) && latin1(words, 4, 8) === BITMAP.valid;
  if (head === undefined || !isBitmap) throw new FormatError('no bitmap of pages');
  const start = at + BITMAP.bits;
  const firstPage = checkedSize(head.u64(BITMAP.firstPage), MAX_END, 'offset of the first page');
  const bits = checkedSize(head.u64(BITMAP.pages), MAX_BITMAP * 8, 'count of pages');
  const length = Math.ceil(bits / 8);
  if (firstPage < start + length) throw new FormatError('the pages begin within their bitmap');
  stretches.add('metadata', firstPage - at);
  const there = Math.min(length, Math.max(0, reader.size - start));
  let present = 0;
  forEachRun(blocks, start, Math.min(bits, there * 8), (first, count) => {
    present += count;
    // A bitmap has at most 2^34 pages: no bigint is needed where no address is.
    if (stretches.full) stretches.add('physical', count * PAGE);
    else addPages(stretches, BigInt(first), BigInt(count));
  });
  if (there < length) warnings.push(cutTable('bitmap', knownSize));
  else if (BigInt(present) !== head.u64(BITMAP.present)) {
    const message = `${present} pages are marked, ${head.u64(BITMAP.present)} declared: addresses may be wrong`;
    warnings.push({ code: 'BAD_RANGE', message, incomplete: false });
  }
}

/** Calls back for each run of set bits, the lowest bit of a byte first. */
function forEachRun(blocks: Blocks, start: number, bits: number, onRun: (first: number, count: number) => void): void {
  let [first, count] = [0, 0];
  const end = Math.ceil(bits / 8);
  for (let i = 0; i < end; i++) {
    if (!blocks.has(start + i, 1)) break;
    const byte = blocks.u8(start + i);
    // Whole bytes of one kind are nearly all there is.
    if (byte === 0xff && count > 0 && i * 8 + 8 <= bits) count += 8;
    else if (byte !== 0 || count > 0) {
      for (let bit = 0; bit < 8 && i * 8 + bit < bits; bit++) {
        if ((byte >> bit) & 1) {
          if (count === 0) first = i * 8 + bit;
          count++;
        } else if (count > 0) {
          onRun(first, count);
          count = 0;
        }
      }
    }
  }
  if (count > 0) onRun(first, count);
}

/** Types 8 to 10: pairs of a page number and a count; a page number of zero ends them. */
export function addRanges({ reader, knownSize, layout, stretches, warnings }: Pages): void {
  const at = layout.size;
  const blocks = new Blocks(reader);
  const head = blocks.fields(at, RANGES.table, true);
  const words = blocks.bytes(at, 12);
  const isRanges = latin1(words, 4, 8) === RANGES.magic && latin1(words, 8, 12) === RANGES.valid;
  if (head?.u32(0) !== RANGES.marker || !isRanges) throw new FormatError('no ranges of pages');
  const start = at + RANGES.table;
  const firstPage = checkedSize(head.u64(RANGES.firstPage), MAX_END, 'offset of the first page');
  if (firstPage < start) throw new FormatError('the pages begin within their table');
  const size = checkedSize(head.u64(RANGES.tableSize), MAX_END, 'size of the table of pages');
  const count = Math.floor(Math.min(size, firstPage - start) / 16);
  stretches.add('metadata', firstPage - at);
  for (let i = 0; i < count; i++) {
    const range = blocks.fields(start + i * 16, 16, true);
    if (range === undefined) {
      warnings.push(cutTable('table', knownSize));
      return;
    }
    const first = range.u64(0);
    if (first === 0n) return;
    addPages(stretches, first, range.u64(8));
  }
}

/** Throws BoundsError where no file holds so much. */
function addPages(stretches: Stretches, first: bigint, count: bigint): void {
  const length = checkedSize(count * BigInt(PAGE), MAX_END - stretches.end, 'size of a run of pages');
  if (length > 0) stretches.add('physical', length, { physical: first * BigInt(PAGE) });
}

function cutTable(what: string, knownSize: number | undefined): Warning {
  if (knownSize === undefined) {
    const message = `the ${what} of pages lies beyond the first part of the stream: addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  return { code: 'TRUNCATED', message: `the ${what} of pages is cut off`, incomplete: true };
}
