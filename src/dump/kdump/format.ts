/**
 * Layouts of compressed kdump files: byte offsets only, from makedumpfile's IMPLEMENTATION and diskdump_mod.h, crash's
 * diskdump.h and diskdump.c, and QEMU's include/sysemu/dump.h. All fields are in the byte order of the dumped machine.
 */

export const SIGNATURE = 'KDUMP   ';

/** Of struct disk_dump_header: what stands before the time stamp is the same for all machines. */
export const VERSION = 8;
/** struct new_utsname: six strings of 65 bytes. */
export const UTSNAME = { sysname: 12, nodename: 77, release: 142, version: 207, machine: 272, domain: 337 } as const;
export const UTSNAME_LENGTH = 65;

/** Where `status` stands: it depends on the size and alignment of struct timeval. From there on all are alike. */
export interface HeaderLayout {
  readonly word: 4 | 8;
  readonly time: number;
  readonly status: number;
}

export const HEADER_LAYOUTS: readonly HeaderLayout[] = [
  { word: 8, time: 408, status: 424 },
  { word: 4, time: 404, status: 412 },
];
/** Relative to `status`. */
export const AFTER_STATUS = { blockSize: 4, subHeaderBlocks: 8, bitmapBlocks: 12, maxMapNr: 16, cpus: 36 } as const;
export const HEADER_LENGTH = 464;

/** struct kdump_sub_header. Fields up to `split` are of version 2, the others of versions 3, 4, 5 and 6. */
export interface SubHeaderLayout {
  readonly word: 4 | 8;
  readonly dumpLevel: number;
  readonly split: number;
  readonly startPfn: number;
  readonly endPfn: number;
  readonly vmcoreinfo: number;
  readonly vmcoreinfoSize: number;
  readonly eraseinfoSize: number;
  readonly startPfn64: number;
  readonly endPfn64: number;
  readonly maxMapNr64: number;
}

export const SUB_HEADER64: SubHeaderLayout = {
  word: 8,
  dumpLevel: 8,
  split: 12,
  startPfn: 16,
  endPfn: 24,
  vmcoreinfo: 32,
  vmcoreinfoSize: 40,
  eraseinfoSize: 72,
  startPfn64: 80,
  endPfn64: 88,
  maxMapNr64: 96,
};
/** i386, where 64-bit fields stand at multiples of four. */
export const SUB_HEADER32: SubHeaderLayout = {
  word: 4,
  dumpLevel: 4,
  split: 8,
  startPfn: 12,
  endPfn: 16,
  vmcoreinfo: 20,
  vmcoreinfoSize: 28,
  eraseinfoSize: 52,
  startPfn64: 56,
  endPfn64: 64,
  maxMapNr64: 72,
};
/** arm, mips: 64-bit fields at multiples of eight (crash, struct kdump_sub_header_ARM_target). */
export const SUB_HEADER32_ALIGNED: SubHeaderLayout = {
  word: 4,
  dumpLevel: 4,
  split: 8,
  startPfn: 12,
  endPfn: 16,
  vmcoreinfo: 24,
  vmcoreinfoSize: 32,
  eraseinfoSize: 64,
  startPfn64: 72,
  endPfn64: 80,
  maxMapNr64: 88,
};
export const SUB_HEADER_LENGTH = 104;

/** `status` of the file and `flags` of a page. */
export const FLAG = { zlib: 1, lzo: 2, snappy: 4, incomplete: 8, vmemmapExcluded: 0x10, zstd: 0x20 } as const;
export const COMPRESSED = FLAG.zlib | FLAG.lzo | FLAG.snappy | FLAG.zstd;

/** struct page_desc, of the same size everywhere: off_t has 64 bits. */
export const DESCRIPTOR = { length: 24, offset: 0, size: 8, flags: 12 } as const;

/** Pages of the machines that Linux makes such dumps on. */
export const MIN_PAGE = 4096;
export const MAX_PAGE = 65536;
