/**
 * Writes kernel dumps of Windows by the numbers of its own headers (wdm.h, and what public debuggers say), one field after
 * the other: shares nothing with the parser. No Windows runs here: kdmp-parser and volatility3 read what this writes.
 */
export interface KernelRun {
  readonly page: number;
  /** Whole pages. */
  readonly bytes: Uint8Array;
}

const EMPTY = Buffer.from('PAGE');

class Out {
  readonly #parts: Buffer[] = [];
  length = 0;

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    this.length += bytes.length;
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      this.raw(bytes);
    }
    return this;
  }

  u64(...values: Array<bigint | number>): this {
    for (const value of values) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      this.raw(bytes);
    }
    return this;
  }

  /** What the kernel does not fill keeps the word PAGE, with which it fills the header. */
  upTo(offset: number): this {
    if (this.length > offset) throw new Error(`at ${this.length}, past ${offset}`);
    return this.raw(Buffer.alloc(offset - this.length, EMPTY));
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const pagesOf = ({ bytes }: KernelRun) => bytes.length / 4096;
const total = (runs: readonly KernelRun[]) => runs.reduce((sum, run) => sum + pagesOf(run), 0);
/** 2024-01-02T03:04:05Z. */
export const FILETIME = 133486382450000000n;

export function header64(type: number, runs: readonly KernelRun[], processors = 4, table = 0x1ad000n): Buffer {
  const out = new Out().raw(Buffer.from('PAGEDU64')).u32(15, 19045);
  out.u64(table, 0xfffffa0000000000n, 0xfffff80412345678n, 0xfffff80412340000n);
  out.u32(0x8664, processors, 0xd1, 0).u64(1, 2, 3, 4);
  out.raw(Buffer.alloc(32)).u64(0xfffff80412000000n);
  out.u32(runs.length, 0).u64(total(runs));
  for (const run of runs) out.u64(run.page, pagesOf(run));
  out.upTo(0x348).raw(Buffer.alloc(3000)).raw(Buffer.alloc(152));
  out.u32(type, 0).u64(0x2000 + total(runs) * 4096, FILETIME);
  return out.raw(Buffer.alloc(128)).u64(1n).upTo(0x2000).done();
}

export function header32(type: number, runs: readonly KernelRun[]): Buffer {
  const out = new Out().raw(Buffer.from('PAGEDUMP')).u32(15, 2600);
  out.u32(0x39000, 0x81000000, 0x8055a420, 0x80560bd8, 0x14c, 1, 0x1e).u32(1, 2, 3, 4);
  out.raw(Buffer.alloc(36)).u32(0x80545ae0);
  out.u32(runs.length, total(runs));
  for (const run of runs) out.u32(run.page, pagesOf(run));
  return out.upTo(0xf88).u32(type).upTo(0xfc0).u64(FILETIME).upTo(0x1000).done();
}

/** Type 1: the pages of all runs, one after the other. */
export function buildFull(runs: readonly KernelRun[], bits: 32 | 64 = 64, table?: bigint): Buffer {
  const header = bits === 64 ? header64(1, runs, 4, table) : header32(1, runs);
  return Buffer.concat([header, ...runs.map(({ bytes }) => bytes)]);
}

/** Types 2, 5, 6: a bit for each page of memory; the pages begin at the next multiple of a page. */
export function buildBitmap(
  type: number,
  runs: readonly KernelRun[],
  pages: number,
  bits: 32 | 64 = 64,
  table?: bigint,
): Buffer {
  const out = new Out().raw(bits === 64 ? header64(type, runs, 4, table) : header32(type, runs));
  const bitmap = Buffer.alloc(Math.ceil(pages / 8));
  for (const run of runs) {
    for (let page = run.page; page < run.page + pagesOf(run); page++)
      bitmap[page >> 3] = (bitmap[page >> 3] ?? 0) | (1 << (page & 7));
  }
  const first = Math.ceil((out.length + 0x38 + bitmap.length) / 4096) * 4096;
  out.raw(Buffer.from(type === 5 ? 'FDMPDUMP' : 'SDMPDUMP')).raw(Buffer.alloc(24));
  out.u64(first, total(runs), pages).raw(bitmap);
  out.raw(Buffer.alloc(first - out.length));
  for (const { bytes } of runs) out.raw(bytes);
  return out.done();
}

/** Types 8, 9, 10: a table of page numbers and counts, room for one more than there are. */
export function buildRanges(type: 8 | 9 | 10, runs: readonly KernelRun[]): Buffer {
  const out = new Out().raw(header64(type, runs));
  const first = Math.ceil((0x2030 + 16 * (runs.length + 1)) / 4096) * 4096;
  out.u32(0x40).raw(Buffer.from('RDMPDUMP')).u32(0);
  out.u64(first - 0x2020, first);
  if (type === 10) out.u32(runs.length, 0).u64(total(runs));
  else out.u64(0, 0);
  for (const run of runs) out.u64(run.page, pagesOf(run));
  out.raw(Buffer.alloc(first - out.length));
  for (const { bytes } of runs) out.raw(bytes);
  return out.done();
}
