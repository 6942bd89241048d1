/**
 * The memory of a small x86-64 machine with Windows: page tables by the Intel SDM (volume 3, 4.5.4), process structures by
 * `windows-builds.ts`. Written with numbers of its own. No Windows runs here: another reader opens what this writes
 * (bench/formats/windows-processes.mjs).
 */
import { LIST_HEADS, ntoskrnl } from './ntoskrnl.js';
import { WINDOWS_BUILDS, type WindowsBuild, type WindowsName } from './windows-builds.js';
import { TABLE_FLAGS, X86Tables } from './x86-tables.js';

const PAGE = 4096;
const { SYSTEM, OPEN, READ, NO_EXECUTE } = TABLE_FLAGS;

export interface Placed {
  readonly name: string;
  readonly id: number;
  /** Page number of the top table. */
  readonly table: number;
  /** Of EPROCESS. */
  readonly address: bigint;
  readonly listed: boolean;
}

export interface Placing {
  /** Ended: signalled, and in no list. Hidden: in no list. */
  readonly state?: 'ended' | 'hidden';
  /** The page of another process's top table, which it got when this one ended. */
  readonly table?: number;
  readonly address?: bigint;
}

export class WindowsMachine {
  readonly memory: Buffer;
  readonly build: WindowsBuild;
  readonly processes: Placed[] = [];
  readonly #tables: X86Tables;
  readonly #shadow: boolean;
  /** The top table of System, whose upper half all others have. */
  readonly #system: number;
  readonly #self: number;
  #next = 0n;
  #objects = 0n;

  /** `shadow`: with a second top table for user mode. `large`: the pool lies in a page of 2 MiB, from page 512 on. */
  constructor(name: WindowsName, { shadow = false, large = false, pages = 2039 } = {}) {
    this.build = WINDOWS_BUILDS[name];
    this.#shadow = shadow && this.build.userDirectoryTableBase !== undefined;
    this.memory = Buffer.alloc(pages * PAGE);
    // In an order that scatters what follows each other; two MiB are kept for each of the large pages.
    const scattered = Array.from({ length: pages - 1 }, (_, i) => 1 + ((i * 37) % (pages - 1)));
    const free = scattered.filter((page) => page < 512 || page >= 1536);
    this.#tables = new X86Tables(this.memory, free);
    this.#self = this.build.number > 14393 ? 0x1b7 : 0x1ed;
    this.#system = this.#tables.take();
    const { image, pool } = this.build;
    const parts = new Set([272, 300, 352, 480, 511, ...[image, pool].map((at) => Number((at >> 39n) & 511n))]);
    for (const index of parts) this.#tables.entry(this.#system, index, this.#tables.take(), SYSTEM);
    this.#tables.entry(this.#system, this.#self, this.#system, SYSTEM | NO_EXECUTE);
    if (large) this.#tables.mapLarge(this.#system, pool - (pool % 0x20_0000n), 512, SYSTEM);
    this.process('System', 4, [], { table: this.#system });
  }

  /** A process with these bytes at these page-aligned addresses of its own half. */
  process(
    name: string,
    id: number,
    content: ReadonlyArray<readonly [address: bigint, bytes: Uint8Array]>,
    { state, table, address }: Placing = {},
  ): Placed {
    const top = table ?? this.#bare();
    const peb = id === 4 ? 0n : 0x36_7a00_0000n + BigInt(id) * 0x1000n;
    if (table === undefined) {
      for (const [at, bytes] of [...content, [peb, Buffer.alloc(PAGE, 'PEB')] as const]) this.#place(top, at, bytes);
    }
    const shadow = this.#shadow && (table === undefined || id === 4) ? this.#shadowOf(top) : undefined;
    const placed = {
      ...{ name, id, table: top, listed: state === undefined },
      address: address ?? this.build.pool + 0x40n + 0x1180n * this.#next++,
    };
    this.processes.push(placed);
    // The session manager runs without.
    this.#structure(placed, state === 'ended' ? 1 : 0, peb, name === 'smss.exe' ? undefined : shadow);
    return placed;
  }

  /** What one process has at an address, another one gets at one of its own. */
  share(one: Placed, at: bigint, two: Placed, address: bigint): void {
    const page = this.#tables.walk(one.table, at);
    if (page === undefined) throw new Error('nothing there');
    this.#tables.map(two.table, address, page, OPEN | NO_EXECUTE);
  }

  /** Takes a page out of a process: it stays in memory, on its way to the page file (MMPTE_TRANSITION: bit 11, not 0). */
  trim({ table }: Placed, address: bigint): void {
    const page = this.#tables.walk(table, address);
    if (page === undefined) throw new Error('nothing there');
    this.#tables.map(table, address, page, 0x880n);
  }

  /** 2 MiB of the machine's memory from page 1024 on, in one entry. */
  largePage({ table }: Placed, address: bigint): Buffer {
    this.#tables.mapLarge(table, address, 1024, OPEN);
    return this.memory.subarray(1024 * PAGE, 1536 * PAGE);
  }

  /** A top table with the kernel's half alone. */
  #bare(): number {
    const top = this.#tables.take();
    this.memory.copy(this.memory, top * PAGE + PAGE / 2, this.#system * PAGE + PAGE / 2, this.#system * PAGE + PAGE);
    this.#tables.entry(top, this.#self, top, SYSTEM | NO_EXECUTE);
    return top;
  }

  /** The table for user mode has the same tables of the lower half, and next to nothing of the upper one. */
  #shadowOf(top: number): number {
    const shadow = this.#tables.take();
    this.memory.copy(this.memory, shadow * PAGE, top * PAGE, top * PAGE + PAGE / 2);
    for (let at = top * PAGE; at < top * PAGE + PAGE / 2; at += 8) {
      const entry = this.memory.readBigUInt64LE(at);
      if (entry !== 0n) this.memory.writeBigUInt64LE(entry | NO_EXECUTE, at);
    }
    this.#tables.entry(shadow, this.#self, shadow, SYSTEM | NO_EXECUTE);
    const image = Number((this.build.image >> 39n) & 511n) * 8;
    this.memory.copy(this.memory, shadow * PAGE + image, top * PAGE + image, top * PAGE + image + 8);
    return shadow;
  }

  #place(top: number, address: bigint, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PAGE) {
      const page = this.#tables.take();
      this.memory.set(bytes.subarray(at, at + PAGE), page * PAGE);
      this.#tables.map(top, address + BigInt(at), page, OPEN | 0x800n | NO_EXECUTE);
    }
  }

  #structure({ name, id, table, address }: Placed, signal: number, peb: bigint, shadow?: number): void {
    const { build } = this;
    const put = (offset: number, value: bigint) => this.write(address + BigInt(offset), value);
    this.writeBytes(address, Buffer.alloc(build.bytes));
    // A pool header and the name of the type stand before.
    this.writeBytes(address - 0x40n, Buffer.from('\0\0\x0a\x02Proc', 'latin1'));
    put(0, 3n | (BigInt(build.words) << 16n) | (BigInt(signal) << 32n));
    for (const list of [0x08, 0x18]) for (const half of [0, 8]) put(list + half, address + BigInt(list));
    // Somebody waits for every third one.
    if (id % 12 === 0) for (const half of [0, 8]) put(0x08 + half, build.pool + 0x8_0120n);
    put(0x28, BigInt(table * PAGE) | (this.#shadow ? 2n : 0n));
    for (const half of [0, 8]) put(0x30 + half, signal ? address + 0x30n : build.pool + 0x8_02f8n + BigInt(id));
    put(build.stackCount - (build.stackCount % 8), BigInt(8 * (1 + (id % 5))) << BigInt(8 * (build.stackCount % 8)));
    if (build.userDirectoryTableBase !== undefined && shadow !== undefined)
      put(build.userDirectoryTableBase, BigInt(shadow * PAGE) | 1n);
    put(build.uniqueProcessId, BigInt(id));
    put(build.virtualSize, 0x200_0000n + BigInt(id) * 0x1000n);
    put(build.objectTable, this.#object('Obtb', Buffer.alloc(0x20)));
    put(build.parentId, id === 4 ? 0n : 4n);
    put(build.peb, peb);
    this.writeBytes(address + BigInt(build.imageFileName), Buffer.from(name.slice(0, 14), 'latin1'));
    this.writeBytes(address + BigInt(build.priorityClass), Buffer.from([2]));
    const path = Buffer.from(`\\Device\\HarddiskVolume3\\Windows\\${name}\0`, 'utf16le');
    const text = Buffer.concat([Buffer.alloc(16), path]);
    text.writeUInt16LE(path.length - 2, 0);
    text.writeUInt16LE(path.length, 2);
    put(build.imagePath, this.#object('Name', text));
    for (const half of [0, 8]) put(build.threadListHead + half, build.pool + 0x8_0638n + BigInt(id));
    put(build.exitStatus - (build.exitStatus % 8), 0x103_0000_0000n);
    put(build.vadRoot, build.pool + 0x9_0000n + BigInt(id) * 0x40n);
  }

  /** An allocation with its tag; gives the address behind the header. */
  #object(tag: string, bytes: Uint8Array): bigint {
    const address = this.build.pool + 0xa_0010n + 0x100n * this.#objects++;
    this.writeBytes(address - 0x10n, Buffer.from(`\0\0\x10\x02${tag}\0\0\0\0\0\0\0\0`, 'latin1'));
    this.writeBytes(address, bytes);
    return address;
  }

  /** Ties the lists, and puts the kernel where it lies. */
  finish(): Buffer {
    const { image, ...build } = this.build;
    const bytes = ntoskrnl((this.processes[0] as Placed).address);
    // Headers are writable, what follows is for reading; the rest of the image is one page of zeros.
    const rest = this.#tables.take();
    for (let index = 0; index < 36; index++) {
      const page = index * PAGE < bytes.length ? this.#tables.take() : rest;
      if (page !== rest) this.memory.set(bytes.subarray(index * PAGE, (index + 1) * PAGE), page * PAGE);
      const flags = index === 0 ? SYSTEM | NO_EXECUTE : READ;
      this.#tables.map(this.#system, image + BigInt(index * PAGE), page, flags);
    }
    const all = this.processes.filter(({ listed }) => listed);
    this.#ring(LIST_HEADS.active, build.activeProcessLinks, all);
    this.#ring(LIST_HEADS.kernel, build.processListEntry, all);
    this.#ring(LIST_HEADS.session, build.sessionProcessLinks, all.slice(2));
    this.#ring(LIST_HEADS.memory, build.mmProcessLinks, all);
    return this.memory;
  }

  #ring(head: bigint, offset: number, processes: readonly Placed[]): void {
    const links = processes.map(({ address }) => address + BigInt(offset));
    const nodes = [this.build.image + head, ...links];
    for (const [index, node] of nodes.entries()) {
      this.write(node, nodes[(index + 1) % nodes.length] as bigint);
      this.write(node + 8n, nodes.at(index - 1) as bigint);
    }
  }

  /** The physical address of a kernel address, which gets a page where it has none. */
  physical(address: bigint): number {
    let page = this.#tables.walk(this.#system, address);
    if (page === undefined) {
      page = this.#tables.take();
      this.#tables.map(this.#system, address, page, SYSTEM | NO_EXECUTE);
    }
    return page * PAGE + Number(address & 0xfffn);
  }

  write(address: bigint, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    this.writeBytes(address, bytes);
  }

  writeBytes(address: bigint, bytes: Uint8Array): void {
    for (const [index, byte] of bytes.entries()) this.memory[this.physical(address + BigInt(index))] = byte;
  }
}
