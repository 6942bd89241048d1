/** ELF cores (and other ELF files, which are raw bytes to us): headers and notes → dump map. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Hole, Region } from '../../types.js';
import { isVmcore, machineFacts, physicalHoles, physicalRegions } from '../elf-vmcore/parse.js';
import { Lookup } from '../lookup.js';
import { rawMap } from '../raw/parse.js';
import { ELF32, ELF64, ET_CORE, MACHINES, PT_LOAD, PT_NOTE } from './format.js';
import { labelSegments } from './label.js';
import { modulesOf } from './modules.js';
import { type CoreNotes, readNotes } from './notes.js';
import { type Core, readSegments, type Segment, tableOffset } from './segments.js';

/** Notes beyond this, in all, are left out: some kilobytes for each of many thousand threads fit. */
const MAX_NOTES = 64 * 1024 * 1024;

/** No file reaches further. */
const MAX_END = Number.MAX_SAFE_INTEGER / 4;

/** Throws FormatError or BoundsError when the ELF header itself is unusable. */
export function parseElf(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const ident = readExactly(reader, 0, 16, 'ELF identification');
  const layout = ident[4] === 2 ? ELF64 : ident[4] === 1 ? ELF32 : undefined;
  const littleEndian = ident[5] === 1;
  if (layout === undefined || (ident[5] !== 1 && ident[5] !== 2)) throw new FormatError('unknown class or byte order');
  const header = new Fields(readExactly(reader, 0, layout.header.size, 'ELF header'), littleEndian);
  if (header.u16(16) !== ET_CORE) return rawMap(knownSize, 'elf');
  const core: Core = { reader, knownSize, layout, littleEndian, machine: header.u16(18), header, warnings: [] };
  const segments = readSegments(core);
  const notes = readAllNotes(core, segments);
  const declaredSize = declaredEnd(core, segments);
  const files = new Lookup(notes.files, ({ start }) => start);
  const size = knownSize ?? Number.MAX_SAFE_INTEGER;
  // A machine's memory has no threads and files of one process; its tasks are the processors'.
  const machine = isVmcore(notes);
  const memory = machine ? physicalRegions(segments, core, size) : labelSegments(segments, notes, files, size);
  const regions: Region[] = [
    { offset: 0, length: layout.header.size, kind: 'metadata' },
    { offset: tableOffset(core), length: segments.length * layout.segment.size, kind: 'metadata' },
  ];
  for (const region of memory) regions.push(region);
  return {
    format: machine ? 'elf-vmcore' : 'elf-core',
    facts: factsOf(core, notes, segments.length),
    regions: regions.filter(({ length }) => length > 0).sort((a, b) => a.offset - b.offset),
    modules: machine ? [] : modulesOf(files.items),
    threads: machine ? [] : notes.threads,
    holes: machine ? physicalHoles(segments, core) : holesOf(segments),
    ...(!littleEndian && { swappedWord: layout === ELF64 ? 8 : 4 }),
    declaredSize,
    warnings: core.warnings,
  };
}

function readAllNotes({ reader, knownSize, layout, littleEndian, machine, warnings }: Core, segments: Segment[]) {
  const notes: CoreNotes = { threads: [], files: [] };
  let budget = MAX_NOTES;
  let [damaged, beyond] = [false, false];
  for (const { type, offset, fileSize } of segments) {
    if (type !== PT_NOTE || fileSize === 0) continue;
    const bytes = reader.read(offset, Math.min(fileSize, budget, Math.max(0, reader.size - offset)));
    budget -= bytes.length;
    const whole = readNotes(bytes, layout, littleEndian, machine, notes) && bytes.length === fileSize;
    if (knownSize === undefined && offset + fileSize > reader.size) beyond = true;
    else if (!whole) damaged = true;
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

/** Where the last segment ends; says when that lies beyond the file, or beyond all reason. */
function declaredEnd({ knownSize, warnings }: Core, segments: readonly Segment[]): number {
  let [end, absurd] = [0, 0];
  for (const { offset, fileSize } of segments) {
    if (offset + fileSize > MAX_END) absurd++;
    else if (fileSize > 0) end = Math.max(end, offset + fileSize);
  }
  if (absurd > 0) {
    const message = `${absurd} segments lie where no file reaches`;
    warnings.push({ code: 'BAD_SEGMENT', message, incomplete: true });
  }
  if (knownSize !== undefined && end > knownSize) {
    const message = `the dump ends at ${knownSize} bytes, its headers promise ${end}`;
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return Math.max(end, knownSize ?? 0);
}

function holesOf(segments: readonly Segment[]): Hole[] {
  const holes: Hole[] = [];
  for (const { type, address, fileSize, memorySize } of segments) {
    if (type !== PT_LOAD || memorySize <= fileSize) continue;
    holes.push({ address: address + BigInt(fileSize), length: BigInt(memorySize - fileSize) });
  }
  return holes;
}

function factsOf({ machine, layout, littleEndian }: Core, notes: CoreNotes, segments: number): DumpMap['facts'] {
  const { program, pid, signal } = notes;
  const name = MACHINES[machine]?.name ?? `number ${machine}`;
  const facts: Array<readonly [string, string]> = [
    ['machine', `${name}, ${layout.word * 8}-bit, ${littleEndian ? 'little' : 'big'}-endian`],
  ];
  facts.push(...machineFacts(notes));
  if (program !== undefined) facts.push(['program', program]);
  if (pid !== undefined) facts.push(['process', String(pid)]);
  if (signal !== undefined) facts.push(['signal', String(signal)]);
  facts.push(['segments', String(segments)]);
  return facts;
}
