/** Writes page tables of x86-64 with four levels by the Intel SDM (volume 3, 4.5.4), with numbers of its own. */
const PAGE = 4096;
const NUMBER = 0x000f_ffff_ffff_f000n;
const PRESENT = 1n;
const LARGE = 0x080n;

export const TABLE_FLAGS = {
  /** Present, writable, accessed, dirty. */
  SYSTEM: 0x063n,
  /** The same, open to user mode. */
  OPEN: 0x067n,
  /** Present, accessed, global. */
  READ: 0x121n,
  NO_EXECUTE: 1n << 63n,
} as const;

export class X86Tables {
  readonly #memory: Buffer;
  readonly #free: number[];

  /** `free`: page numbers, in the order in which they are taken. */
  constructor(memory: Buffer, free: number[]) {
    this.#memory = memory;
    this.#free = free;
  }

  take(): number {
    const page = this.#free.shift();
    if (page === undefined) throw new Error('no page left');
    return page;
  }

  entry(table: number, index: number, page: number, flags: bigint): void {
    this.#memory.writeBigUInt64LE((BigInt(page) << 12n) | flags, table * PAGE + index * 8);
  }

  map(top: number, address: bigint, page: number, flags: bigint): void {
    this.entry(this.#tableAt(top, address, [39n, 30n, 21n]), Number((address >> 12n) & 511n), page, flags);
  }

  /** 2 MiB from a page on whose number is a multiple of 512. */
  mapLarge(top: number, address: bigint, page: number, flags: bigint): void {
    this.entry(this.#tableAt(top, address, [39n, 30n]), Number((address >> 21n) & 511n), page, flags | LARGE);
  }

  #tableAt(top: number, address: bigint, shifts: readonly bigint[]): number {
    const open = address < 1n << 47n;
    return shifts.reduce((table, shift) => {
      const index = Number((address >> shift) & 511n);
      const entry = this.#memory.readBigUInt64LE(table * PAGE + index * 8);
      if (entry !== 0n) return Number((entry & NUMBER) >> 12n);
      const next = this.take();
      this.entry(table, index, next, open ? TABLE_FLAGS.OPEN : TABLE_FLAGS.SYSTEM);
      return next;
    }, top);
  }

  /** The page at an address; undefined where none is mapped. */
  walk(top: number, address: bigint): number | undefined {
    let table = top;
    for (const shift of [39n, 30n, 21n, 12n]) {
      const entry = this.#memory.readBigUInt64LE(table * PAGE + Number((address >> shift) & 511n) * 8);
      if ((entry & PRESENT) === 0n) return undefined;
      table = Number((entry & NUMBER) >> 12n);
      if (shift === 21n && (entry & LARGE) !== 0n) return table + Number((address >> 12n) & 511n);
    }
    return table;
  }
}
