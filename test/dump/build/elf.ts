/**
 * Writes ELF cores by the numbers of elf(5) and linux/elfcore.h, field after field: shares nothing with the parser, so a
 * wrong offset cannot agree with itself.
 */
export interface CoreSegment {
  readonly address: bigint;
  /** Zero when absent. */
  readonly physical?: bigint;
  readonly bytes: Uint8Array;
  readonly memorySize?: number;
  /** 4 read, 2 write, 1 execute. */
  readonly flags?: number;
}

export interface CoreOptions {
  readonly bits: 32 | 64;
  readonly big: boolean;
  readonly segments: readonly CoreSegment[];
  readonly machine?: number;
  /** By `CORE` when no name is given. */
  readonly notes?: ReadonlyArray<{ readonly type: number; readonly desc: Uint8Array; readonly name?: string }>;
  /** Puts the count of segments into section 0, as for more than 65,534 of them. */
  readonly extended?: boolean;
}

class Writer {
  readonly #parts: Buffer[] = [];
  length = 0;
  constructor(readonly big: boolean) {}

  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    this.length += bytes.length;
    return this;
  }

  number(value: bigint | number, size: 1 | 2 | 4 | 8): this {
    const bytes = Buffer.alloc(size);
    let rest = BigInt(value);
    for (let i = 0; i < size; i++) {
      bytes[this.big ? size - 1 - i : i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this.raw(bytes);
  }

  pad(to: number): this {
    return this.raw(Buffer.alloc((to - (this.length % to)) % to));
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export function noteBytes(big: boolean, notes: CoreOptions['notes']): Buffer {
  const out = new Writer(big);
  for (const { type, desc, name = 'CORE' } of notes ?? []) {
    out
      .number(name.length + 1, 4)
      .number(desc.length, 4)
      .number(type, 4);
    out
      .raw(Buffer.from(`${name}\0`))
      .pad(4)
      .raw(desc)
      .pad(4);
  }
  return out.done();
}

export function buildCore({ bits, big, segments, machine = 62, notes, extended }: CoreOptions): Buffer {
  const wide = bits === 64;
  const word = wide ? 8 : 4;
  const [headerSize, entrySize, sectionSize] = wide ? [64, 56, 64] : [52, 32, 40];
  const note = noteBytes(big, notes);
  const count = segments.length + 1;
  const tableEnd = headerSize + count * entrySize;
  const dataStart = tableEnd + note.length;
  const dataSize = segments.reduce((sum, { bytes }) => sum + bytes.length, 0);

  const out = new Writer(big);
  out.raw(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, big ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  out.number(4, 2).number(machine, 2).number(1, 4); // ET_CORE, e_machine, e_version
  out.number(0, word as 4 | 8).number(headerSize, word as 4 | 8); // e_entry, e_phoff
  out.number(extended ? dataStart + dataSize : 0, word as 4 | 8).number(0, 4); // e_shoff, e_flags
  out
    .number(headerSize, 2)
    .number(entrySize, 2)
    .number(extended ? 0xffff : count, 2);
  out
    .number(sectionSize, 2)
    .number(extended ? 1 : 0, 2)
    .number(0, 2);

  let offset = dataStart;
  const entry = (
    type: number,
    flags: number,
    at: number,
    address: bigint,
    size: number,
    memory: number,
    physical = 0n,
  ) => {
    out.number(type, 4);
    if (wide) out.number(flags, 4);
    out
      .number(at, word as 4 | 8)
      .number(address, word as 4 | 8)
      .number(physical, word as 4 | 8);
    out.number(size, word as 4 | 8).number(memory, word as 4 | 8);
    if (!wide) out.number(flags, 4);
    out.number(1, word as 4 | 8);
  };
  entry(4, 0, tableEnd, 0n, note.length, 0);
  for (const { address, physical, bytes, memorySize, flags } of segments) {
    entry(1, flags ?? 6, offset, address, bytes.length, memorySize ?? bytes.length, physical);
    offset += bytes.length;
  }
  out.raw(note);
  for (const { bytes } of segments) out.raw(bytes);
  if (extended) {
    // Section 0: name, type, flags, addr, offset, size, link, info = count, addralign, entsize.
    out.number(0, 4).number(0, 4);
    for (let i = 0; i < 4; i++) out.number(0, word as 4 | 8);
    out.number(0, 4).number(count, 4);
    out.number(0, word as 4 | 8).number(0, word as 4 | 8);
  }
  return out.done();
}

/** NT_PRSTATUS of x86-64: 336 bytes, pid at 32, rsp at 112 + 19 × 8. */
export function prstatusX64(pid: number, stackPointer: bigint): Uint8Array {
  const bytes = Buffer.alloc(336);
  bytes.writeInt32LE(pid, 32);
  bytes.writeBigUInt64LE(stackPointer, 264);
  return bytes;
}

/** NT_PRSTATUS of any machine: a thread id and a stack pointer at the places that the caller knows. */
export function prstatus(
  size: number,
  big: boolean,
  id: readonly [at: number, value: number],
  stackPointer: readonly [at: number, size: 4 | 8, value: bigint],
): Uint8Array {
  const bytes = Buffer.alloc(size);
  const put = (at: number, length: 4 | 8, value: bigint) => bytes.set(new Writer(big).number(value, length).done(), at);
  put(id[0], 4, BigInt(id[1]));
  put(...stackPointer);
  return bytes;
}

/** NT_AUXV of 64-bit little-endian: pairs, and the zero that ends them. */
export function auxvNote(pairs: ReadonlyArray<readonly [key: number, value: bigint]>): Uint8Array {
  const out = new Writer(false);
  for (const [key, value] of [...pairs, [0, 0n] as const]) out.number(key, 8).number(value, 8);
  return out.done();
}

/** NT_FILE for 64-bit little-endian. */
export function fileNote(files: ReadonlyArray<readonly [start: bigint, end: bigint, name: string]>): Uint8Array {
  const out = new Writer(false);
  out.number(files.length, 8).number(4096, 8);
  for (const [start, end] of files) out.number(start, 8).number(end, 8).number(0, 8);
  for (const [, , name] of files) out.raw(Buffer.from(`${name}\0`));
  return out.done();
}
