/** Kernel dumps of Windows, built field by field (test/dump/build/windows-kernel.ts); other readers agree with the builder. */
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { expectCutsTold } from '../support/cuts.js';
import { Random } from '../support/random.js';
import { buildBitmap, buildFull, buildRanges, header64, type KernelRun } from './build/windows-kernel.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const pages = (count: number, byte: number) => new Uint8Array(4096 * count).fill(byte);

const RUNS: readonly KernelRun[] = [
  { page: 1, bytes: pages(2, 1) },
  { page: 0x100, bytes: pages(9, 2) },
  { page: 0x203, bytes: pages(1, 3) },
];

/** Where the bytes `byte` begin, and 100 bytes further on. */
function placeOf(dump: Buffer, byte: number) {
  const offset = dump.indexOf(pages(1, byte).subarray(0, 64)) + 100;
  return new RegionIndex(mapOf(dump)).locate({ offset, length: 1 });
}

const KINDS = [
  ['full, 64-bit', buildFull(RUNS), 'full'],
  ['full, 32-bit', buildFull(RUNS, 32), 'full'],
  ['kernel, bitmap', buildBitmap(6, RUNS, 0x210), 'kernel, bitmap'],
  ['full, bitmap, of a number of pages that is no multiple of eight', buildBitmap(5, RUNS, 0x205), 'full, bitmap'],
  ['kernel of older systems', buildBitmap(2, RUNS, 0x210), 'kernel'],
  ['bitmap, 32-bit', buildBitmap(5, RUNS, 0x210, 32), 'full, bitmap'],
  ['live kernel', buildRanges(8, RUNS), 'live kernel'],
  ['live kernel and user', buildRanges(9, RUNS), 'live kernel and user'],
  ['live complete', buildRanges(10, RUNS), 'live complete'],
] as const;

describe('a kernel dump of Windows', () => {
  it.each(KINDS)('%s: tells the physical address of each byte', (_, dump, type) => {
    const map = mapOf(dump);
    expect(map).toMatchObject({ warnings: [], declaredSize: dump.length });
    expect(map.facts).toContainEqual(['dump type', type]);
    expect(placeOf(dump, 1)).toEqual([{ physical: '0x1064', region: 'physical' }]);
    expect(placeOf(dump, 2)).toEqual([{ physical: '0x100064', region: 'physical' }]);
    expect(placeOf(dump, 3)).toEqual([{ physical: '0x203064', region: 'physical' }]);
    expect(map.regions.filter(({ kind }) => kind === 'physical').map(({ length }) => length)).toEqual([
      8192, 36864, 4096,
    ]);
    expect(map.regions.reduce((sum, { length }) => sum + length, 0)).toBe(dump.length);
  });

  it('of a live system that ends within its headers is told as damaged', () => {
    const dump = buildRanges(9, RUNS);
    for (let length = 8; length < 0x2000 + 40; length += 3) {
      // As a file has it, and as a view of more than there is.
      for (const bytes of [Buffer.from(dump.subarray(0, length)), new Uint8Array(dump).slice(0, length)]) {
        expect(mapOf(Buffer.from(bytes)).warnings.some(({ incomplete }) => incomplete)).toBe(true);
      }
    }
  });

  it('tells the facts of its header', () => {
    expect(mapOf(buildFull(RUNS))).toMatchObject({ format: 'windows-kernel-dump-64' });
    expect(mapOf(buildFull(RUNS)).facts).toEqual([
      ['dump type', 'full'],
      ['machine', 'x86-64'],
      ['processors', '4'],
      ['system', 'Windows build 19045'],
      ['directory table base', '0x1ad000'],
      ['bug check', '0xd1'],
      ['written', '2024-01-02T03:04:05.000Z'],
      ['mapped', String(0x2000 + 12 * 4096).concat(' bytes')],
    ]);
    expect(mapOf(buildFull(RUNS, 32)).facts.slice(1, 6)).toEqual([
      ['machine', 'i386'],
      ['processors', '1'],
      ['system', 'Windows build 2600'],
      ['directory table base', '0x39000'],
      ['bug check', '0x1e'],
    ]);
  });

  it.each(KINDS)('%s: cut at any place says so', (_, dump) => {
    expectCutsTold(dump, 8, 60);
  });

  it.each(KINDS)('%s: that lies is never followed', (_, dump) => {
    const random = new Random(7);
    for (let round = 0; round < 80; round++) {
      const copy = Buffer.from(dump);
      for (let i = 0; i < 1 + random.below(8); i++) {
        const at = random.pick([
          8 + random.below(0x200),
          0xf80 + random.below(0x50),
          0x1000 + random.below(0x80),
          0x2000 + random.below(0x80),
        ]);
        copy[at] = random.pick([0, 255, 127, 128, random.below(256)]);
      }
      const map = mapOf(copy);
      expect(Number.isSafeInteger(map.declaredSize)).toBe(true);
      for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
    }
  });

  it('of a small dump, or of a type that is not known, is not mapped and says so', () => {
    for (const type of [4, 77]) {
      const map = mapOf(Buffer.concat([header64(type, RUNS), pages(1, 9)]));
      expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['FORMAT_NOT_MAPPED', true]]);
    }
  });

  it('whose bitmap is another than its header says, says so', () => {
    const dump = buildBitmap(6, RUNS, 0x210);
    dump.writeBigUInt64LE(99n, 0x2028);
    expect(mapOf(dump).warnings.map(({ code }) => code)).toEqual(['BAD_RANGE']);
  });

  it('whose tables are hostile is bounded in time and regions', () => {
    // Every second page of 16 GiB, and a table of ranges that never ends.
    const bits = 1 << 22;
    const header = buildBitmap(6, [], bits);
    header.fill(0x55, 0x2038, 0x2038 + bits / 8);
    const table = buildRanges(8, [{ page: 5, bytes: pages(1, 1) }]);
    const hostile = Buffer.concat([
      table.subarray(0, 0x2030),
      Buffer.alloc(32 * 1024 * 1024, Buffer.from('0500000000000000', 'hex')),
    ]);
    hostile.writeBigUInt64LE(BigInt(hostile.length), 0x2010);
    hostile.writeBigUInt64LE(BigInt(hostile.length), 0x2018);
    const elapsed = cpuTimer();
    for (const dump of [header, hostile]) {
      const map = mapOf(dump);
      expect(map.regions.length).toBeLessThanOrEqual((1 << 19) + 2);
      expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(true);
    }
    expect(elapsed()).toBeLessThan(8000);
  });

  it('from a stream is mapped as far as it was read', () => {
    for (const [, dump] of KINDS) {
      const map = readDumpMap(bytesReader(dump.subarray(0, 0x3000)), undefined);
      expect(map.warnings).toEqual([]);
      expect(map.declaredSize).toBe(dump.length);
    }
  });
});
