/** Layouts of ELF files and core notes: byte offsets only, from elf.h, linux/elfcore.h and the kernels' ptrace headers. */

export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_NOTE = 4;
/** e_phnum says so when the real count is in sh_info of section 0 (elf(5)). */
export const PN_XNUM = 0xffff;

/** Field offsets that depend on the class; `word` is the size of addresses and offsets. */
export interface ElfLayout {
  readonly word: 4 | 8;
  readonly header: {
    readonly size: number;
    readonly phoff: number;
    readonly shoff: number;
    readonly phentsize: number;
    readonly phnum: number;
  };
  readonly segment: {
    readonly size: number;
    readonly flags: number;
    readonly offset: number;
    readonly vaddr: number;
    readonly paddr: number;
    readonly filesz: number;
    readonly memsz: number;
  };
  /** Offset of sh_info in a section header. */
  readonly sectionInfo: number;
  /** struct elf_prstatus: pr_pid, and where pr_reg begins. */
  readonly prstatus: { readonly pid: number; readonly registers: number };
}

export const ELF64: ElfLayout = {
  word: 8,
  header: { size: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56 },
  segment: { size: 56, flags: 4, offset: 8, vaddr: 16, paddr: 24, filesz: 32, memsz: 40 },
  sectionInfo: 44,
  prstatus: { pid: 32, registers: 112 },
};

export const ELF32: ElfLayout = {
  word: 4,
  header: { size: 52, phoff: 28, shoff: 32, phentsize: 42, phnum: 44 },
  segment: { size: 32, flags: 24, offset: 4, vaddr: 8, paddr: 12, filesz: 16, memsz: 20 },
  sectionInfo: 28,
  prstatus: { pid: 24, registers: 72 },
};

export interface Machine {
  readonly name: string;
  /** Index of the stack pointer among the registers of pr_reg, by the size of a word (asm/ptrace.h, asm/reg.h of each). */
  readonly stackPointer?: Readonly<Partial<Record<4 | 8, number>>>;
  /** Where the processor's alignment makes elf_prstatus another one. */
  readonly prstatus?: ElfLayout['prstatus'];
}

/** By e_machine. x32 and mips n32 (32-bit files with 64-bit registers) are told threads by id only. */
export const MACHINES: Readonly<Record<number, Machine>> = {
  2: { name: 'sparc' },
  3: { name: 'i386', stackPointer: { 4: 15 } },
  // Longs stand at even addresses.
  4: { name: 'm68k', stackPointer: { 4: 15 }, prstatus: { pid: 22, registers: 70 } },
  8: { name: 'mips', stackPointer: { 4: 35, 8: 29 } },
  20: { name: 'powerpc', stackPointer: { 4: 1 } },
  21: { name: 'powerpc64', stackPointer: { 8: 1 } },
  22: { name: 's390', stackPointer: { 4: 17, 8: 17 } },
  40: { name: 'arm', stackPointer: { 4: 13 } },
  43: { name: 'sparc64' },
  62: { name: 'x86-64', stackPointer: { 8: 19 } },
  183: { name: 'aarch64', stackPointer: { 8: 31 } },
  243: { name: 'riscv', stackPointer: { 4: 2, 8: 2 } },
  258: { name: 'loongarch', stackPointer: { 4: 3, 8: 3 } },
};
/** elf_prstatus of powerpc, the largest with 32-bit registers. Behind a larger one of a 32-bit file stand wider ones. */
export const MAX_PRSTATUS32 = 268;

export const NOTE = { prstatus: 1, prpsinfo: 3, auxv: 6, file: 0x46494c45, siginfo: 0x53494749 } as const;
export const AT = { entry: 9, sysinfoEhdr: 33 } as const;

/** struct elf_prpsinfo by its size: 16-bit user ids (i386, arm, m68k …), 32-bit ones, 64-bit words. */
export const PRPSINFO: Readonly<Record<number, { readonly pid: number; readonly fname: number }>> = {
  124: { pid: 12, fname: 28 },
  128: { pid: 16, fname: 32 },
  136: { pid: 24, fname: 40 },
};
export const FNAME_LENGTH = 16;
