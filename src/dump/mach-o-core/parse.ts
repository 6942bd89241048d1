/** Mach-O cores (macOS, iOS, lldb) → dump map; other Mach-O files are raw bytes to us. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Hole, Region, Warning } from '../../types.js';
import { Lookup } from '../lookup.js';
import { rawMap } from '../raw/parse.js';
import { type Commands, readCommands, type Segment } from './commands.js';
import { COMMAND, CPUS, HEADER, MACH32, MACH64, MH_CORE, PROTECTION } from './format.js';

/** Room for 900,000 segments; a real core has some thousand. */
const MAX_COMMAND_BYTES = 64 * 1024 * 1024;
/** A larger region that holds a stack pointer is more than a stack. */
const MAX_STACK = 64 * 1024 * 1024;
/** Owners of notes in one fact. */
const MAX_NAMED = 8;
/** No file reaches further. */
const MAX_END = Number.MAX_SAFE_INTEGER / 4;

/** Throws FormatError or BoundsError when the header is unusable. */
export function parseMachO(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const magic = new Fields(readExactly(reader, 0, 4, 'magic'), false).u32(0);
  const littleEndian = magic === 0xcffaedfe || magic === 0xcefaedfe;
  const layout = magic === 0xcffaedfe || magic === 0xfeedfacf ? MACH64 : MACH32;
  const header = new Fields(readExactly(reader, 0, layout.header, 'header'), littleEndian);
  if (header.u32(HEADER.fileType) !== MH_CORE) return rawMap(knownSize);
  const [count, declared] = [header.u32(HEADER.commands), header.u32(HEADER.commandBytes)];
  if (count === 0 || declared < count * COMMAND) throw new FormatError(`${count} commands in ${declared} bytes`);
  const there = Math.min(declared, MAX_COMMAND_BYTES, Math.max(0, reader.size - layout.header));
  const cpu = header.u32(HEADER.cpu);
  const commands = readCommands(reader.read(layout.header, there), littleEndian, count, cpu, layout);
  const warnings: Warning[] = [];
  if (commands.missing > 0) warnings.push(missingCommands(commands.missing, there < declared, knownSize));
  const end = declaredEnd(layout.header + declared, commands, knownSize, warnings);
  const size = knownSize ?? Number.MAX_SAFE_INTEGER;
  const regions: Region[] = [
    { offset: 0, length: Math.min(layout.header + declared, size), kind: 'metadata' },
    ...commands.notes.map(({ offset, length }): Region => ({ offset, length, kind: 'metadata' })),
  ];
  for (const region of segmentRegions(commands)) regions.push(region);
  return {
    format: 'mach-o-core',
    facts: factsOf(cpu, layout.word, littleEndian, commands),
    regions: regions
      .filter(({ offset, length }) => length > 0 && offset < size && offset + length <= MAX_END)
      .map((region) => ({ ...region, length: Math.min(region.length, size - region.offset) }))
      .sort((a, b) => a.offset - b.offset),
    modules: [],
    threads: commands.threads,
    holes: holesOf(commands.segments),
    declaredSize: Math.max(end, knownSize ?? 0),
    warnings,
  };
}

function segmentRegions({ segments, threads }: Commands): Region[] {
  const lookup = new Lookup(segments, ({ address }) => address);
  const stacks = new Map<Segment, number>();
  for (const { id, stackPointer } of threads) {
    const segment = stackPointer === undefined ? undefined : lookup.lastBefore(stackPointer);
    if (segment === undefined || stackPointer === undefined || stacks.has(segment)) continue;
    const inside = stackPointer < segment.address + BigInt(segment.memorySize);
    if (inside && segment.memorySize <= MAX_STACK) stacks.set(segment, id);
  }
  return segments.map((segment): Region => {
    const { offset, fileSize, address, protection } = segment;
    const thread = stacks.get(segment);
    return {
      offset,
      length: fileSize,
      kind: thread === undefined ? 'anonymous' : 'stack',
      address,
      ...(thread !== undefined && { thread }),
      protection: lettersOf(protection),
    };
  });
}

function lettersOf(protection: number): string {
  const { read, write, execute } = PROTECTION;
  return `${protection & read ? 'r' : '-'}${protection & write ? 'w' : '-'}${protection & execute ? 'x' : '-'}`;
}

function holesOf(segments: readonly Segment[]): Hole[] {
  return segments
    .filter(({ fileSize, memorySize }) => memorySize > fileSize)
    .map(({ address, fileSize, memorySize }) => ({
      address: address + BigInt(fileSize),
      length: BigInt(memorySize) - BigInt(fileSize),
    }));
}

/** Where the last segment or note ends; says when that lies beyond the file, or beyond all reason. */
function declaredEnd(start: number, commands: Commands, knownSize: number | undefined, warnings: Warning[]): number {
  let [end, absurd] = [start, 0];
  const spans = [...commands.segments.map(({ offset, fileSize }) => ({ offset, length: fileSize })), ...commands.notes];
  for (const { offset, length } of spans) {
    if (offset + length > MAX_END) absurd++;
    else if (length > 0) end = Math.max(end, offset + length);
  }
  if (absurd > 0) {
    const message = `${absurd} segments or notes lie where no file reaches`;
    warnings.push({ code: 'BAD_SEGMENT', message, incomplete: true });
  }
  if (knownSize !== undefined && end > knownSize) {
    const message = `the dump ends at ${knownSize} bytes, its headers promise ${end}`;
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return end;
}

function missingCommands(missing: number, cut: boolean, knownSize: number | undefined): Warning {
  if (cut && knownSize === undefined) {
    const message = `${missing} load commands lie beyond the first part of the stream: addresses will be missing`;
    return { code: 'MAP_PREFIX_ONLY', message, incomplete: false };
  }
  const code = cut ? 'TRUNCATED' : 'DAMAGED_RECORDS';
  return { code, message: `${missing} load commands are missing, or do not fit`, incomplete: true };
}

function factsOf(cpu: number, word: number, littleEndian: boolean, commands: Commands): DumpMap['facts'] {
  const { segments, threads, notes } = commands;
  const name = CPUS[cpu]?.name ?? `number ${cpu}`;
  const facts: Array<readonly [string, string]> = [
    ['machine', `${name}, ${word * 8}-bit, ${littleEndian ? 'little' : 'big'}-endian`],
    ['segments', String(segments.length)],
    ['threads', String(threads.length)],
  ];
  if (notes.length > 0)
    facts.push([
      'notes',
      notes
        .slice(0, MAX_NAMED)
        .map(({ owner }) => owner)
        .join(', '),
    ]);
  return facts;
}
