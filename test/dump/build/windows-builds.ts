/**
 * Where builds of Windows have the fields of EPROCESS on x86-64, copied from headers that others wrote from Microsoft's
 * symbols: ntdiff/headers `_EPROCESS.h` (Windows 7 SP1; 10 2004), the Vergilius Project (11 22H2 and 23H2; 11 24H2). The
 * parser has no such table. `size` in words is the byte that DISPATCHER_HEADER has of KPROCESS.
 */
export interface WindowsBuild {
  readonly number: number;
  readonly words: number;
  readonly stackCount: number;
  readonly processListEntry: number;
  /** Windows 7 had none before its updates of 2018. */
  readonly userDirectoryTableBase?: number;
  readonly uniqueProcessId: number;
  readonly activeProcessLinks: number;
  readonly virtualSize: number;
  readonly sessionProcessLinks: number;
  readonly objectTable: number;
  readonly parentId: number;
  readonly peb: number;
  readonly imageFileName: number;
  readonly priorityClass: number;
  readonly imagePath: number;
  readonly threadListHead: number;
  readonly mmProcessLinks: number;
  readonly exitStatus: number;
  readonly vadRoot: number;
  readonly bytes: number;
  /** Where its kernel and its pool lie, as debuggers show them. */
  readonly image: bigint;
  readonly pool: bigint;
}

const WIN10_2004: WindowsBuild = {
  number: 19041,
  words: 0x10e & 0xff,
  stackCount: 0x348,
  processListEntry: 0x350,
  userDirectoryTableBase: 0x388,
  uniqueProcessId: 0x440,
  activeProcessLinks: 0x448,
  virtualSize: 0x498,
  sessionProcessLinks: 0x4a0,
  parentId: 0x540,
  peb: 0x550,
  objectTable: 0x570,
  imageFileName: 0x5a8,
  priorityClass: 0x5b7,
  imagePath: 0x5c0,
  threadListHead: 0x5e0,
  mmProcessLinks: 0x7c0,
  exitStatus: 0x7d4,
  vadRoot: 0x7d8,
  bytes: 0xa40,
  image: 0xfffff80312400000n,
  pool: 0xffffbe8c21410000n,
};

export const WINDOWS_BUILDS = {
  'Windows 7 SP1': {
    number: 7601,
    words: 0x58,
    stackCount: 0xdc,
    processListEntry: 0xe0,
    uniqueProcessId: 0x180,
    activeProcessLinks: 0x188,
    virtualSize: 0x1d8,
    sessionProcessLinks: 0x1e0,
    objectTable: 0x200,
    parentId: 0x290,
    imageFileName: 0x2e0,
    priorityClass: 0x2ef,
    threadListHead: 0x308,
    peb: 0x338,
    imagePath: 0x390,
    mmProcessLinks: 0x420,
    exitStatus: 0x444,
    vadRoot: 0x448,
    bytes: 0x4d0,
    image: 0xfffff80002a00000n,
    pool: 0xfffffa8000c00000n,
  },
  'Windows 10 2004': WIN10_2004,
  'Windows 11 22H2': { ...WIN10_2004, number: 22621, bytes: 0xb80 },
  'Windows 11 24H2': {
    number: 26100,
    words: 0x1c8 / 4,
    stackCount: 0x108,
    processListEntry: 0x110,
    userDirectoryTableBase: 0x158,
    uniqueProcessId: 0x1d0,
    activeProcessLinks: 0x1d8,
    virtualSize: 0x228,
    sessionProcessLinks: 0x230,
    parentId: 0x2d0,
    peb: 0x2e0,
    objectTable: 0x300,
    imageFileName: 0x338,
    priorityClass: 0x347,
    imagePath: 0x350,
    threadListHead: 0x370,
    mmProcessLinks: 0x540,
    exitStatus: 0x554,
    vadRoot: 0x558,
    bytes: 0x840,
    image: 0xfffff80568c00000n,
    pool: 0xffffdf02ec500000n,
  },
} as const satisfies Readonly<Record<string, WindowsBuild>>;

export type WindowsName = keyof typeof WINDOWS_BUILDS;
