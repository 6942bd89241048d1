import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { Random } from '../support/random.js';
import { buildLime } from './build/lime.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

const RANGES = [
  [0x1000n, filled(0x9ec00 - 0x1000, 1)],
  [0x100000n, filled(5000, 2)],
  [0x1_0000_0000n, filled(3000, 3)],
] as const;

describe('a LiME dump', () => {
  it.each([false, true])('tells the physical address of each byte (big-endian %s)', (big) => {
    const dump = buildLime(RANGES, big);
    const map = mapOf(dump);
    expect(map).toMatchObject({ format: 'lime', warnings: [], declaredSize: dump.length });
    expect(map.facts).toContainEqual(['ranges', '3']);
    const place = (byte: number, after: number) =>
      new RegionIndex(map).locate({ offset: dump.indexOf(filled(64, byte)) + after, length: 1 })[0];
    expect(place(1, 0)).toEqual({ physical: '0x1000', region: 'physical' });
    expect(place(2, 4999)).toEqual({ physical: '0x101387', region: 'physical' });
    expect(place(3, 7)).toEqual({ physical: '0x100000007', region: 'physical' });
    expect(map.regions.reduce((sum, { length }) => sum + length, 0)).toBe(dump.length);
  });

  it('that is truncated says what is missing, at every length', () => {
    const dump = buildLime(RANGES.map(([first, bytes]) => [first, bytes.subarray(0, 60)] as const));
    for (let length = 8; length < dump.length; length++) {
      const map = mapOf(dump.subarray(0, length));
      // Between two ranges, nothing tells that another was to come.
      const whole = length % 92 === 0;
      expect(
        map.warnings.some(({ incomplete }) => incomplete),
        `cut at ${length}`,
      ).toBe(!whole);
      expect(map.regions.every((region) => region.offset + region.length <= length)).toBe(true);
    }
  });

  it('whose next header is none keeps what was good', () => {
    const dump = buildLime(RANGES);
    dump[32 + RANGES[0][1].length] = 0;
    const map = mapOf(dump);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['DAMAGED_RECORDS', true]]);
    expect(map.regions.at(-1)).toMatchObject({ kind: 'physical', physical: 0x1000n });
  });

  it('whose first range ends before it begins is scanned as raw bytes', () => {
    const dump = buildLime(RANGES);
    dump.writeBigUInt64LE(0n, 16);
    expect(mapOf(dump).warnings.map(({ code }) => code)).toEqual(['DAMAGED_HEADER']);
  });

  it('from a stream is mapped as far as it was read', () => {
    const dump = buildLime(RANGES);
    const map = readDumpMap(bytesReader(dump.subarray(0, 4096)), undefined);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_PREFIX_ONLY', false]]);
    expect(map.regions.at(-1)).toMatchObject({ length: RANGES[0][1].length, physical: 0x1000n });
  });

  it('of a million tiny ranges is mapped quickly, as far as any machine has ranges', () => {
    const dump = Buffer.concat(
      Array.from({ length: 20 }, () => buildLime(Array.from({ length: 10_000 }, (_, i) => [BigInt(i), filled(1, 1)]))),
    );
    const elapsed = cpuTimer();
    const map = mapOf(dump);
    expect(elapsed()).toBeLessThan(3000);
    expect(map.regions.length).toBeLessThanOrEqual(1 << 17);
    expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(true);
  });

  it('with flipped bytes is mapped without an exception', () => {
    const random = new Random(8);
    const dump = buildLime(RANGES.map(([first, bytes]) => [first, bytes.subarray(0, 60)] as const));
    for (let round = 0; round < 1000; round++) {
      const copy = Buffer.from(dump);
      for (let i = 0; i < 1 + random.below(6); i++)
        copy[8 + random.below(copy.length - 8)] = random.pick([0, 255, 128, random.below(256)]);
      const map = mapOf(copy);
      for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
      expect(Number.isSafeInteger(map.declaredSize)).toBe(true);
    }
  });
});
