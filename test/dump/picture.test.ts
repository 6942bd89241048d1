import { describe, expect, it } from 'vitest';
import { MAX_STRIPS, pictureOf } from '../../src/dump/picture.js';
import type { DumpMap, Region } from '../../src/types.js';
import { Random } from '../support/random.js';

const NOTHING = { cell: 2048, bits: new Float32Array() };

function map(regions: Region[], over: Partial<DumpMap> = {}): DumpMap {
  const empty = { facts: [], modules: [], threads: [], holes: [], warnings: [], declaredSize: 0 };
  return { format: 'raw', ...empty, regions, ...over };
}

function random(count: number): Region[] {
  const chance = new Random(3);
  const kinds = ['heap', 'stack', 'module', 'anonymous'] as const;
  return Array.from({ length: count }, () => {
    const offset = chance.below(1_000_000);
    const kind = chance.pick(kinds);
    return { offset, length: chance.below(500), kind, address: BigInt(chance.below(2 ** 31)) * 64n };
  });
}

describe('the picture of a map', () => {
  it('names the most telling kind where regions overlap, and what no region holds a gap', () => {
    const regions: Region[] = [
      { offset: 0, length: 10, kind: 'metadata' },
      { offset: 20, length: 50, kind: 'anonymous' },
      { offset: 30, length: 10, kind: 'stack', thread: 7 },
      { offset: 70, length: 1000, kind: 'anonymous' },
    ];
    expect(pictureOf(map(regions), 100, NOTHING).strips).toEqual([
      { offset: 0, length: 10, kind: 'metadata' },
      { offset: 10, length: 10, kind: 'gap' },
      { offset: 20, length: 10, kind: 'anonymous' },
      { offset: 30, length: 10, kind: 'stack', name: 'thread 7' },
      { offset: 40, length: 60, kind: 'anonymous' },
    ]);
  });

  it('agrees with a byte by byte reading of the regions', () => {
    const order = ['stack', 'heap', 'module', 'anonymous'];
    const regions = random(40).map((region) => ({ ...region, offset: region.offset % 2000 }));
    const { strips } = pictureOf(map(regions), 3000, NOTHING);
    for (let at = 0; at < 3000; at++) {
      const held = regions.filter(({ offset, length }) => at >= offset && at < offset + length).map(({ kind }) => kind);
      const strip = strips.find(({ offset, length }) => at >= offset && at < offset + length);
      expect(strip?.kind, String(at)).toBe(order.find((kind) => held.includes(kind as Region['kind'])) ?? 'gap');
    }
  });

  it('reaches to where the file should end', () => {
    const { strips } = pictureOf(map([{ offset: 0, length: 500, kind: 'heap' }], { declaredSize: 500 }), 100, NOTHING);
    expect(strips).toEqual([{ offset: 0, length: 500, kind: 'heap' }]);
  });

  it('tells memory and holes by address, virtual and physical', () => {
    const regions: Region[] = [
      { offset: 8, length: 4, kind: 'heap', address: 0x2000n },
      { offset: 0, length: 8, kind: 'physical', physical: 0x10n },
      { offset: 12, length: 4, kind: 'heap', address: 0x2004n },
    ];
    const drawn = pictureOf(map(regions, { holes: [{ address: 0x1000n, length: 5n }] }), 16, NOTHING);
    expect(drawn.virtual).toEqual([
      { address: 0x1000n, length: 5n, kind: 'hole' },
      { address: 0x2000n, length: 8n, kind: 'heap' },
    ]);
    expect(drawn.physical).toEqual([{ address: 0x10n, length: 8n, kind: 'physical' }]);
  });

  it('is bounded, whatever the map holds, and still covers each byte once', () => {
    const { strips, virtual } = pictureOf(map(random(50_000)), 1_000_600, NOTHING);
    expect(strips.length).toBeLessThanOrEqual(MAX_STRIPS);
    expect(virtual.length).toBeLessThanOrEqual(MAX_STRIPS);
    let end = 0;
    for (const { offset, length } of strips) {
      expect(offset).toBe(end);
      end += length;
    }
    expect(end).toBe(1_000_600);
    const ascending = virtual.every(({ address }, i) => {
      const before = virtual[i - 1];
      return before === undefined || before.address + before.length <= address;
    });
    expect(ascending).toBe(true);
  });
});
