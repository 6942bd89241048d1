/**
 * Layouts of Windows kernel dumps: _DUMP_HEADER64 and what follows it from 0vercl0k/kdmp-parser-rs `structs.rs`, the 32-bit
 * _DUMP_HEADER and _SUMMARY_DUMP from volatility3 `crash.json` and `crash_common.json`. Everything is little-endian.
 */

export const PAGE = 4096;

export interface HeaderLayout {
  readonly bits: 32 | 64;
  readonly size: number;
  readonly directoryTableBase: number;
  readonly machine: number;
  readonly processors: number;
  readonly bugCheck: number;
  /** _PHYSICAL_MEMORY_DESCRIPTOR, in a buffer of 700 bytes: how many runs, how many pages, then {first page, pages}. */
  readonly physicalMemory: number;
  readonly dumpType: number;
  /** In units of 100 ns since 1601. */
  readonly time: number;
}

export const HEADER64: HeaderLayout = {
  bits: 64,
  size: 0x2000,
  directoryTableBase: 0x10,
  machine: 0x30,
  processors: 0x34,
  bugCheck: 0x38,
  physicalMemory: 0x88,
  dumpType: 0xf98,
  time: 0xfa8,
};

export const HEADER32: HeaderLayout = {
  bits: 32,
  size: 0x1000,
  directoryTableBase: 0x10,
  machine: 0x20,
  processors: 0x24,
  bugCheck: 0x28,
  physicalMemory: 0x64,
  dumpType: 0xf88,
  time: 0xfc0,
};

export const BUILD = 0x0c;
export const PHYSICAL_MEMORY_SIZE = 700;

/** How a dump of a type has its pages: in the runs of the header, by a bitmap, or in ranges of page numbers. */
export const DUMP_TYPES: Readonly<
  Record<number, { readonly name: string; readonly pages?: 'runs' | 'bitmap' | 'ranges' }>
> = {
  1: { name: 'full', pages: 'runs' },
  2: { name: 'kernel', pages: 'bitmap' },
  3: { name: 'header' },
  4: { name: 'small (triage)' },
  5: { name: 'full, bitmap', pages: 'bitmap' },
  6: { name: 'kernel, bitmap', pages: 'bitmap' },
  8: { name: 'live kernel', pages: 'ranges' },
  9: { name: 'live kernel and user', pages: 'ranges' },
  10: { name: 'live complete', pages: 'ranges' },
};

/** Behind the header: "SDMP" or "FDMP", "DUMP"; where the first page lies, pages that are there, bits of the bitmap. */
export const BITMAP = {
  magic: ['SDMP', 'FDMP'],
  valid: 'DUMP',
  firstPage: 0x20,
  present: 0x28,
  pages: 0x30,
  bits: 0x38,
} as const;
/** Behind the header: 0x40, "RDMP", "DUMP"; bytes of the table, where the first page lies; then {page number, pages}. */
export const RANGES = {
  marker: 0x40,
  magic: 'RDMP',
  valid: 'DUMP',
  tableSize: 0x10,
  firstPage: 0x18,
  table: 0x30,
} as const;

/** IMAGE_FILE_MACHINE_* of winnt.h. */
export const MACHINES: Readonly<Record<number, string>> = {
  332: 'i386',
  512: 'ia64',
  34404: 'x86-64',
  43620: 'aarch64',
};
