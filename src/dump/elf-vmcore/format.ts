/**
 * What tells an ELF core of a whole machine from one of a process, by its notes: the kernel's own (Documentation/admin-guide/
 * kdump/vmcoreinfo.rst), QEMU's (target/i386/arch_dump.c; type 0 and the processor's state) and VirtualBox's (DBGFCoreWrite).
 */

export const NOTE_NAME = {
  vmcoreinfo: 'VMCOREINFO',
  qemu: 'QEMU',
  virtualBox: 'VBCORE',
  virtualBoxCpu: 'VBCPU',
} as const;

/** Lines of VMCOREINFO that become facts; there are a hundred more, of symbols and sizes. */
export const VMCOREINFO_FACTS: Readonly<Record<string, string>> = {
  OSRELEASE: 'kernel',
  'BUILD-ID': 'build id',
  PAGESIZE: 'page size',
  KERNELOFFSET: 'kernel offset',
  'NUMBER(phys_base)': 'phys_base',
  CRASHTIME: 'crash time',
};

/** The kernel reserves one page, of at most 64 KiB. */
export const MAX_VMCOREINFO = 1 << 16;
/** Longer values are cut. */
export const MAX_VALUE = 128;
