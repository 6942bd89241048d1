import { describe, expect, it } from 'vitest';
import { alignment } from '../../src/sieve/alignment.js';
import type { Region } from '../../src/types.js';

const region = (offset: number, length: number, address: bigint): Region => ({ offset, length, kind: 'heap', address });

describe('the alignment of words', () => {
  it('is that of offsets where regions begin alike in both', () => {
    expect(alignment({ regions: [region(4096, 4096, 0x7000n)] })({ offset: 0, length: 9000 })).toBeUndefined();
  });

  it('is that of addresses where a region begins at any byte of the file, and covers all bytes', () => {
    const gridOf = alignment({ regions: [region(0x203, 0x1000, 0x10000n), region(0x1205, 0x800, 0x20003n)] });
    const grid = gridOf({ offset: 0, length: 0x3000 }) ?? [];
    // 0x203 holds address 0x10000; the first whole word from 0x1205 on is at address 0x20008.
    expect(grid.map(({ from, to }) => [from, to])).toEqual([
      [0, 0x203],
      [0x203, 0x1203],
      [0x120a, 0x1a05],
      [0x1a08, 0x3000],
    ]);
  });

  it('is the same for every window', () => {
    const gridOf = alignment({ regions: [region(0x203, 0x100000, 0x10000n)] });
    for (const offset of [0x300, 0x5001, 0x80000]) {
      for (const { from } of gridOf({ offset, length: 0x1000 }) ?? []) expect((offset + from - 0x203) % 8).toBe(0);
    }
  });
});
