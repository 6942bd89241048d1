import { describe, expect, it } from 'vitest';
import type { AddressStrip } from '../../src/picture.js';
import { layOutAddresses, unitOf } from '../../src/report/html/address-layout.js';
import { Random } from '../support/random.js';

const WIDTH = 340;
const strip = (address: bigint, length: bigint, kind: AddressStrip['kind'] = 'heap') => ({ address, length, kind });

function memory(count: number): AddressStrip[] {
  const random = new Random(5);
  let address = 0x1000n;
  return Array.from({ length: count }, () => {
    const one = strip(address, BigInt(1 + random.below(1 << 20)), random.pick(['heap', 'module', 'hole'] as const));
    address += one.length + (random.below(4) === 0 ? BigInt(random.below(2 ** 31)) : 0n);
    return one;
  });
}

describe('the layout of an address space', () => {
  it('parts clusters at large voids only', () => {
    const strips = [strip(0x1000n, 0x1000n), strip(0x3000n, 0x1000n), strip(0x7f0000000000n, 0x1000n)];
    const clusters = layOutAddresses(strips, WIDTH);
    expect(clusters.map(({ placed }) => placed.map((one) => one.strip))).toEqual([strips.slice(0, 2), strips.slice(2)]);
  });

  it('places every strip once, ascending, and within the drawing', () => {
    for (const count of [1, 20, 2000]) {
      const strips = memory(count);
      const clusters = layOutAddresses(strips, WIDTH);
      expect(clusters.length).toBeLessThanOrEqual(12);
      expect(clusters.flatMap(({ placed }) => placed.map((one) => one.strip))).toEqual(strips);
      for (const { placed, pieces } of clusters) {
        let end = 0;
        for (const { x, width } of placed) {
          expect(x).toBeGreaterThanOrEqual(end - 1e-6);
          expect(width).toBeGreaterThan(0);
          end = x + width;
        }
        expect(end).toBeCloseTo(WIDTH * pieces, 3);
      }
    }
  });

  it('finds where an address lies, and that none lies in a void', () => {
    const [cluster] = layOutAddresses([strip(0x1000n, 0x1000n), strip(0x3000n, 0x1000n)], WIDTH);
    const placed = cluster?.placed ?? [];
    const [first, second] = placed;
    expect(unitOf(placed, 0x1800n)).toBeCloseTo((first?.width ?? 0) / 2);
    expect(unitOf(placed, 0x3000n)).toBeCloseTo(second?.x ?? -1);
    for (const outside of [0xfffn, 0x2000n, 0x2fffn, 0x4000n]) expect(unitOf(placed, outside)).toBeUndefined();
  });

  it('lets no hole hide the memory beside it', () => {
    const [cluster] = layOutAddresses([strip(0x1000n, 0x1000n), strip(0x2000n, 1n << 40n, 'hole')], WIDTH);
    expect(cluster?.placed[0]?.width).toBeCloseTo(WIDTH / 2);
  });
});
