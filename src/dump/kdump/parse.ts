/**
 * Compressed kdump files, as makedumpfile and QEMU write them. The image is the headers, bitmaps and descriptors as they
 * stand; the pages, ascending by frame; then all bytes of the file that no descriptor refers to.
 */
import { latin1 } from '../../bytes/convert.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { DumpMap, Hole, Region, Warning } from '../../types.js';
import { FileSpans, type Part, pagedDump } from '../image.js';
import type { PagedFormat } from '../paged.js';
import { SpanSet } from '../span-set.js';
import { type Frames, type Runs, readBitmaps } from './bitmap.js';
import { DESCRIPTOR, FLAG, SIGNATURE } from './format.js';
import { compressionOf, type KdumpHeader, readHeader } from './header.js';
import { forDescriptors, KdumpPages, type PageTable } from './pages.js';
import { readVmcoreinfo } from './vmcoreinfo.js';

export const kdump: PagedFormat = {
  name: 'kdump',
  matches: (head) => latin1(head, 0, SIGNATURE.length) === SIGNATURE,
  async open(file) {
    const { map, parts } = await openKdump(file, 'kdump');
    return pagedDump(map, parts);
  },
};

export async function openKdump(file: RandomBytes, format: string): Promise<{ map: DumpMap; parts: Part[] }> {
  const header = await readHeader(file);
  const frames = await readBitmaps(file, header);
  const offset = header.bitmaps.offset + header.bitmaps.length;
  const there = Math.max(0, Math.floor((file.size - offset) / DESCRIPTOR.length));
  const count = Math.min(frames.present.total, there);
  const table: PageTable = { file, littleEndian: header.littleEndian, pageSize: header.pageSize, offset, count };
  const warnings: Warning[] = [];
  const tables = Math.min(file.size, offset + count * DESCRIPTOR.length);
  const { rest, unwritten } = await unreferenced(table, tables, warnings);
  const head = new FileSpans(file, [{ offset: 0, length: tables }]);
  const pages = new KdumpPages(table);
  const tail = new FileSpans(file, rest);
  const missing = frames.present.total - count;
  warnings.push(...warningsOf(header, frames, missing, unwritten));
  const regions: Region[] = [{ offset: 0, length: tables, kind: 'metadata' }];
  addPhysical(regions, frames.present, tables, header.pageSize, count);
  for (const { length } of rest) {
    const last = regions.at(-1) as Region;
    regions.push({ offset: last.offset + last.length, length, kind: 'metadata' });
  }
  const map: DumpMap = {
    format,
    facts: await factsOf(file, header, frames),
    regions: regions.filter(({ length }) => length > 0),
    modules: [],
    threads: [],
    holes: holesOf(frames.excluded, header.pageSize),
    declaredSize: head.length + pages.length + tail.length + missing * header.pageSize,
    warnings,
  };
  return { map, parts: [head, pages, tail] };
}

/** The spans behind the tables that are no page's data: erase information, and what nothing is known of. */
async function unreferenced(table: PageTable, from: number, warnings: Warning[]) {
  const referenced = new SpanSet();
  let unwritten = 0;
  await forDescriptors(table, (offset, size) => {
    if (offset === 0) unwritten++;
    else if (size > 0 && size <= table.pageSize) referenced.add(offset, offset + size);
  });
  const rest = referenced.gaps(from, table.file.size);
  if (referenced.overflow) {
    const message = 'pages lie scattered in the file: what lies between them is scanned as it stands, packed pages too';
    warnings.push({ code: 'SCATTERED_PAGES', message, incomplete: false });
  }
  return { rest, unwritten };
}

/** Physical regions of the first `count` present frames. */
function addPhysical(regions: Region[], { runs }: Runs, from: number, pageSize: number, count: number): void {
  let [offset, left] = [from, count];
  for (const run of runs) {
    const pages = Math.min(run.count, left);
    if (pages === 0) return;
    const physical = BigInt(run.first) * BigInt(pageSize);
    regions.push({ offset, length: pages * pageSize, kind: 'physical', physical });
    offset += pages * pageSize;
    left -= pages;
  }
  // More runs than are kept: the bytes stay, their addresses do not.
  if (left > 0) regions.push({ offset, length: left * pageSize, kind: 'physical' });
}

/** Physical addresses: there are no others in such a dump. */
function holesOf(excluded: Runs, pageSize: number): Hole[] {
  const size = BigInt(pageSize);
  const holes = excluded.runs.map(({ first, count }) => ({
    address: BigInt(first) * size,
    length: BigInt(count) * size,
  }));
  const told = excluded.runs.reduce((sum, { count }) => sum + count, 0);
  const last = excluded.runs.at(-1);
  if (last !== undefined && told < excluded.total) {
    holes.push({ address: BigInt(last.first + last.count) * size, length: BigInt(excluded.total - told) * size });
  }
  return holes;
}

function warningsOf(header: KdumpHeader, frames: Frames, missing: number, unwritten: number): Warning[] {
  const warnings: Warning[] = [];
  const incomplete = (code: string, message: string) => warnings.push({ code, message, incomplete: true });
  if (header.split !== undefined) {
    const [from, to] = header.split;
    const message = `one part of a dump that is split over several files: page frames ${from} to ${to} of ${header.pages}`;
    incomplete('SPLIT_DUMP', message);
  }
  if ((header.status & FLAG.incomplete) !== 0 || unwritten > 0) {
    const message = `the dump says that not all of it was written (${unwritten} pages have no data)`;
    incomplete('INCOMPLETE_DUMP', message);
  }
  if (frames.truncated)
    incomplete('TRUNCATED', 'the file ends within its bitmaps: which pages are missing is not known');
  if (missing > 0) incomplete('TRUNCATED', `${missing} page descriptors are missing`);
  if (frames.present.cut) {
    const message = 'memory in more pieces than are told apart: physical addresses will be missing';
    warnings.push({ code: 'TOO_MANY_REGIONS', message, incomplete: false });
  }
  return warnings;
}

async function factsOf(
  file: RandomBytes,
  header: KdumpHeader,
  { present, excluded }: Frames,
): Promise<DumpMap['facts']> {
  const { names, littleEndian, word, time, pageSize, dumpLevel, status, cpus, physBase } = header;
  const name = new Map(names);
  const machine = name.get('machine') || 'unknown';
  const facts: Array<readonly [string, string]> = [
    ['machine', `${machine}, ${word * 8}-bit, ${littleEndian ? 'little' : 'big'}-endian`],
  ];
  for (const key of ['release', 'nodename'] as const) {
    const value = name.get(key);
    if (value) facts.push([key === 'nodename' ? 'node' : key, value]);
  }
  if (time > 0) facts.push(['time', new Date(time * 1000).toISOString()]);
  facts.push(['page size', String(pageSize)], ['processors', String(cpus)]);
  facts.push(['pages', `${present.total} present, ${excluded.total} left out`]);
  facts.push(['dump level', String(dumpLevel)], ['compression', compressionOf(status)]);
  if (physBase !== 0n) facts.push(['phys_base', `0x${BigInt.asUintN(word * 8, physBase).toString(16)}`]);
  if (header.erased) facts.push(['erased', 'the writer erased some memory (eraseinfo)']);
  if ((status & FLAG.vmemmapExcluded) !== 0) facts.push(['left out', 'unused vmemmap pages']);
  facts.push(...(await readVmcoreinfo(file, header.vmcoreinfo)));
  return facts;
}
