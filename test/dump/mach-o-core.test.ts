import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { holeBytes, RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { Random } from '../support/random.js';
import { buildMachO, type MachOptions } from './build/mach-o.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

const SEGMENTS: MachOptions['segments'] = [
  { address: 0x1000n, bytes: filled(4096, 1), protection: 5 },
  { address: 0x9000n, bytes: filled(8192, 2), memorySize: 12_288 },
  { address: 0x20000n, bytes: filled(4096, 3) },
];

/** A thread's general registers, with a stack pointer at a place that the caller knows. */
function state(length: number, big: boolean, at: number, size: 4 | 8, value: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  if (big) bytes.writeUInt32BE(value, at + size - 4);
  else bytes.writeUInt32LE(value, at);
  return bytes;
}

describe('a Mach-O core', () => {
  // Sizes of the states and places of the stack pointer as mach/*/thread_status.h has them.
  it.each([
    ['x86-64', 64, false, 0x01000007, 4, 168, 56, 8],
    ['aarch64', 64, false, 0x0100000c, 6, 272, 248, 8],
    ['powerpc64', 64, true, 0x01000012, 5, 304, 24, 8],
    ['i386', 32, false, 7, 1, 64, 28, 4],
    ['arm', 32, false, 12, 1, 68, 52, 4],
    ['powerpc', 32, true, 18, 1, 160, 12, 4],
  ] as const)('of %s gives each byte its address, and tells stacks', (name, bits, big, cpu, flavor, size, at, word) => {
    // Another state first: exceptions or floats.
    const threads = [
      [[flavor + 20, filled(16, 0)] as const, [flavor, state(size, big, at, word, 0x20010)] as const],
      [[flavor, state(size, big, at, word, 0x7f000000)] as const],
    ];
    const core = buildMachO({ bits, big, cpu, segments: SEGMENTS, threads, notes: [['addrable bits', filled(20, 7)]] });
    const map = mapOf(core);
    expect(map).toMatchObject({ format: 'mach-o-core', warnings: [], declaredSize: core.length });
    expect(map.facts).toEqual([
      ['machine', `${name}, ${bits}-bit, ${big ? 'big' : 'little'}-endian`],
      ['segments', '3'],
      ['threads', '2'],
      ['notes', 'addrable bits'],
    ]);
    expect(map.threads).toEqual([
      { id: 1, stackPointer: 0x20010n },
      { id: 2, stackPointer: 0x7f000000n },
    ]);
    expect(
      map.regions
        .filter(({ kind }) => kind !== 'metadata')
        .map(({ kind, address, length, protection, thread }) => [kind, address, length, protection, thread]),
    ).toEqual([
      ['anonymous', 0x1000n, 4096, 'r-x', undefined],
      ['anonymous', 0x9000n, 8192, 'rw-', undefined],
      ['stack', 0x20000n, 4096, 'rw-', 1],
    ]);
    const offset = core.indexOf(filled(100, 2)) + 5000;
    expect(new RegionIndex(map).locate({ offset, length: 1 })[0]).toMatchObject({ address: '0xa388' });
    expect(map.holes).toEqual([{ address: 0xb000n, length: 4096n }]);
    expect(holeBytes(map)).toBe(4096);
  });

  it('that is truncated says what is missing, at every length', () => {
    const core = buildMachO({
      bits: 64,
      big: false,
      cpu: 7,
      segments: SEGMENTS.slice(0, 1),
      notes: [['x', filled(20, 7)]],
    });
    for (let length = 4; length < core.length; length += length < 300 ? 1 : 97) {
      const map = mapOf(core.subarray(0, length));
      expect(
        map.warnings.some(({ incomplete }) => incomplete),
        `cut at ${length}`,
      ).toBe(true);
      expect(map.regions.every((region) => region.offset + region.length <= length)).toBe(true);
    }
  });

  it('with 100,000 segments is read quickly, and from a stream as far as it was read', () => {
    const segments = Array.from({ length: 100_000 }, (_, i) => ({
      address: BigInt(i) * 8192n,
      bytes: filled(1, i & 255),
    }));
    const core = buildMachO({ bits: 64, big: false, cpu: 7, segments });
    const elapsed = cpuTimer();
    expect(mapOf(core).regions).toHaveLength(100_001);
    expect(elapsed()).toBeLessThan(4000);
    const piped = readDumpMap(bytesReader(core.subarray(0, 1 << 20)), undefined);
    expect(piped.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_PREFIX_ONLY', false]]);
    expect(piped.regions.length).toBeGreaterThan(10_000);
  });

  it('whose commands do not fit is damaged; without commands it is raw', () => {
    const core = buildMachO({ bits: 64, big: false, cpu: 7, segments: SEGMENTS });
    core.writeUInt32LE(4, 32 + 72 + 4);
    expect(mapOf(core).warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['DAMAGED_RECORDS', true]]);
    core.writeUInt32LE(0, 16);
    expect(mapOf(core).warnings.map(({ code }) => code)).toEqual(['DAMAGED_HEADER']);
  });

  it('is told from other Mach-O files, which are raw bytes', () => {
    const core = buildMachO({ bits: 64, big: false, cpu: 7, segments: SEGMENTS });
    core.writeUInt32LE(2, 12);
    expect(mapOf(core)).toMatchObject({ format: 'raw', warnings: [] });
  });

  it('that lies is never followed: flipped bytes give a map, not an exception', () => {
    const random = new Random(5);
    for (const [bits, big] of [
      [64, false],
      [32, true],
    ] as const) {
      const threads = [[[4, filled(168, 1)] as const]];
      const core = buildMachO({
        bits,
        big,
        cpu: 0x01000007,
        segments: SEGMENTS,
        threads,
        notes: [['x', filled(20, 7)]],
      });
      for (let round = 0; round < 500; round++) {
        const copy = Buffer.from(core);
        for (let i = 0; i < 1 + random.below(6); i++)
          copy[4 + random.below(500)] = random.pick([0, 255, 127, 128, random.below(256)]);
        const map = mapOf(copy);
        expect(Number.isSafeInteger(holeBytes(map))).toBe(true);
        expect(Number.isSafeInteger(map.declaredSize)).toBe(true);
        for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
      }
    }
  });
});
