/**
 * The memory of a small x86-64 machine, page by page, with page tables by the Intel SDM (volume 3, 4.5.4): written with
 * numbers of its own, so that the parser's cannot agree with themselves.
 */
const PAGE = 4096;
const TABLE = 0x067n;
const LEAF = 0x867n | (1n << 63n);

export class Machine {
  readonly memory: Buffer;
  /** Page numbers that are free, in an order that scatters what follows each other. */
  readonly #free: number[];
  /** Of the kernel's half, the same in all processes. */
  readonly #kernel: number;

  constructor(pages: number) {
    this.memory = Buffer.alloc(pages * PAGE);
    // A stride that is prime to the number of pages visits each once.
    this.#free = Array.from({ length: pages - 1 }, (_, i) => 1 + ((i * 37) % (pages - 1)));
    this.#kernel = this.#take();
  }

  #take(): number {
    const page = this.#free.shift();
    if (page === undefined) throw new Error('no page left');
    return page;
  }

  /** A process with these bytes at these page-aligned addresses; the path of its program ends its stack. */
  process(path: string, content: ReadonlyArray<readonly [address: bigint, bytes: Uint8Array]>): { top: number } {
    const top = this.#take();
    this.#entry(top, 511, this.#kernel, TABLE);
    this.#entry(top, 273, this.#kernel, 0x063n);
    const stack = Buffer.alloc(3 * PAGE);
    stack.write(`HOME=/\0PATH=/bin\0${path}\0`, stack.length - 8 - path.length - 1 - 17, 'latin1');
    for (const [address, bytes] of [...content, [0x7ffc_1234_5000n, stack] as const]) {
      for (let at = 0; at < bytes.length; at += PAGE) {
        const page = this.#take();
        this.memory.set(bytes.subarray(at, at + PAGE), page * PAGE);
        this.#map(top, address + BigInt(at), page);
      }
    }
    return { top: top * PAGE };
  }

  #map(top: number, address: bigint, page: number): void {
    let table = top;
    for (const shift of [39n, 30n, 21n]) {
      const index = Number((address >> shift) & 511n);
      const entry = this.memory.readBigUInt64LE(table * PAGE + index * 8);
      const next = entry === 0n ? this.#take() : Number((entry & 0x000f_ffff_ffff_f000n) >> 12n);
      if (entry === 0n) this.#entry(table, index, next, TABLE);
      table = next;
    }
    this.#entry(table, Number((address >> 12n) & 511n), page, LEAF);
  }

  #entry(table: number, index: number, page: number, flags: bigint): void {
    this.memory.writeBigUInt64LE((BigInt(page) << 12n) | flags, table * PAGE + index * 8);
  }
}
