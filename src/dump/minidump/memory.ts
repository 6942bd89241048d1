/** The memory of a minidump: its two kinds of lists, told apart by what the memory was. */
import { checkedCount } from '../../bytes/read.js';
import type { Module, Region, RegionKind } from '../../types.js';
import { MEM_TYPE, MEMORY, MEMORY_INFO, MEMORY64 } from './format.js';
import { listStart, type Stream } from './parse.js';

export interface MemoryInfo {
  readonly address: bigint;
  readonly end: bigint;
  readonly type: number;
  readonly protection: number;
}

/** MemoryInfoList: a header that tells its own and its entries' size. */
export function readMemoryInfo({ bytes, fields }: Stream): MemoryInfo[] {
  const [header, size] = [fields.u32(0), fields.u32(4)];
  const step = Math.max(size, MEMORY_INFO.size);
  const count = checkedCount(fields.u64(8), step, bytes.length - header, 'count of memory infos');
  return Array.from({ length: count }, (_, i) => {
    const at = header + i * step;
    const address = fields.u64(at + MEMORY_INFO.base);
    return {
      address,
      end: address + fields.u64(at + MEMORY_INFO.length),
      type: fields.u32(at + MEMORY_INFO.type),
      protection: fields.u32(at + MEMORY_INFO.protect),
    };
  });
}

/** Memory64List: the data of all ranges follow each other from one place, at any alignment. */
export function memory64Regions(stream: Stream, info: readonly MemoryInfo[], modules: readonly Module[]): Region[] {
  const { bytes, fields } = stream;
  const available = bytes.length - MEMORY64.header;
  const count = checkedCount(fields.u64(MEMORY64.count), MEMORY64.size, available, 'count of memory ranges');
  let offset = fields.u64(MEMORY64.baseRva);
  const regions: Region[] = [];
  for (let i = 0; i < count; i++) {
    const at = MEMORY64.header + i * MEMORY64.size;
    const [address, length] = [fields.u64(at), fields.u64(at + 8)];
    // Where one length is absurd, nothing behind it has a place any more.
    if (offset + length > BigInt(Number.MAX_SAFE_INTEGER) / 4n) break;
    regions.push({ offset: Number(offset), length: Number(length), ...labelOf(address, info, modules) });
    offset += length;
  }
  return regions;
}

/** MemoryList: each range has a place of its own. */
export function memoryRegions(stream: Stream, info: readonly MemoryInfo[], modules: readonly Module[]): Region[] {
  const { start, count } = listStart(stream, MEMORY.size, 'count of memory ranges');
  const { fields } = stream;
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * MEMORY.size;
    const [offset, length] = [fields.u32(at + MEMORY.rva), fields.u32(at + MEMORY.length)];
    return { offset, length, ...labelOf(fields.u64(at + MEMORY.address), info, modules) };
  });
}

function labelOf(
  address: bigint,
  info: readonly MemoryInfo[],
  modules: readonly Module[],
): Pick<Region, 'address' | 'kind' | 'module' | 'protection'> {
  const memory = infoAt(info, address);
  const module = modules.find((one) => address >= one.address && address < one.address + one.length);
  return {
    address,
    kind: kindOf(memory, module),
    ...(module && { module: module.name }),
    ...(memory && { protection: protectionOf(memory.protection) }),
  };
}

function kindOf(memory: MemoryInfo | undefined, module: Module | undefined): RegionKind {
  if (module !== undefined || memory?.type === MEM_TYPE.image) return 'module';
  if (memory?.type === MEM_TYPE.mapped) return 'mapped-file';
  // Private memory that is no stack: heaps, and what a program allocates itself.
  return memory?.type === MEM_TYPE.private ? 'heap' : 'anonymous';
}

function infoAt(info: readonly MemoryInfo[], address: bigint): MemoryInfo | undefined {
  let [low, high] = [0, info.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((info[middle] as MemoryInfo).address <= address) low = middle + 1;
    else high = middle;
  }
  const found = info[low - 1];
  return found !== undefined && address < found.end ? found : undefined;
}

/** PAGE_* constants of winnt.h. */
function protectionOf(protect: number): string {
  const names: Readonly<Record<number, string>> = {
    1: '---',
    2: 'r--',
    4: 'rw-',
    8: 'rw-',
    16: '--x',
    32: 'r-x',
    64: 'rwx',
    128: 'rwx',
  };
  return names[protect & 0xff] ?? '---';
}
