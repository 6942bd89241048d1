/** What a minidump tells of the process: stacks, memory kinds, names; and lists that lie. */
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { buildMinidump, type MinidumpOptions, systemInfo } from './build/minidump.js';

const [PRIVATE, MAPPED, IMAGE] = [0x20000, 0x40000, 0x1000000];
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const mapWith = (options: MinidumpOptions) => mapOf(buildMinidump(options));
const memory = ({ regions }: DumpMap) => regions.filter(({ address }) => address !== undefined);
const codes = ({ warnings }: DumpMap) => warnings.map(({ code, incomplete }) => [code, incomplete]);

/** Unlike any other bytes of a small dump. */
const ADDRESSES = [0x7a5b1000n, 0x7a5c2000n, 0x7a5d3000n] as const;

/** Fields one after the other, little-endian. */
function list(records: ReadonlyArray<readonly [value: bigint, bytes: 4 | 8]>): Buffer {
  return Buffer.concat(
    records.map(([value, size]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes.subarray(0, size);
    }),
  );
}

describe('the threads of a minidump', () => {
  // Esp, Sp, Rsp, Sp in CONTEXT of winnt.h; sizes of the contexts of each.
  it.each([
    ['x86', 0, 716, 0xc4, 4],
    ['arm', 5, 416, 0x38, 4],
    ['x86-64', 9, 1232, 0x98, 8],
    ['arm64', 12, 912, 0x100, 8],
  ] as const)('have their stack pointers in contexts of %s', (name, architecture, size, at, width) => {
    const context = Buffer.alloc(size);
    if (width === 8) context.writeBigUInt64LE(0x7000_1234_5678n, at);
    else context.writeUInt32LE(0x12345678, at);
    const map = mapWith({ threads: [{ id: 3, context }], others: [[7, systemInfo(architecture)]] });
    expect(map.threads).toEqual([{ id: 3, stackPointer: width === 8 ? 0x7000_1234_5678n : 0x12345678n }]);
    expect(map.facts).toContainEqual(['machine', name]);
    expect(map.facts).toContainEqual(['system', 'Windows 10.0.19045']);
  });

  it('of a dump of the full memory have their stacks in it, not at the start of the file', () => {
    const dump = buildMinidump({
      full: [
        { address: 0x10000n, bytes: filled(100, 1) },
        { address: 0x20000n, bytes: filled(4096, 2) },
      ],
      threads: [{ id: 8, range: { address: 0x20800n, size: 2048 } }],
    });
    const at = dump.indexOf(Buffer.from(filled(2048, 2)));
    const index = new RegionIndex(mapOf(dump));
    expect(index.locate({ offset: 0, length: 1 })).toEqual([{ region: 'metadata' }]);
    expect(index.locate({ offset: at + 2047, length: 1 })).toEqual([{ address: '0x207ff', region: 'anonymous' }]);
    expect(index.locate({ offset: at + 2048, length: 1 })).toEqual([
      { address: '0x20800', region: 'stack', thread: 8 },
      { address: '0x20800', region: 'anonymous' },
    ]);
  });

  it('without any told stack have the memory around their stack pointer', () => {
    const context = Buffer.alloc(1232);
    context.writeBigUInt64LE(0x20010n, 0x98);
    const map = mapWith({
      full: [{ address: 0x20000n, bytes: filled(64, 2) }],
      threads: [{ id: 8, context }],
      others: [[7, systemInfo(9)]],
    });
    expect(memory(map).map(({ kind, thread, length }) => [kind, thread, length])).toContainEqual(['stack', 8, 64]);
  });

  it('have names, from 64-bit places', () => {
    const dump = buildMinidump({
      threads: [{ id: 8 }, { id: 9 }],
      modules: [{ address: 0x1000n, size: 16, name: 'worker' }],
      others: [
        [
          24,
          list([
            [1n, 4],
            [8n, 4],
            [0n, 8],
          ]),
        ],
      ],
    });
    const name = dump.indexOf(Buffer.from('worker', 'utf16le')) - 4;
    const entry = dump.indexOf(
      list([
        [1n, 4],
        [8n, 4],
        [0n, 8],
      ]),
    );
    dump.writeBigUInt64LE(BigInt(name), entry + 8);
    expect(mapOf(dump).threads).toEqual([{ id: 8, name: 'worker' }, { id: 9 }]);
  });
});

describe('the memory of a minidump', () => {
  it('is told apart by its type and rights', () => {
    const [READONLY, READWRITE, EXECUTE_READ, GUARD] = [2, 4, 0x20, 0x100];
    const info = [
      { type: PRIVATE, protect: READWRITE },
      { type: PRIVATE, protect: EXECUTE_READ },
      { type: MAPPED, protect: READONLY },
      { type: IMAGE, protect: READWRITE },
      { type: PRIVATE, protect: READWRITE | GUARD },
    ].map((one, i) => ({ ...one, address: BigInt(i + 1) * 0x10000n, size: 0x1000n }));
    const full = info.map(({ address }) => ({ address, bytes: filled(16, 1) }));
    const map = mapWith({ info, full: [...full, { address: 0x90000n, bytes: filled(16, 1) }] });
    expect(memory(map).map(({ kind, protection }) => [kind, protection])).toEqual([
      ['heap', 'rw-'],
      ['anonymous', 'r-x'],
      ['mapped-file', 'r--'],
      ['module', 'rw-'],
      ['heap', 'rw-'],
      ['anonymous', undefined],
    ]);
  });

  it('is cut where another kind begins within one range, and nowhere else', () => {
    const info = [
      { address: 0x1000n, size: 0x1000n, type: PRIVATE },
      { address: 0x2000n, size: 0x1000n, type: PRIVATE },
      { address: 0x4000n, size: 0x1000n, type: MAPPED },
    ];
    const map = mapWith({ info, full: [{ address: 0x800n, bytes: filled(0x4000, 1) }] });
    const start = memory(map)[0]?.offset ?? 0;
    expect(memory(map).map(({ address, offset, length, kind }) => [address, offset - start, length, kind])).toEqual([
      [0x800n, 0, 0x800, 'anonymous'],
      [0x1000n, 0x800, 0x2000, 'heap'],
      [0x3000n, 0x2800, 0x1000, 'anonymous'],
      [0x4000n, 0x3800, 0x800, 'mapped-file'],
    ]);
  });

  it('keeps good ranges next to bad ones', () => {
    const dump = buildMinidump({
      small: [0, 1, 2].map((byte) => ({ address: ADDRESSES[byte] ?? 0n, bytes: filled(64, byte) })),
    });
    const second = dump.indexOf(list([[ADDRESSES[1], 8]]));
    dump.writeUInt32LE(0, second + 12);
    expect(codes(mapOf(dump))).toEqual([['BAD_RANGE', true]]);
    expect(memory(mapOf(dump)).map(({ address }) => address)).toEqual([ADDRESSES[0], ADDRESSES[2]]);
    dump.writeUInt32LE(dump.length - 10, second + 12);
    expect(codes(mapOf(dump))).toEqual([['TRUNCATED', true]]);
    expect(memory(mapOf(dump)).map(({ address, length }) => [address, length])).toContainEqual([ADDRESSES[1], 10]);
    expect(mapOf(dump).declaredSize).toBe(dump.length + 54);
  });

  it('keeps the ranges that are there when their count lies', () => {
    const dump = buildMinidump({ full: [{ address: ADDRESSES[0], bytes: filled(64, 1) }] });
    const count = dump.indexOf(
      list([
        [1n, 8],
        [BigInt(dump.length - 64), 8],
      ]),
    );
    dump.writeBigUInt64LE(0xffff_ffffn, count);
    expect(memory(mapOf(dump)).map(({ address }) => address)).toEqual([ADDRESSES[0]]);
    expect(codes(mapOf(dump))).toEqual([['BAD_RANGE', true]]);
  });

  it('has nothing with a place behind an absurd length', () => {
    const dump = buildMinidump({
      full: [0, 1, 2].map((byte) => ({ address: ADDRESSES[byte] ?? 0n, bytes: filled(64, byte) })),
    });
    dump.writeBigUInt64LE(0xffff_ffff_ffff_0000n, dump.indexOf(list([[ADDRESSES[1], 8]])) + 8);
    expect(memory(mapOf(dump)).map(({ address }) => address)).toEqual([ADDRESSES[0]]);
    expect(codes(mapOf(dump))).toEqual([['BAD_RANGE', true]]);
  });

  it('is labelled in time, however many modules and pieces there are', () => {
    const full = Array.from({ length: 60_000 }, (_, i) => ({ address: BigInt(i) * 4096n, bytes: filled(1, 1) }));
    const modules = Array.from({ length: 3000 }, (_, i) => ({ address: BigInt(i) * 65_536n, size: 4096, name: 'm' }));
    const info = Array.from({ length: 60_000 }, (_, i) => ({ address: BigInt(i), size: 1n, type: i % 2 ? IMAGE : 0 }));
    const dump = buildMinidump({ full, modules, info });
    const elapsed = cpuTimer();
    expect(memory(mapOf(dump)).length).toBeGreaterThanOrEqual(60_000);
    expect(elapsed()).toBeLessThan(3000);
  });
});

describe('a minidump', () => {
  it('says nothing of what its environment and command line hold', () => {
    const map = mapWith({
      others: [
        [0x47670006, Buffer.from('server --password=hunter2')],
        [0x47670007, Buffer.from('TOKEN=hunter2\0')],
        [0x1234567, Buffer.from('hunter2')],
      ],
    });
    expect(map.warnings).toEqual([]);
    expect(map.regions.map(({ kind }) => kind)).toEqual(['metadata', 'metadata', 'metadata', 'metadata']);
    expect(JSON.stringify(map)).not.toContain('hunter2');
  });

  it('takes no other bytes for a module name', () => {
    const dump = buildMinidump({ modules: [{ address: 0x1000n, size: 16, name: 'lib.dll' }] });
    const text = dump.indexOf(Buffer.from('lib.dll', 'utf16le'));
    const pointer = dump.indexOf(list([[BigInt(text - 4), 4]]));
    expect(mapOf(dump).modules[0]?.name).toBe('lib.dll');
    for (const bad of [0, 8, dump.length, 0xffffffff]) {
      dump.writeUInt32LE(bad, pointer);
      expect(mapOf(dump).modules[0]?.name, `at ${bad}`).toBe('');
    }
    dump.writeUInt32LE(text - 4, pointer);
    dump.writeUInt16LE(0xffff, text + 4); // no character
    expect(mapOf(dump).modules[0]?.name).toBe('');
  });

  it('may repeat streams', () => {
    const system = systemInfo(9);
    const map = mapWith({
      others: [
        [7, system],
        [7, system],
        [15, filled(24, 0)],
        [15, filled(3, 1)],
      ],
    });
    expect(map.warnings).toEqual([]);
    expect(map.facts.filter(([name]) => name === 'machine')).toEqual([['machine', 'x86-64']]);
  });

  it('whose directory lies beyond the first part of a stream has no addresses, and is not called damaged', () => {
    const dump = buildMinidump({ full: [{ address: 0x1000n, bytes: filled(64, 1) }] });
    const late = Buffer.concat([dump.subarray(0, 32), Buffer.alloc(1000), dump.subarray(32)]);
    late.writeUInt32LE(1032, 12);
    expect(codes(readDumpMap(bytesReader(late.subarray(0, 500)), undefined))).toEqual([['MAP_PREFIX_ONLY', false]]);
    expect(codes(readDumpMap(bytesReader(late.subarray(0, 500)), 500))).toEqual([['DAMAGED_HEADER', true]]);
  });

  it('whose lists lie beyond the first part of a stream is not called truncated', () => {
    const dump = buildMinidump({ full: [{ address: 0x1000n, bytes: filled(5000, 1) }] });
    for (let length = 32; length < dump.length; length += 5) {
      const map = readDumpMap(bytesReader(dump.subarray(0, length)), undefined);
      expect(
        map.warnings.some(({ incomplete }) => incomplete),
        `first ${length} bytes`,
      ).toBe(false);
    }
  });
});
