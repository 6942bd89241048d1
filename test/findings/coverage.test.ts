import { describe, expect, it } from 'vitest';
import { accountFor } from '../../src/findings/coverage.js';
import type { Coverage } from '../../src/types.js';
import { Random } from '../support/random.js';

function sum({ scanned, holes, skipped }: Coverage): number {
  return scanned + holes + skipped.reduce((total, part) => total + part.length, 0);
}

describe('accountFor', () => {
  it('calls a whole dump scanned', () => {
    expect(accountFor(100, 100, 0, [])).toEqual({ bytes: 100, scanned: 100, holes: 0, skipped: [] });
  });

  it('says what a truncated dump lacks', () => {
    const coverage = accountFor(100, 250, 40, []);
    expect(coverage).toMatchObject({ bytes: 290, scanned: 100, holes: 40 });
    expect(coverage.skipped).toMatchObject([{ offset: 100, length: 150 }]);
  });

  it('counts a byte once that was skipped twice', () => {
    const skipped = [
      { offset: 10, length: 20, reason: 'read error: EIO' },
      { offset: 15, length: 5, reason: 'other' },
      { offset: 25, length: 10, reason: 'read error: EIO' },
    ];
    const coverage = accountFor(100, 100, 0, skipped);
    expect(coverage.skipped).toEqual([{ offset: 10, length: 25, reason: 'read error: EIO' }]);
    expect(coverage.scanned).toBe(75);
  });

  it('always sums to its bytes', () => {
    const random = new Random(3);
    for (let round = 0; round < 500; round++) {
      const size = 1 + random.below(1000);
      const skipped = Array.from({ length: random.below(8) }, () => {
        const offset = random.below(size);
        return { offset, length: 1 + random.below(size - offset), reason: random.pick(['a', 'b']) };
      });
      const coverage = accountFor(size, random.below(2000), random.below(50), skipped);
      expect(sum(coverage)).toBe(coverage.bytes);
      expect(coverage.scanned).toBeGreaterThanOrEqual(0);
    }
  });
});
