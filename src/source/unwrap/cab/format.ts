/** Headers of a cabinet: [MS-CAB] "Cabinet File Format", 2.1 to 2.3. */
import { Fields } from '../../../bytes/read.js';
import type { RandomBytes } from '../chunks.js';
import { type Damage, nameOf, untilZero } from '../framing.js';

export interface CabFolder {
  /** Of its first block. */
  readonly start: number;
  readonly blocks: number;
  readonly compression: number;
  /** Of LZX: the size of its window, as a power of two. */
  readonly windowBits: number;
}

export interface CabFile {
  readonly name: string;
  /** In the unpacked bytes of its folder. */
  readonly offset: number;
  readonly size: number;
  readonly folder: number;
}

export interface Cabinet {
  readonly size: number;
  readonly folders: readonly CabFolder[];
  readonly files: readonly CabFile[];
  /** Reserved bytes in each block's header. */
  readonly reserved: number;
  /** Whether the first folder began in another cabinet, and the last one ends in another. */
  readonly continues: { readonly before: boolean; readonly behind: boolean };
}

const HEADER = 36;
const FILE = 16;
/** A name is at most 255 bytes and a zero; also the names of neighbouring cabinets and their disks. */
const NAME_MOST = 256;

const FLAG = { previous: 1, next: 2, reserve: 4 } as const;
/** Numbers of folders that stand for the first or the last one, as part of which another cabinet holds the rest. */
const FROM_PREVIOUS = 0xfffd;
const TO_NEXT = 0xfffe;
const BOTH = 0xffff;

/** What is whole of the headers; counts are 16 bits wide. Undefined where there is not even the first one. */
export async function readCabinet(cab: RandomBytes, damage: Damage): Promise<Cabinet | undefined> {
  const bytes = await cab.read(0, HEADER + 4);
  if (bytes.length < HEADER) return undefined;
  const fields = new Fields(bytes, true);
  const flags = fields.u16(30);
  let at = HEADER;
  let [folderReserved, reserved] = [0, 0];
  if (flags & FLAG.reserve && bytes.length === HEADER + 4) {
    [folderReserved, reserved] = [fields.u8(38), fields.u8(39)];
    at += 4 + fields.u16(36);
  }
  const strings = (flags & FLAG.previous ? 2 : 0) + (flags & FLAG.next ? 2 : 0);
  for (let i = 0; i < strings; i++) at += (await stringAt(cab, at)).length + 1;
  const folders = await readFolders(cab, at, fields.u16(26), 8 + folderReserved);
  const files = await readFiles(cab, fields.u32(16), fields.u16(28), folders.length);
  if (folders.length < fields.u16(26) || files.length < fields.u16(28)) {
    damage.truncated('ends within the headers', cab.size);
  }
  const continues = { before: (flags & FLAG.previous) !== 0, behind: (flags & FLAG.next) !== 0 };
  return { size: fields.u32(8), folders, files, reserved, continues };
}

async function stringAt(cab: RandomBytes, at: number): Promise<Uint8Array> {
  return untilZero(await cab.read(at, NAME_MOST));
}

async function readFolders(cab: RandomBytes, at: number, count: number, length: number): Promise<CabFolder[]> {
  const bytes = await cab.read(at, count * length);
  const fields = new Fields(bytes, true);
  return Array.from({ length: Math.floor(bytes.length / length) }, (_, i) => ({
    start: fields.u32(i * length),
    blocks: fields.u16(i * length + 4),
    compression: fields.u16(i * length + 6) & 0x0f,
    windowBits: (fields.u16(i * length + 6) >> 8) & 0x1f,
  }));
}

const WINDOW = 64 * 1024;

async function readFiles(cab: RandomBytes, from: number, count: number, folders: number): Promise<CabFile[]> {
  const files: CabFile[] = [];
  let [window, windowAt] = [await cab.read(from, WINDOW), from];
  for (let at = from; files.length < count; ) {
    if (at + FILE + NAME_MOST > windowAt + window.length) [window, windowAt] = [await cab.read(at, WINDOW), at];
    const entry = window.subarray(at - windowAt, at - windowAt + FILE + NAME_MOST);
    const end = entry.indexOf(0, FILE);
    if (end < 0) break;
    const fields = new Fields(entry, true);
    const index = fields.u16(8);
    const inFirst = index === FROM_PREVIOUS || index === BOTH;
    const folder = inFirst ? 0 : index === TO_NEXT ? folders - 1 : index;
    files.push({ name: nameOf(entry.subarray(FILE, end)), size: fields.u32(0), offset: fields.u32(4), folder });
    at += end + 1;
  }
  return files;
}
