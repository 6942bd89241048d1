import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { holeBytes, RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { Random } from '../support/random.js';
import { buildCore, fileNote, prstatusX64 } from './build/elf.js';

function mapOf(bytes: Uint8Array): DumpMap {
  return readDumpMap(bytesReader(bytes), bytes.length);
}

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const loads = ({ regions }: DumpMap) => regions.filter(({ address }) => address !== undefined);

describe('an ELF core', () => {
  it.each([
    [64, false],
    [64, true],
    [32, false],
    [32, true],
  ] as const)('of %i bits, big-endian %s, gives each byte its address', (bits, big) => {
    const segments = [
      { address: 0x10000n, bytes: filled(4096, 1), flags: 5 },
      { address: 0x7fff0000n, bytes: filled(8192, 2), memorySize: 12_288 },
    ];
    const core = buildCore({ bits, big, segments, machine: bits === 64 ? 22 : 8 });
    const map = mapOf(core);
    expect(map.format).toBe('elf-core');
    expect(map.warnings).toEqual([]);
    expect(loads(map).map(({ address, length, protection }) => [address, length, protection])).toEqual([
      [0x10000n, 4096, 'r-x'],
      [0x7fff0000n, 8192, 'rw-'],
    ]);
    const at = core.indexOf(Buffer.from(filled(10, 2)));
    expect(new RegionIndex(map).locate({ offset: at + 5, length: 1 })[0].address).toBe('0x7fff0005');
    expect(map.holes).toEqual([{ address: 0x7fff2000n, length: 4096n }]);
    expect(holeBytes(map)).toBe(4096);
    expect(map.declaredSize).toBe(core.length);
  });

  it('tells threads, stacks, heap and modules', () => {
    const segments = [
      { address: 0x400000n, bytes: filled(4096, 1), flags: 5 },
      { address: 0x401000n, bytes: filled(4096, 6) },
      { address: 0x500000n, bytes: filled(4096, 2) },
      { address: 0x600000n, bytes: filled(4096, 3) },
      { address: 0x7f0000000000n, bytes: filled(4096, 4), flags: 4 },
      { address: 0x7ffd00000000n, bytes: filled(4096, 5) },
    ];
    const auxv = Buffer.alloc(32);
    auxv.writeBigUInt64LE(9n, 0); // AT_ENTRY
    auxv.writeBigUInt64LE(0x400100n, 8);
    const notes = [
      { type: 1, desc: prstatusX64(77, 0x7ffd00000800n) },
      { type: 6, desc: auxv },
      {
        type: 0x46494c45,
        desc: fileNote([
          [0x400000n, 0x401000n, '/usr/bin/server'],
          [0x7f0000000000n, 0x7f0000001000n, '/data/cache'],
        ]),
      },
    ];
    const map = mapOf(buildCore({ bits: 64, big: false, segments, notes }));
    expect(loads(map).map(({ kind, module, thread }) => [kind, module, thread])).toEqual([
      ['module', '/usr/bin/server', undefined],
      // The program's bss, right behind it.
      ['anonymous', undefined, undefined],
      ['heap', undefined, undefined],
      ['anonymous', undefined, undefined],
      ['mapped-file', '/data/cache', undefined],
      ['stack', undefined, 77],
    ]);
    expect(map.threads).toEqual([{ id: 77, stackPointer: 0x7ffd00000800n }]);
    expect(map.modules.map(({ name }) => name)).toEqual(['/usr/bin/server', '/data/cache']);
  });

  it.each([
    [64, true],
    [32, false],
    [32, true],
  ] as const)(
    'of %i bits, big-endian %s, has its count of segments in section 0, and is not whole where that is smaller than need be',
    (bits, big) => {
      const segments = Array.from({ length: 65_536 }, (_, i) => ({ address: BigInt(i) * 4096n, bytes: filled(1, 1) }));
      const map = mapOf(buildCore({ bits, big, segments, extended: true }));
      expect(loads(map)).toHaveLength(65_536);
      expect(map.warnings).toEqual([]);
      const lie = mapOf(buildCore({ bits, big, segments: segments.slice(0, 10), extended: true }));
      expect(loads(lie)).toHaveLength(10);
      expect(lie.warnings).toMatchObject([{ code: 'TRUNCATED', incomplete: true }]);
    },
  );

  it('with 70,000 segments is read through section 0, quickly', () => {
    const segments = Array.from({ length: 70_000 }, (_, i) => ({
      address: BigInt(i) * 8192n,
      bytes: filled(1, i & 255),
    }));
    const core = buildCore({ bits: 64, big: false, segments, extended: true });
    const elapsed = cpuTimer();
    const map = mapOf(core);
    expect(elapsed()).toBeLessThan(2000);
    expect(loads(map)).toHaveLength(70_000);
    expect(map.warnings).toEqual([]);
    expect(new RegionIndex(map).locate({ offset: core.length - 65, length: 1 })[0].address).toBe(
      `0x${(69_999 * 8192).toString(16)}`,
    );
  });

  it('whose section header is cut off still tells its segments', () => {
    const segments = Array.from({ length: 66_000 }, (_, i) => ({ address: BigInt(i) * 8192n, bytes: filled(1, 1) }));
    const core = buildCore({ bits: 64, big: false, segments, extended: true });
    const map = mapOf(core.subarray(0, core.length - 64));
    expect(loads(map)).toHaveLength(66_000);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['TRUNCATED', true]]);
    const piped = readDumpMap(bytesReader(core.subarray(0, core.length - 64)), undefined);
    expect(loads(piped)).toHaveLength(66_000);
    expect(piped.warnings).toEqual([]);
    // Without a hint of the table's end, it ends where no program header can be.
    core.writeBigUInt64LE(BigInt(64 + 70_000 * 56), 64 + 8);
    const unbounded = mapOf(core.subarray(0, core.length - 64));
    expect(loads(unbounded)).toHaveLength(66_000);
    expect(unbounded.warnings).toHaveLength(1);
  });

  it('whose segments lie where no file reaches keeps the others', () => {
    const segments = [1, 2, 3].map((byte) => ({ address: BigInt(byte) * 4096n, bytes: filled(100, byte) }));
    const core = buildCore({ bits: 64, big: false, segments });
    core.writeBigUInt64LE(0xffff_ffff_ffff_f000n, 64 + 2 * 56 + 8); // p_offset of the second
    const map = mapOf(core);
    expect(loads(map).map(({ address }) => address)).toEqual([0x1000n, 0x3000n]);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['BAD_SEGMENT', true]]);
    expect(map.declaredSize).toBe(core.length);
  });

  it('without program headers, or with some of another size, is scanned as raw bytes and called damaged', () => {
    for (const [at, value] of [
      [56, 0],
      [54, 57],
    ] as const) {
      const core = buildCore({ bits: 64, big: false, segments: [] });
      core.writeUInt16LE(value, at);
      const map = mapOf(core);
      expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['DAMAGED_HEADER', true]]);
      expect(map.regions).toEqual([{ offset: 0, length: core.length, kind: 'raw' }]);
    }
  });

  it('that is truncated says what is missing, at every length', () => {
    const segments = [
      { address: 0x1000n, bytes: filled(300, 1) },
      { address: 0x9000n, bytes: filled(200, 2) },
    ];
    const core = buildCore({ bits: 64, big: false, segments, notes: [{ type: 1, desc: prstatusX64(1, 0x1000n) }] });
    for (let length = 4; length < core.length; length++) {
      const map = mapOf(core.subarray(0, length));
      expect(
        map.warnings.some(({ incomplete }) => incomplete),
        `cut at ${length}`,
      ).toBe(true);
      expect(map.regions.every((region) => region.offset + region.length <= Math.max(length, 64 + 3 * 56))).toBe(true);
    }
    expect(mapOf(core).warnings).toEqual([]);
  });

  it('read from the first part of a stream is not called truncated', () => {
    const segments = Array.from({ length: 100 }, (_, i) => ({ address: BigInt(i) * 8192n, bytes: filled(100, 1) }));
    const core = buildCore({ bits: 64, big: false, segments });
    const map = readDumpMap(bytesReader(core.subarray(0, 1000)), undefined);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toContainEqual(['MAP_PREFIX_ONLY', false]);
    expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(false);
  });

  it('that lies is never followed: flipped bytes give a map, not an exception', () => {
    const segments = [
      { address: 0x1000n, bytes: filled(3000, 1) },
      { address: 0x9000n, bytes: filled(2000, 2) },
    ];
    const notes = [
      { type: 1, desc: prstatusX64(1, 0x1000n) },
      { type: 0x46494c45, desc: fileNote([[0x1000n, 0x2000n, '/x']]) },
    ];
    const random = new Random(5);
    for (const [bits, big] of [
      [64, false],
      [64, true],
      [32, false],
      [32, true],
    ] as const) {
      const core = buildCore({ bits, big, segments, notes });
      for (let round = 0; round < 400; round++) {
        const copy = Buffer.from(core);
        for (let i = 0; i < 1 + random.below(6); i++)
          copy[4 + random.below(700)] = random.pick([0, 255, 127, 128, random.below(256)]);
        const map = mapOf(copy);
        expect(map.declaredSize).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(holeBytes(map))).toBe(true);
        for (const { offset, length } of map.regions)
          expect(offset + length).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
      }
    }
  });

  it('is told from other ELF files, which are raw bytes', () => {
    const core = buildCore({ bits: 64, big: false, segments: [] });
    core.writeUInt16LE(2, 16);
    expect(mapOf(core)).toMatchObject({ format: 'elf', warnings: [] });
  });

  it('keeps the command line to itself', () => {
    const desc = Buffer.alloc(136);
    desc.writeInt32LE(42, 24);
    desc.write('server', 40);
    desc.write('server --password hunter2', 56);
    const map = mapOf(buildCore({ bits: 64, big: false, segments: [], notes: [{ type: 3, desc }] }));
    expect(map.facts).toContainEqual(['program', 'server']);
    expect(map.facts).toContainEqual(['process', '42']);
    expect(JSON.stringify(map.facts)).not.toContain('hunter2');
  });
});
