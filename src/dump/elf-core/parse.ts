/** ELF cores (and other ELF files, which are raw bytes to us): headers and notes → dump map. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { DumpMap, Hole, Region, Warning } from '../../types.js';
import { rawMap } from '../raw/parse.js';
import { ELF32, ELF64, type ElfLayout, ET_CORE, MACHINES, PN_XNUM, PT_LOAD, PT_NOTE } from './format.js';
import { byAddress, labelSegments } from './label.js';
import { modulesOf } from './modules.js';
import { type CoreNotes, readNotes } from './notes.js';

/** One program header. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
}

/** More are not read; a real core of a busy process has some 100,000. */
const MAX_SEGMENTS = 1 << 20;
/** Program headers read at a time. */
const BLOCK = 1 << 14;
/** Notes beyond this, in all, are left out: some kilobytes for each of many thousand threads fit. */
const MAX_NOTES = 64 * 1024 * 1024;

/** Throws FormatError or BoundsError when the ELF header itself is unusable. */
export function parseElf(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const ident = readExactly(reader, 0, 16, 'ELF identification');
  const layout = ident[4] === 2 ? ELF64 : ident[4] === 1 ? ELF32 : undefined;
  const littleEndian = ident[5] === 1;
  if (layout === undefined || (ident[5] !== 1 && ident[5] !== 2)) throw new FormatError('unknown class or byte order');
  const header = new Fields(readExactly(reader, 0, layout.header.size, 'ELF header'), littleEndian);
  if (header.u16(16) !== ET_CORE) return rawMap(knownSize, 'elf');
  const machine = header.u16(18);
  const warnings: Warning[] = [];
  const segments = readSegments(reader, header, layout, littleEndian, knownSize, warnings);
  const notes = readAllNotes(reader, segments, layout, littleEndian, machine, knownSize, warnings);
  const declaredSize = declaredEnd(segments, knownSize, warnings);
  const table = Number(layout.word === 8 ? header.u64(layout.header.phoff) : header.u32(layout.header.phoff));
  return {
    format: 'elf-core',
    facts: factsOf(notes, machine, layout, littleEndian, segments.length),
    regions: [
      { offset: 0, length: layout.header.size, kind: 'metadata' } as Region,
      { offset: table, length: segments.length * layout.segment.size, kind: 'metadata' } as Region,
      ...labelSegments(segments, notes, knownSize ?? Number.MAX_SAFE_INTEGER),
    ].sort((a, b) => a.offset - b.offset),
    modules: modulesOf(byAddress(notes.files, ({ start }) => start)),
    threads: notes.threads,
    holes: holesOf(segments),
    declaredSize,
    warnings,
  };
}

function readAllNotes(
  reader: ByteReader,
  segments: readonly Segment[],
  layout: ElfLayout,
  littleEndian: boolean,
  machine: number,
  knownSize: number | undefined,
  warnings: Warning[],
): CoreNotes {
  const notes: CoreNotes = { threads: [], files: [] };
  let budget = MAX_NOTES;
  let [damaged, beyond] = [false, false];
  for (const segment of segments) {
    if (segment.type !== PT_NOTE || segment.fileSize === 0n) continue;
    const { offset, length } = clip(segment, reader.size);
    const bytes = reader.read(offset, Math.min(length, budget));
    budget -= bytes.length;
    if (knownSize === undefined && segment.offset + segment.fileSize > BigInt(reader.size)) beyond = true;
    else if (bytes.length < Number(segment.fileSize)) damaged = true;
    if (!readNotes(bytes, layout, littleEndian, machine, notes) && !beyond) damaged = true;
  }
  if (beyond) {
    const message = 'notes lie beyond the first part of the stream: names will be missing';
    warnings.push({ code: 'MAP_PREFIX_ONLY', message, incomplete: false });
  }
  if (damaged) {
    const message = 'some notes cannot be read: names may be missing';
    warnings.push({ code: 'DAMAGED_NOTES', message, incomplete: false });
  }
  return notes;
}

function readSegments(
  reader: ByteReader,
  header: Fields,
  layout: ElfLayout,
  littleEndian: boolean,
  knownSize: number | undefined,
  warnings: Warning[],
): Segment[] {
  const word = (fields: Fields, at: number) => (layout.word === 8 ? fields.u64(at) : BigInt(fields.u32(at)));
  const start = word(header, layout.header.phoff);
  const entrySize = header.u16(layout.header.phentsize);
  const declared = header.u16(layout.header.phentsize + 2);
  if (entrySize !== layout.segment.size) throw new FormatError(`program headers of ${entrySize} bytes`);
  if (start > BigInt(Number.MAX_SAFE_INTEGER)) throw new BoundsError(`program headers lie at ${start}`);
  if (declared === 0) throw new FormatError('no program headers');
  const extended =
    declared === PN_XNUM ? extendedCount(reader, word(header, layout.header.shoff), layout, littleEndian) : declared;
  if (extended === undefined && knownSize !== undefined) {
    const message = 'the section header with the count of segments is missing';
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  let count = Math.min(extended ?? MAX_SEGMENTS, MAX_SEGMENTS);
  const segments: Segment[] = [];
  while (segments.length < count) {
    const wanted = Math.min(BLOCK, count - segments.length);
    const at = Number(start) + segments.length * entrySize;
    const block = reader.read(at, wanted * entrySize);
    const fields = new Fields(block, littleEndian);
    const got = Math.floor(block.length / entrySize);
    for (let i = 0; i < got; i++) {
      const base = i * entrySize;
      const segment: Segment = {
        type: fields.u32(base),
        flags: fields.u32(base + layout.segment.flags),
        offset: word(fields, base + layout.segment.offset),
        address: word(fields, base + layout.segment.vaddr),
        fileSize: word(fields, base + layout.segment.filesz),
        memorySize: word(fields, base + layout.segment.memsz),
      };
      if (extended === undefined) {
        // The section header that has the count is out of reach. The first segment, the notes, begins where the table
        // ends (fs/binfmt_elf.c, elf_core_dump).
        if (segments.length === 0) count = Math.min(count, Number((segment.offset - start) / BigInt(entrySize)));
        if (segments.length >= count || !isPlausible(segment)) return segments;
      }
      segments.push(segment);
    }
    if (got < wanted) {
      warnings.push(missingHeaders(count - segments.length, knownSize));
      break;
    }
  }
  if (extended !== undefined && extended > MAX_SEGMENTS) {
    const message = `${extended} segments declared, ${MAX_SEGMENTS} read`;
    warnings.push({ code: 'TOO_MANY_SEGMENTS', message, incomplete: true });
  }
  return segments;
}

/** In a stream, the table may only lie too far on; in a file, it is cut off. */
function missingHeaders(missing: number, knownSize: number | undefined): Warning {
  if (knownSize === undefined) {
    const message = `${missing} program headers lie beyond the first part of the stream: addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  return { code: 'TRUNCATED', message: `${missing} program headers are missing`, incomplete: true };
}

function isPlausible({ type, fileSize, memorySize }: Segment): boolean {
  return (type === PT_LOAD || type === PT_NOTE) && (type === PT_NOTE || fileSize <= memorySize);
}

function extendedCount(
  reader: ByteReader,
  offset: bigint,
  layout: ElfLayout,
  littleEndian: boolean,
): number | undefined {
  if (offset === 0n || offset > BigInt(reader.size)) return undefined;
  const bytes = reader.read(Number(offset), layout.sectionInfo + 4);
  return bytes.length < layout.sectionInfo + 4 ? undefined : new Fields(bytes, littleEndian).u32(layout.sectionInfo);
}

function clip({ offset, fileSize }: Segment, size: number): { offset: number; length: number } {
  const start = offset > BigInt(size) ? size : Number(offset);
  const length = fileSize > BigInt(size - start) ? size - start : Number(fileSize);
  return { offset: start, length };
}

/** Where the last segment ends; says when that lies beyond the file, or beyond all reason. */
function declaredEnd(segments: readonly Segment[], knownSize: number | undefined, warnings: Warning[]): number {
  let [end, absurd] = [0n, 0];
  for (const { offset, fileSize } of segments) {
    if (offset + fileSize > BigInt(Number.MAX_SAFE_INTEGER) / 4n) absurd++;
    else if (fileSize > 0n && offset + fileSize > end) end = offset + fileSize;
  }
  if (absurd > 0) {
    const message = `${absurd} segments lie where no file reaches`;
    warnings.push({ code: 'BAD_SEGMENT', message, incomplete: true });
  }
  if (knownSize !== undefined && end > BigInt(knownSize)) {
    const message = `the dump ends at ${knownSize} bytes, its headers promise ${end}`;
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return Math.max(Number(end), knownSize ?? 0);
}

function holesOf(segments: readonly Segment[]): Hole[] {
  return segments.flatMap(({ type, address, fileSize, memorySize }) =>
    type === PT_LOAD && memorySize > fileSize ? [{ address: address + fileSize, length: memorySize - fileSize }] : [],
  );
}

function factsOf(
  { program, pid, signal }: CoreNotes,
  machine: number,
  { word }: ElfLayout,
  littleEndian: boolean,
  segments: number,
): DumpMap['facts'] {
  const facts: Array<readonly [string, string]> = [
    [
      'machine',
      `${MACHINES[machine]?.name ?? `number ${machine}`}, ${word * 8}-bit, ${littleEndian ? 'little' : 'big'}-endian`,
    ],
  ];
  if (program !== undefined) facts.push(['program', program]);
  if (pid !== undefined) facts.push(['process', String(pid)]);
  if (signal !== undefined) facts.push(['signal', String(signal)]);
  facts.push(['segments', String(segments)]);
  return facts;
}
