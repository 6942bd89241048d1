/** Writes Mach-O cores by Apple's loader.h, field after field; shares nothing with the parser. */
export interface MachSegment {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly memorySize?: number;
  /** 1 read, 2 write, 4 execute. */
  readonly protection?: number;
}

export interface MachOptions {
  readonly bits: 32 | 64;
  readonly big: boolean;
  readonly cpu: number;
  readonly segments: readonly MachSegment[];
  /** For each thread its states: flavor, and bytes. */
  readonly threads?: ReadonlyArray<ReadonlyArray<readonly [flavor: number, state: Uint8Array]>>;
  readonly notes?: ReadonlyArray<readonly [owner: string, bytes: Uint8Array]>;
}

export function buildMachO({ bits, big, cpu, segments, threads = [], notes = [] }: MachOptions): Buffer {
  const number = (value: bigint | number, size: number) => {
    const bytes = Buffer.alloc(size);
    for (let i = 0; i < size; i++) bytes[big ? size - 1 - i : i] = Number((BigInt(value) >> BigInt(8 * i)) & 0xffn);
    return bytes;
  };
  const u32 = (...values: number[]) => Buffer.concat(values.map((value) => number(value, 4)));
  const word = bits / 8;
  const threadCommands = threads.map((states) => {
    const body = Buffer.concat(
      states.flatMap(([flavor, state]) => [u32(flavor, state.length / 4), Buffer.from(state)]),
    );
    return Buffer.concat([u32(4, 8 + body.length), body]);
  });
  const segmentSize = bits === 64 ? 72 : 56;
  const headerSize = bits === 64 ? 32 : 28;
  const commandBytes =
    segments.length * segmentSize + threadCommands.reduce((sum, { length }) => sum + length, 0) + notes.length * 40;
  let at = headerSize + commandBytes;
  const place = (length: number) => {
    at += length;
    return at - length;
  };
  const noteCommands = notes.map(([owner, bytes]) => {
    const offset = place(bytes.length);
    return Buffer.concat([
      u32(0x31, 40),
      Buffer.from(owner.padEnd(16, '\0')),
      number(offset, 8),
      number(bytes.length, 8),
    ]);
  });
  // Segments' bytes begin at a page.
  const padding = (4096 - (at % 4096)) % 4096;
  at += padding;
  const segmentCommands = segments.map(({ address, bytes, memorySize = bytes.length, protection = 3 }) =>
    Buffer.concat([
      u32(bits === 64 ? 0x19 : 1, segmentSize),
      Buffer.alloc(16),
      ...[address, memorySize, place(bytes.length), bytes.length].map((value) => number(value, word)),
      u32(7, protection, 0, 0),
    ]),
  );
  const count = segments.length + threads.length + notes.length;
  return Buffer.concat([
    u32(bits === 64 ? 0xfeedfacf : 0xfeedface, cpu, 3, 4, count, commandBytes, 0, ...(bits === 64 ? [0] : [])),
    ...threadCommands,
    ...noteCommands,
    ...segmentCommands,
    ...notes.map(([, bytes]) => Buffer.from(bytes)),
    Buffer.alloc(padding),
    ...segments.map(({ bytes }) => Buffer.from(bytes)),
  ]);
}
