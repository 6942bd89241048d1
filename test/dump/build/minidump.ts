/** Writes minidumps by the numbers of Microsoft's minidumpapiset.h; shares nothing with the parser. */
export interface DumpRange {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

export interface MinidumpOptions {
  /** One Memory64List, its data contiguous. */
  readonly full?: readonly DumpRange[];
  /** One MemoryList, each range in its own place; `order` gives the order of the data in the file. */
  readonly small?: readonly DumpRange[];
  readonly order?: readonly number[];
  /** `stack`: index into `small`. `range`: a stack that is told by address only. `context`: the thread's registers. */
  readonly threads?: ReadonlyArray<{
    readonly id: number;
    readonly stack?: number;
    readonly range?: { readonly address: bigint; readonly size: number };
    readonly context?: Uint8Array;
  }>;
  readonly modules?: ReadonlyArray<{ readonly address: bigint; readonly size: number; readonly name: string }>;
  readonly info?: ReadonlyArray<{
    readonly address: bigint;
    readonly size: bigint;
    readonly type: number;
    /** PAGE_READWRITE when absent. */
    readonly protect?: number;
  }>;
  /** Streams of any other type, as they are. */
  readonly others?: ReadonlyArray<readonly [type: number, bytes: Uint8Array]>;
  /** Four bytes between count and entries, as some writers put them. */
  readonly padded?: boolean;
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

/** MINIDUMP_SYSTEM_INFO, 56 bytes: architecture at 0, version at 8, 12, 16, platform at 20. */
export function systemInfo(architecture: number): Uint8Array {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt16LE(architecture, 0);
  [10, 0, 19045, 2].forEach((value, i) => {
    bytes.writeUInt32LE(value, 8 + 4 * i);
  });
  return bytes;
}

export function buildMinidump(options: MinidumpOptions): Buffer {
  const { full, small = [], threads, modules, info, padded, others = [] } = options;
  const list = (count: number) => (padded ? [u32(count), u32(0)] : [u32(count)]);
  const sizes: Array<[type: number, size: number]> = [];
  if (modules) sizes.push([4, (padded ? 8 : 4) + modules.length * 108]);
  if (threads) sizes.push([3, (padded ? 8 : 4) + threads.length * 48]);
  if (info) sizes.push([16, 16 + info.length * 48]);
  if (small.length > 0) sizes.push([5, (padded ? 8 : 4) + small.length * 16]);
  if (full) sizes.push([9, 16 + full.length * 16]);
  for (const [type, bytes] of others) sizes.push([type, bytes.length]);

  let at = 32 + sizes.length * 12;
  const directory = sizes.map(([type, size]) => {
    const entry = { type, size, rva: at };
    at += size;
    return entry;
  });
  const names = (modules ?? []).map(({ name }) => {
    const text = Buffer.from(name, 'utf16le');
    const rva = at;
    at += 4 + text.length + 2;
    return { rva, bytes: Buffer.concat([u32(text.length), text, Buffer.alloc(2)]) };
  });
  const contexts = (threads ?? []).map(({ context = new Uint8Array(0) }) => {
    const rva = at;
    at += context.length;
    return { rva, bytes: context };
  });
  // An odd number of bytes, so that memory starts at an odd place.
  at += 3;
  const order = options.order ?? small.map((_, index) => index);
  const places = new Map<number, number>();
  for (const index of order) {
    places.set(index, at);
    at += (small[index] as DumpRange).bytes.length;
  }
  const baseRva = at;

  const streams: Buffer[] = [];
  for (const [index, { type }] of directory.entries()) {
    if (type === 4) {
      streams.push(
        ...list(modules?.length ?? 0),
        ...(modules ?? []).map(({ address, size }, i) =>
          Buffer.concat([u64(address), u32(size), u32(0), u32(0), u32(names[i]?.rva ?? 0), Buffer.alloc(108 - 24)]),
        ),
      );
    }
    if (type === 3) {
      streams.push(
        ...list(threads?.length ?? 0),
        ...(threads ?? []).map(({ id, stack, range, context }, i) => {
          const memory = stack === undefined ? undefined : small[stack];
          const rva = stack === undefined ? 0 : (places.get(stack) ?? 0);
          const place = contexts[i]?.rva ?? 0;
          return Buffer.concat([
            u32(id),
            Buffer.alloc(20),
            u64(memory?.address ?? range?.address ?? 0n),
            u32(memory?.bytes.length ?? range?.size ?? 0),
            u32(rva),
            u32(context?.length ?? 0),
            u32(context ? place : 0),
          ]);
        }),
      );
    }
    if (type === 16) {
      streams.push(
        u32(16),
        u32(48),
        u64(BigInt(info?.length ?? 0)),
        ...(info ?? []).map(({ address, size, type: kind, protect = 4 }) =>
          Buffer.concat([
            u64(address),
            u64(address),
            u32(4),
            u32(0),
            u64(size),
            u32(0x1000),
            u32(protect),
            u32(kind),
            u32(0),
          ]),
        ),
      );
    }
    if (type === 5) {
      streams.push(
        ...list(small.length),
        ...small.map(({ address, bytes }, i) =>
          Buffer.concat([u64(address), u32(bytes.length), u32(places.get(i) ?? 0)]),
        ),
      );
    }
    if (type === 9) {
      streams.push(
        u64(BigInt(full?.length ?? 0)),
        u64(BigInt(baseRva)),
        ...(full ?? []).map(({ address, bytes }) => Buffer.concat([u64(address), u64(BigInt(bytes.length))])),
      );
    }
    const other = others[index - (directory.length - others.length)];
    if (other !== undefined) streams.push(Buffer.from(other[1]));
  }
  return Buffer.concat([
    Buffer.from('MDMP'),
    u32(0xa793),
    u32(directory.length),
    u32(32),
    u32(0),
    u32(0),
    u64(0n),
    ...directory.flatMap(({ type, size, rva }) => [u32(type), u32(size), u32(rva)]),
    ...streams,
    ...names.map(({ bytes }) => bytes),
    ...contexts.map(({ bytes }) => Buffer.from(bytes)),
    Buffer.alloc(3),
    ...order.map((index) => Buffer.from((small[index] as DumpRange).bytes)),
    ...(full ?? []).map(({ bytes }) => Buffer.from(bytes)),
  ]);
}
