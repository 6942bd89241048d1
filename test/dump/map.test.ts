import { describe, expect, it } from 'vitest';
import { holeBytes, RegionIndex, seams } from '../../src/dump/map.js';
import type { Region, RegionKind, Span } from '../../src/types.js';
import { Random } from '../support/random.js';

const KINDS: readonly RegionKind[] = ['heap', 'stack', 'module', 'anonymous', 'metadata'];

/** Regions that overlap, nest and repeat each other. */
function randomRegions(random: Random, count: number): Region[] {
  return Array.from({ length: count }, () => ({
    offset: random.below(500),
    length: random.below(60),
    kind: random.pick(KINDS),
    address: BigInt(0x1000 + random.below(600)),
  }));
}

describe('RegionIndex', () => {
  it('finds what looking at every region finds', () => {
    const random = new Random(11);
    for (let round = 0; round < 100; round++) {
      const regions = randomRegions(random, 1 + random.below(12));
      const index = new RegionIndex({ regions });
      for (let offset = 0; offset < 600; offset += 1 + random.below(5)) {
        const expected = regions
          .filter((region) => region.offset <= offset && offset < region.offset + region.length)
          .map(
            ({ kind, address = 0n, offset: start }) => `${kind} 0x${(address + BigInt(offset - start)).toString(16)}`,
          );
        const found = index.locate({ offset, length: 1 }).map(({ region, address }) => `${region} ${address}`);
        expect(found.sort()).toEqual(expected.length > 0 ? expected.sort() : ['gap undefined']);
      }
    }
  });

  it('names a stack before the memory that it lies in, and a heap before plain memory', () => {
    const region = (kind: RegionKind) => ({ offset: 0, length: 10, kind });
    const order = (...kinds: RegionKind[]) =>
      new RegionIndex({ regions: kinds.map(region) }).locate({ offset: 5, length: 1 }).map((place) => place.region);
    expect(order('anonymous', 'heap', 'stack')).toEqual(['stack', 'heap', 'anonymous']);
    expect(order('metadata', 'mapped-file', 'module')).toEqual(['module', 'mapped-file', 'metadata']);
  });

  it('tells nothing of bytes that a region does not reach', () => {
    const index = new RegionIndex({ regions: [{ offset: 10, length: 5, kind: 'heap', address: 0x4000n }] });
    expect([9, 10, 14, 15].map((offset) => index.locate({ offset, length: 4 })[0].address)).toEqual([
      undefined,
      '0x4000',
      '0x4004',
      undefined,
    ]);
    expect(new RegionIndex({ regions: [] }).locate({ offset: 0, length: 1 })).toEqual([{ region: 'gap' }]);
  });
});

describe('seams', () => {
  it('join neighbours by address that lie apart in the file, both ways, once', () => {
    const region = (offset: number, address: bigint): Region => ({ offset, length: 10, kind: 'heap', address });
    const regions = [
      region(0, 0x100n),
      region(10, 0x10an),
      region(10, 0x10an),
      region(40, 0x114n),
      region(60, 0xf6n),
      region(40, 0x114n),
    ];
    expect(seams({ regions }).map(([before, after]) => [before.offset, after.offset])).toEqual([
      [10, 40],
      [60, 0],
    ]);
  });

  it('are at most one for each end of a region, whatever the map', () => {
    const random = new Random(12);
    for (let round = 0; round < 200; round++) {
      const regions = randomRegions(random, 40);
      const pairs = seams({ regions });
      expect(pairs.length).toBeLessThanOrEqual(regions.length);
      const addressOf = (span: Span) => regions.find((region) => region === span)?.address ?? 0n;
      for (const [before, after] of pairs) {
        expect(addressOf(before) + BigInt(before.length)).toBe(addressOf(after));
        expect(before.offset + before.length).not.toBe(after.offset);
      }
    }
  });

  it('lead to the longest of the regions that begin at an address', () => {
    const regions: Region[] = [
      { offset: 0, length: 10, kind: 'heap', address: 0x100n },
      { offset: 50, length: 5, kind: 'stack', address: 0x10an },
      { offset: 60, length: 20, kind: 'heap', address: 0x10an },
      { offset: 90, length: 5, kind: 'stack', address: 0x10an },
    ];
    expect(seams({ regions }).map(([, after]) => after.offset)).toEqual([60]);
  });

  it('need addresses', () => {
    const regions: Region[] = [
      { offset: 0, length: 10, kind: 'raw' },
      { offset: 20, length: 10, kind: 'raw' },
    ];
    expect(seams({ regions })).toEqual([]);
  });
});

describe('holeBytes', () => {
  it('adds up holes, and stays a safe integer when they lie', () => {
    const hole = (length: bigint) => ({ address: 0n, length });
    expect(holeBytes({ holes: [] })).toBe(0);
    expect(holeBytes({ holes: [hole(4096n), hole(1n)] })).toBe(4097);
    expect(Number.isSafeInteger(holeBytes({ holes: [hole(2n ** 64n - 1n), hole(2n ** 64n - 1n)] }))).toBe(true);
  });
});

describe('a span that leaves a region', () => {
  const regions: Region[] = [
    { offset: 0x1000, length: 0x1000, kind: 'heap', address: 0x10000n },
    { offset: 0x2000, length: 0x1000, kind: 'heap', address: 0x11000n },
    { offset: 0x3000, length: 0x1000, kind: 'anonymous', address: 0x90000n },
  ];
  const index = new RegionIndex({ regions });
  it.each([
    ['stays together where the next region goes on', 0x1f00, 0x200, undefined],
    ['is torn where the next one is elsewhere in memory', 0x2f00, 0x200, 0x3000],
    ['is torn behind two that belong together', 0x1f00, 0x1200, 0x3000],
    ['is torn where nothing follows', 0x3f00, 0x200, 0x4000],
    ['is not torn when it ends with its region', 0x2f00, 0x100, undefined],
    ['is not torn outside of all regions', 0x100, 0x100, undefined],
  ])('%s', (_what, offset, length, torn) => {
    expect(index.tornAt({ offset, length })).toBe(torn);
  });
});
