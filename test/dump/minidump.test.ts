import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex, seams } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { Random } from '../support/random.js';
import { buildMinidump } from './build/minidump.js';

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const placesOf = (dump: Buffer, byte: number) =>
  new RegionIndex(mapOf(dump)).locate({ offset: dump.indexOf(Buffer.from(filled(50, byte))) + 7, length: 1 });

describe('a minidump', () => {
  it('with full memory gives each byte its address, at an odd place in the file', () => {
    const dump = buildMinidump({
      full: [
        { address: 0x10000n, bytes: filled(100, 1) },
        { address: 0x7ff000000000n, bytes: filled(200, 2) },
      ],
    });
    expect(mapOf(dump)).toMatchObject({ format: 'minidump', warnings: [], declaredSize: dump.length });
    expect(placesOf(dump, 1)[0].address).toBe('0x10007');
    expect(placesOf(dump, 2)[0].address).toBe('0x7ff000000007');
  });

  it.each([false, true])('with a memory list tells stack and thread first, then the memory (padded %s)', (padded) => {
    const dump = buildMinidump({
      padded,
      small: [
        { address: 0x1000n, bytes: filled(64, 1) },
        { address: 0x8000n, bytes: filled(128, 2) },
      ],
      threads: [
        { id: 11, stack: 1 },
        { id: 12, stack: 1 },
      ],
      info: [{ address: 0x1000n, size: 0x1000n, type: 0x20000 }],
    });
    expect(mapOf(dump).warnings).toEqual([]);
    expect(placesOf(dump, 1)).toEqual([{ address: '0x1007', region: 'heap' }]);
    expect(placesOf(dump, 2)).toEqual([
      { address: '0x8007', region: 'stack', thread: 11 },
      { address: '0x8007', region: 'stack', thread: 12 },
      { address: '0x8007', region: 'anonymous' },
    ]);
    expect(mapOf(dump).threads.map(({ id }) => id)).toEqual([11, 12]);
  });

  it('names the module of an address', () => {
    const dump = buildMinidump({
      modules: [{ address: 0x180000000n, size: 0x1000, name: 'C:\\lib\\ünïcode.dll' }],
      full: [{ address: 0x180000000n, bytes: filled(100, 3) }],
    });
    expect(placesOf(dump, 3)[0]).toMatchObject({ region: 'module', module: 'C:\\lib\\ünïcode.dll' });
  });

  it('has seams where neighbours by address lie apart in the file', () => {
    const dump = buildMinidump({
      small: [
        { address: 0x1000n, bytes: filled(0x100, 1) },
        { address: 0x1100n, bytes: filled(0x100, 2) },
        { address: 0x1200n, bytes: filled(0x100, 3) },
        { address: 0x9000n, bytes: filled(0x100, 4) },
      ],
      order: [2, 0, 1, 3],
    });
    const at = (byte: number) => dump.indexOf(Buffer.from(filled(50, byte)));
    // 1 and 2 are neighbours in the file, too.
    expect(seams(mapOf(dump)).map(([before, after]) => [before.offset, after.offset])).toEqual([[at(2), at(3)]]);
  });

  it('that is truncated says so at every length, and keeps what is there', () => {
    const dump = buildMinidump({
      full: [
        { address: 0x10000n, bytes: filled(100, 1) },
        { address: 0x20000n, bytes: filled(50, 2) },
      ],
    });
    for (let length = 4; length < dump.length; length++) {
      expect(
        mapOf(dump.subarray(0, length)).warnings.some(({ incomplete }) => incomplete),
        `cut at ${length}`,
      ).toBe(true);
    }
    const most = mapOf(dump.subarray(0, dump.length - 60));
    expect(
      new RegionIndex(most).locate({ offset: dump.indexOf(Buffer.from(filled(50, 1))), length: 1 })[0].address,
    ).toBe('0x10000');
  });

  it('that lies is never followed: flipped bytes give a map, not an exception', () => {
    const random = new Random(6);
    const dump = buildMinidump({
      small: [
        { address: 0x1000n, bytes: filled(64, 1) },
        { address: 0x8000n, bytes: filled(128, 2) },
      ],
      threads: [{ id: 11, stack: 1 }],
      modules: [{ address: 0x180000000n, size: 0x1000, name: 'a.dll' }],
      info: [{ address: 0x1000n, size: 0x1000n, type: 0x20000 }],
      full: [{ address: 0x10000n, bytes: filled(100, 3) }],
    });
    for (let round = 0; round < 1500; round++) {
      const copy = Buffer.from(dump);
      for (let i = 0; i < 1 + random.below(6); i++)
        copy[4 + random.below(dump.length - 4)] = random.pick([0, 255, 127, 128, random.below(256)]);
      const map = mapOf(copy);
      for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
    }
  });
});
