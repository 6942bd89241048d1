/** The memory of a minidump: its two kinds of lists, told apart by what the memory was. */
import type { Module, Region, RegionKind } from '../../types.js';
import { Lookup } from '../lookup.js';
import { MEM_TYPE, MEMORY, MEMORY_INFO, MEMORY64, PAGE_PROTECTION } from './format.js';
import { entriesOf, type Stream } from './stream.js';

/** More pieces of memory are not told apart; a real dump of a busy process has some 100,000. */
export const MAX_RANGES = 1 << 20;

/** Where one range begins and how long it is. */
interface Range {
  readonly offset: number;
  readonly address: bigint;
  readonly length: number;
}

/** Ranges that have a place, and how many declared ones have none. */
export interface Ranges {
  readonly ranges: readonly Range[];
  readonly missing: number;
}

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
  const there = Math.max(0, Math.floor((bytes.length - header) / step));
  const count = Math.min(Number(fields.u64(8)), there, MAX_RANGES);
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
export function memory64Ranges({ bytes, fields }: Stream): Ranges {
  const declared = Number(fields.u64(MEMORY64.count));
  const there = Math.max(0, Math.floor((bytes.length - MEMORY64.header) / MEMORY64.size));
  const count = Math.min(declared, there, MAX_RANGES);
  let offset = fields.u64(MEMORY64.baseRva);
  const ranges: Range[] = [];
  for (let i = 0; i < count; i++) {
    const at = MEMORY64.header + i * MEMORY64.size;
    const [address, length] = [fields.u64(at), fields.u64(at + 8)];
    // Where one length is absurd, nothing behind it has a place any more.
    if (offset + length > BigInt(Number.MAX_SAFE_INTEGER) / 4n) break;
    ranges.push({ offset: Number(offset), length: Number(length), address });
    offset += length;
  }
  return { ranges, missing: declared - ranges.length };
}

/** MemoryList: each range has a place of its own; place 0 is the header, so it stands for none. */
export function memoryRanges(stream: Stream): Ranges {
  const { start, count, missing } = entriesOf(stream, MEMORY.size, MAX_RANGES);
  const { fields } = stream;
  const ranges = Array.from({ length: count }, (_, i) => {
    const at = start + i * MEMORY.size;
    const [offset, length] = [fields.u32(at + MEMORY.rva), fields.u32(at + MEMORY.length)];
    return { offset, length, address: fields.u64(at + MEMORY.address) };
  }).filter(({ length }) => length > 0);
  const placed = ranges.filter(({ offset }) => offset > 0);
  return { ranges: placed, missing: missing + ranges.length - placed.length };
}

/** What memory was, by its address. */
export class MemoryLabels {
  readonly #info: Lookup<MemoryInfo>;
  readonly #modules: Lookup<Module>;

  constructor(info: readonly MemoryInfo[], modules: readonly Module[]) {
    this.#info = new Lookup(info, ({ address }) => address);
    this.#modules = new Lookup(modules, ({ address }) => address);
  }

  /** One range as regions: cut where another kind of memory begins, at most `limit` of them. */
  regions({ offset, address, length }: Range, limit: number): Region[] {
    const regions: Region[] = [];
    const end = address + BigInt(length);
    for (let at = address; at < end; ) {
      const index = this.#info.indexBefore(at);
      const found = this.#info.items[index];
      const info = found !== undefined && at < found.end ? found : undefined;
      const next = info?.end ?? this.#info.items[index + 1]?.address ?? end;
      const to = next < end && regions.length + 1 < limit ? next : end;
      const piece: Region = {
        offset: offset + Number(at - address),
        length: Number(to - at),
        address: at,
        ...this.#label(at, info),
      };
      const last = regions.at(-1);
      if (last !== undefined && sameLabel(last, piece)) {
        regions[regions.length - 1] = { ...last, length: last.length + piece.length };
      } else regions.push(piece);
      at = to;
    }
    return regions;
  }

  #label(address: bigint, info: MemoryInfo | undefined): Pick<Region, 'kind' | 'module' | 'protection'> {
    const found = this.#modules.lastBefore(address);
    const module = found !== undefined && address < found.address + found.length ? found : undefined;
    return {
      kind: kindOf(info, module),
      ...(module?.name && { module: module.name }),
      ...(info && { protection: protectionOf(info) }),
    };
  }
}

function kindOf(info: MemoryInfo | undefined, module: Module | undefined): RegionKind {
  if (module !== undefined || info?.type === MEM_TYPE.image) return 'module';
  if (info?.type === MEM_TYPE.mapped) return 'mapped-file';
  // Private memory that can be written and is no stack: heaps, and what a program allocates itself.
  return info?.type === MEM_TYPE.private && protectionOf(info).includes('w') ? 'heap' : 'anonymous';
}

/** The low byte is one of PAGE_*; guard and caching bits stand above it. */
function protectionOf({ protection }: MemoryInfo): string {
  return PAGE_PROTECTION[protection & 0xff] ?? '---';
}

function sameLabel(a: Region, b: Region): boolean {
  return a.kind === b.kind && a.module === b.module && a.protection === b.protection;
}
