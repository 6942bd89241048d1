/** Kernel dumps of Windows (MEMORY.DMP, live dumps) → dump map, by physical address. */
import { type ByteReader, Fields, readExactly } from '../../bytes/read.js';
import type { DumpMap, Warning } from '../../types.js';
import { Stretches } from '../stretches.js';
import { BUILD, DUMP_TYPES, HEADER32, HEADER64, type HeaderLayout, MACHINES } from './format.js';
import { addBitmap, addRanges, addRuns, type Pages } from './pages.js';

/** Runs of pages that are told apart; a kernel's pages lie in some 100,000. */
const MAX_REGIONS = 1 << 19;
/** IMAGE_FILE_MACHINE_AMD64; its dumps have the 64-bit header. */
const X86_64 = 0x8664;
/** Bits 12 to 51 of CR3: the others are flags. */
const CR3_TABLE = 0x000f_ffff_ffff_f000n;

export function parseKernelDump64(reader: ByteReader, knownSize: number | undefined): DumpMap {
  return parse(reader, knownSize, HEADER64);
}

export function parseKernelDump32(reader: ByteReader, knownSize: number | undefined): DumpMap {
  return parse(reader, knownSize, HEADER32);
}

/** Throws FormatError or BoundsError when the header or the table of pages is unusable. */
function parse(reader: ByteReader, knownSize: number | undefined, layout: HeaderLayout): DumpMap {
  const warnings: Warning[] = [];
  const header = new Fields(readExactly(reader, 0, layout.size, 'header'), true);
  const type = header.u32(layout.dumpType);
  const known = DUMP_TYPES[type];
  const stretches = new Stretches(0, MAX_REGIONS);
  stretches.add('metadata', layout.size);
  const pages: Pages = { reader, knownSize, layout, header, stretches, warnings };
  if (known?.pages === 'runs') addRuns(pages);
  else if (known?.pages === 'bitmap') addBitmap(pages);
  else if (known?.pages === 'ranges') addRanges(pages);
  else {
    const message = `dump type ${type}${known ? ` (${known.name})` : ''} is not mapped: scanned as raw bytes`;
    warnings.push({ code: 'FORMAT_NOT_MAPPED', message, incomplete: true });
  }
  const end = stretches.end;
  if (stretches.full) {
    const message = `more than ${MAX_REGIONS} runs of pages: those behind have no addresses`;
    warnings.push({ code: 'MAP_CUT', message, incomplete: false });
  }
  if (knownSize !== undefined && end > knownSize) {
    const message = `the dump ends at ${knownSize} bytes, its pages reach to ${end}`;
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  }
  return {
    format: `windows-kernel-dump-${layout.bits}`,
    facts: factsOf(header, layout, known?.name ?? String(type), end),
    regions: stretches.regions(knownSize ?? Number.MAX_SAFE_INTEGER),
    modules: [],
    threads: [],
    holes: [],
    ...(header.u32(layout.machine) === X86_64 && { topTable: header.u64(layout.directoryTableBase) & CR3_TABLE }),
    declaredSize: Math.max(end, knownSize ?? 0),
    warnings,
  };
}

function factsOf(header: Fields, layout: HeaderLayout, type: string, end: number): DumpMap['facts'] {
  const machine = header.u32(layout.machine);
  const base =
    layout.bits === 64 ? header.u64(layout.directoryTableBase) : BigInt(header.u32(layout.directoryTableBase));
  const facts: Array<readonly [string, string]> = [
    ['dump type', type],
    ['machine', MACHINES[machine] ?? `number ${machine}`],
    ['processors', String(header.u32(layout.processors))],
    ['system', `Windows build ${header.u32(BUILD)}`],
    ['directory table base', `0x${base.toString(16)}`],
    ['bug check', `0x${header.u32(layout.bugCheck).toString(16)}`],
  ];
  const time = timeOf(header.u64(layout.time));
  if (time !== undefined) facts.push(['written', time]);
  facts.push(['mapped', `${end} bytes`]);
  return facts;
}

/** FILETIME: 100 ns since 1601. Undefined where the field was left as it was, or is out of range. */
function timeOf(filetime: bigint): string | undefined {
  const milliseconds = Number(filetime / 10_000n) - 11_644_473_600_000;
  const date = new Date(milliseconds);
  return milliseconds > 0 && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}
