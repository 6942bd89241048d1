/** Layouts of Windows minidumps: byte offsets only, from dbghelp's minidumpapiset.h and breakpad's minidump_format.h. */

/** MINIDUMP_HEADER: signature 0, version 4 (low 16 bits 0xA793), stream count 8, directory 12, time 20, flags 24. */
export const HEADER = { size: 32, streamCount: 8, directory: 12, time: 20, flags: 24 } as const;
/** MINIDUMP_DIRECTORY: type 0, size 4, rva 8. */
export const DIRECTORY_ENTRY = 12;

export const STREAM = {
  threadList: 3,
  moduleList: 4,
  memoryList: 5,
  exception: 6,
  systemInfo: 7,
  memory64List: 9,
  handleData: 12,
  unloadedModules: 14,
  miscInfo: 15,
  memoryInfoList: 16,
  threadNames: 24,
} as const;

/** Names of streams for the map, also of the extensions of Breakpad (0x4767) and Crashpad (0x4350). */
export const STREAM_NAMES: Readonly<Record<number, string>> = {
  3: 'ThreadList',
  4: 'ModuleList',
  5: 'MemoryList',
  6: 'Exception',
  7: 'SystemInfo',
  9: 'Memory64List',
  12: 'HandleData',
  14: 'UnloadedModules',
  15: 'MiscInfo',
  16: 'MemoryInfoList',
  17: 'ThreadInfo',
  19: 'Token',
  24: 'ThreadNames',
  1197932547: 'linux cpuinfo',
  1197932548: 'linux status',
  1197932549: 'linux lsb-release',
  1197932550: 'linux cmdline',
  1197932551: 'linux environ',
  1197932552: 'linux auxv',
  1197932553: 'linux maps',
  1129316353: 'crashpad info',
};

/** MINIDUMP_THREAD: id 0, TEB 16, stack {address 24, size 32, rva 36}, context {size 40, rva 44}. */
export const THREAD = {
  size: 48,
  id: 0,
  stackAddress: 24,
  stackSize: 32,
  stackRva: 36,
  contextSize: 40,
  contextRva: 44,
} as const;
/** MINIDUMP_MODULE: base 0, size 8, name 20, VS_FIXEDFILEINFO 24 (file version at 8 and 12 of it). */
export const MODULE = { size: 108, base: 0, length: 8, name: 20, versionHigh: 32, versionLow: 36 } as const;
/** MINIDUMP_MEMORY_DESCRIPTOR: address 0, size 8, rva 12. */
export const MEMORY = { size: 16, address: 0, length: 8, rva: 12 } as const;
/** MINIDUMP_MEMORY64_LIST: count 0, base rva 8, then {address, size}. */
export const MEMORY64 = { header: 16, count: 0, baseRva: 8, size: 16 } as const;
/** MINIDUMP_MEMORY_INFO: base 0, size 24, state 32, protect 36, type 40. */
export const MEMORY_INFO = { size: 48, base: 0, length: 24, state: 32, protect: 36, type: 40 } as const;
/** MINIDUMP_THREAD_NAME: id 0, 64-bit rva 4, packed. */
export const THREAD_NAME = { size: 12, id: 0, rva: 4 } as const;

export const MEM_TYPE = { private: 0x20000, mapped: 0x40000, image: 0x1000000 } as const;

/** PAGE_* of winnt.h; what may be copied on write may be written. */
export const PAGE_PROTECTION: Readonly<Record<number, string>> = {
  1: '---',
  2: 'r--',
  4: 'rw-',
  8: 'rw-',
  16: '--x',
  32: 'r-x',
  64: 'rwx',
  128: 'rwx',
};

/**
 * Where the stack pointer stands in a thread's CONTEXT, by processor architecture: Esp, Sp (also of Breakpad's own ARM
 * context, whose first words are alike), Rsp, Sp (winnt.h; breakpad's minidump_cpu_*.h).
 */
export const CONTEXTS: Readonly<Record<number, { readonly stackPointer: number; readonly word: 4 | 8 }>> = {
  0: { stackPointer: 0xc4, word: 4 },
  5: { stackPointer: 0x38, word: 4 },
  9: { stackPointer: 0x98, word: 8 },
  12: { stackPointer: 0x100, word: 8 },
  32771: { stackPointer: 0x100, word: 8 },
};

/** MINIDUMP_SYSTEM_INFO: architecture 0, major 8, minor 12, build 16, platform 20. */
export const SYSTEM = { size: 24, architecture: 0, major: 8, minor: 12, build: 16, platform: 20 } as const;
export const ARCHITECTURES: Readonly<Record<number, string>> = {
  0: 'x86',
  5: 'arm',
  6: 'ia64',
  9: 'x86-64',
  12: 'arm64',
  32771: 'arm64 (breakpad)',
};
export const PLATFORMS: Readonly<Record<number, string>> = {
  1: 'Windows 9x',
  2: 'Windows',
  33025: 'macOS',
  33026: 'iOS',
  33281: 'Linux',
  33283: 'Android',
};
