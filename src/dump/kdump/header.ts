/** The two headers of a compressed kdump file. */
import { latin1 } from '../../bytes/convert.js';
import { checkedSize, Fields } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { Span } from '../../types.js';
import {
  AFTER_STATUS,
  FLAG,
  HEADER_LAYOUTS,
  HEADER_LENGTH,
  type HeaderLayout,
  MAX_PAGE,
  MIN_PAGE,
  SIGNATURE,
  SUB_HEADER_LENGTH,
  SUB_HEADER32,
  SUB_HEADER32_ALIGNED,
  SUB_HEADER64,
  type SubHeaderLayout,
  UTSNAME,
  UTSNAME_LENGTH,
  VERSION,
} from './format.js';

/** 2^52 bytes of physical memory are the most that any processor addresses, and 2^40 pages of 4 KiB. */
const MAX_PAGES = 2 ** 40;

export interface KdumpHeader {
  readonly littleEndian: boolean;
  readonly word: 4 | 8;
  readonly version: number;
  readonly names: ReadonlyArray<readonly [string, string]>;
  /** Seconds since 1970; 0 where the writer knew none. */
  readonly time: number;
  readonly status: number;
  readonly pageSize: number;
  /** Both bitmaps, or only the second where `partial` is not set. */
  readonly bitmaps: Span;
  readonly partial: boolean;
  /** Page frames of the machine. */
  readonly pages: number;
  readonly cpus: number;
  readonly physBase: bigint;
  readonly dumpLevel: number;
  /** The part of a dump that is split over several files: the first frame, and the one behind the last. */
  readonly split: readonly [from: number, to: number] | undefined;
  readonly vmcoreinfo: Span;
  readonly erased: boolean;
}

/** Throws FormatError or BoundsError when the headers cannot be a kdump's. */
export async function readHeader(file: RandomBytes): Promise<KdumpHeader> {
  const bytes = await file.read(0, HEADER_LENGTH);
  if (latin1(bytes, 0, 8) !== SIGNATURE) throw new FormatError('no kdump');
  const { fields, littleEndian, layout } = byteOrderAndLayout(bytes);
  const at = (field: number) => fields.u32(layout.status + field);
  const pageSize = at(AFTER_STATUS.blockSize);
  const version = fields.u32(VERSION);
  const sub = new Fields(await file.read(pageSize, SUB_HEADER_LENGTH), littleEndian);
  const machine = textAt(bytes, UTSNAME.machine);
  const maxMapNr = at(AFTER_STATUS.maxMapNr);
  const subLayout = subHeaderLayout(layout, sub, version, machine, maxMapNr);
  const word = (field: number) => (subLayout.word === 8 ? sub.u64(field) : BigInt(sub.u32(field)));
  const declared = version >= 6 ? sub.u64(subLayout.maxMapNr64) : BigInt(maxMapNr);
  const pages = checkedSize(declared, MAX_PAGES, 'count of page frames');
  const bitmapBlocks = at(AFTER_STATUS.bitmapBlocks);
  const partial = bitmapBlocks >= Math.ceil(Math.ceil(pages / 8) / pageSize) * 2;
  return {
    littleEndian,
    word: layout.word,
    version,
    names: Object.entries(UTSNAME).map(([name, offset]) => [name, textAt(bytes, offset)]),
    time: timeOf(fields, layout),
    status: at(0),
    pageSize,
    bitmaps: { offset: (1 + at(AFTER_STATUS.subHeaderBlocks)) * pageSize, length: bitmapBlocks * pageSize },
    partial,
    pages,
    cpus: at(AFTER_STATUS.cpus),
    physBase: word(0),
    dumpLevel: version >= 1 ? sub.u32(subLayout.dumpLevel) : 0,
    split: version >= 2 ? splitOf(sub, subLayout, version, pages) : undefined,
    vmcoreinfo: version >= 3 ? vmcoreinfoOf(sub, subLayout, file.size) : { offset: 0, length: 0 },
    erased: version >= 5 && word(subLayout.eraseinfoSize) > 0n,
  };
}

/** The version is a small number, the page size a power of two, in one byte order and at one place only. */
function byteOrderAndLayout(bytes: Uint8Array) {
  for (const littleEndian of [true, false]) {
    const fields = new Fields(bytes, littleEndian);
    if (fields.u32(VERSION) > 0xff) continue;
    for (const layout of HEADER_LAYOUTS) {
      const size = fields.u32(layout.status + AFTER_STATUS.blockSize);
      const blocks = fields.u32(layout.status + AFTER_STATUS.subHeaderBlocks);
      const fits = size >= MIN_PAGE && size <= MAX_PAGE && (size & (size - 1)) === 0;
      if (fits && blocks > 0 && blocks < 1 << 24) return { fields, littleEndian, layout };
    }
  }
  throw new FormatError('kdump header without a possible page size');
}

/** Version 6 repeats the count of frames with 64 bits, which tells the alignment; before, the machine's name does. */
function subHeaderLayout(
  { word }: HeaderLayout,
  sub: Fields,
  version: number,
  machine: string,
  maxMapNr: number,
): SubHeaderLayout {
  if (word === 8) return SUB_HEADER64;
  if (version >= 6) {
    const agrees = (layout: SubHeaderLayout) => Number(sub.u64(layout.maxMapNr64) & 0xffffffffn) === maxMapNr;
    return !agrees(SUB_HEADER32) && agrees(SUB_HEADER32_ALIGNED) ? SUB_HEADER32_ALIGNED : SUB_HEADER32;
  }
  return /^(arm|mips)/.test(machine) ? SUB_HEADER32_ALIGNED : SUB_HEADER32;
}

function splitOf(sub: Fields, layout: SubHeaderLayout, version: number, pages: number): KdumpHeader['split'] {
  if (sub.u32(layout.split) === 0) return undefined;
  const word = (field: number) => (layout.word === 8 ? sub.u64(field) : BigInt(sub.u32(field)));
  const from = version >= 6 ? sub.u64(layout.startPfn64) : word(layout.startPfn);
  const to = version >= 6 ? sub.u64(layout.endPfn64) : word(layout.endPfn);
  if (from > to) throw new BoundsError('part of a split dump that ends before it begins');
  return [checkedSize(from, pages, 'first page frame'), checkedSize(to < pages ? to : pages, pages, 'last page frame')];
}

/** Where VMCOREINFO lies; a place beyond the file is none. */
function vmcoreinfoOf(sub: Fields, layout: SubHeaderLayout, size: number): Span {
  const offset = sub.u64(layout.vmcoreinfo);
  const length = layout.word === 8 ? sub.u64(layout.vmcoreinfoSize) : BigInt(sub.u32(layout.vmcoreinfoSize));
  if (offset + length > BigInt(size)) return { offset: 0, length: 0 };
  return { offset: Number(offset), length: Number(length) };
}

/** struct timeval begins with the seconds. QEMU leaves it empty. */
function timeOf(fields: Fields, { word, time }: HeaderLayout): number {
  const seconds = word === 8 ? fields.u64(time) : BigInt(fields.u32(time));
  return seconds < 2n ** 40n ? Number(seconds) : 0;
}

function textAt(bytes: Uint8Array, offset: number): string {
  return latin1(bytes, offset, offset + UTSNAME_LENGTH)
    .replace(/\0.*$/s, '')
    .replace(/[^\x20-\x7e]/g, '?');
}

/** How the writer compressed, by the file's status. */
export function compressionOf(status: number): string {
  const names = (['zlib', 'lzo', 'snappy', 'zstd'] as const).filter((name) => (status & FLAG[name]) !== 0);
  return names.join(', ') || 'none';
}
