import { describe, expect, it } from 'vitest';
import { Lookup } from '../../src/dump/lookup.js';
import { Random } from '../support/random.js';

describe('Lookup', () => {
  it('finds the last item at or before an address, in whatever order items and questions come', () => {
    const random = new Random(21);
    for (let round = 0; round < 300; round++) {
      const starts = Array.from({ length: random.below(12) }, () => BigInt(random.below(40)));
      const lookup = new Lookup(starts, (start) => start);
      for (let question = 0; question < 30; question++) {
        const address = BigInt(random.below(45));
        const before = starts.filter((start) => start <= address);
        const expected = before.reduce<bigint | undefined>((most, one) => ((most ?? 0n) > one ? most : one), undefined);
        expect(lookup.lastBefore(address), `${address} among ${starts}`).toBe(expected);
        expect(lookup.indexBefore(address)).toBe(before.length - 1);
      }
    }
  });
});
