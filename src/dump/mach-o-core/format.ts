/** Layouts of Mach-O files: byte offsets only, from Apple's mach-o/loader.h and mach/<machine>/thread_status.h. */

export const MH_CORE = 4;
/** mach_header(_64): magic 0, cputype 4, filetype 12, ncmds 16, sizeofcmds 20. */
export const HEADER = { cpu: 4, fileType: 12, commands: 16, commandBytes: 20 } as const;
/** load_command: cmd 0, cmdsize 4. */
export const COMMAND = 8;

export const LC = { segment: 0x1, thread: 0x4, unixThread: 0x5, segment64: 0x19, note: 0x31 } as const;

export interface MachLayout {
  readonly word: 4 | 8;
  readonly header: number;
  /** segment_command(_64). */
  readonly segment: {
    readonly command: number;
    readonly size: number;
    readonly address: number;
    readonly memorySize: number;
    readonly offset: number;
    readonly fileSize: number;
    readonly protection: number;
  };
}

export const MACH64: MachLayout = {
  word: 8,
  header: 32,
  segment: { command: 0x19, size: 72, address: 24, memorySize: 32, offset: 40, fileSize: 48, protection: 60 },
};

export const MACH32: MachLayout = {
  word: 4,
  header: 28,
  segment: { command: 0x1, size: 56, address: 24, memorySize: 28, offset: 32, fileSize: 36, protection: 44 },
};

/** note_command: owner 8 (16 bytes), offset 24, size 32; both of 64 bits. */
export const NOTE = { size: 40, owner: 8, ownerLength: 16, offset: 24, length: 32 } as const;

export const PROTECTION = { read: 1, write: 2, execute: 4 } as const;

export interface MachCpu {
  readonly name: string;
  /** The flavor of a thread's general registers, and where the stack pointer stands in that state. */
  readonly flavor: number;
  readonly stackPointer: number;
  readonly word: 4 | 8;
}

/** By cputype: x86_THREAD_STATE32 and 64, ARM_THREAD_STATE and 64, PPC_THREAD_STATE and 64. */
export const CPUS: Readonly<Record<number, MachCpu>> = {
  7: { name: 'i386', flavor: 1, stackPointer: 28, word: 4 },
  12: { name: 'arm', flavor: 1, stackPointer: 52, word: 4 },
  18: { name: 'powerpc', flavor: 1, stackPointer: 12, word: 4 },
  16777223: { name: 'x86-64', flavor: 4, stackPointer: 56, word: 8 },
  16777228: { name: 'aarch64', flavor: 6, stackPointer: 248, word: 8 },
  16777234: { name: 'powerpc64', flavor: 5, stackPointer: 24, word: 8 },
};
