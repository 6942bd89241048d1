import { describe, expect, it } from 'vitest';
import { loadTables } from '../../src/artifacts.js';
import { anchor } from '../../src/detect/detector.js';
import { DETECTORS } from '../../src/detect/registry.js';
import { digestOf, encodeTables, sieveEntries } from '../../src/sieve/tables.js';

const anchors = DETECTORS.flatMap((detector) => detector.anchors);

describe('the built tables', () => {
  it('are those of the anchors of all detectors', () => {
    const built = loadTables(digestOf(anchors));
    expect(built !== undefined && Buffer.from(encodeTables(sieveEntries(anchors))).equals(built)).toBe(true);
  });

  it('are not taken for other anchors, in another order, or cut elsewhere', () => {
    const others = [anchors.slice(1), [...anchors].reverse(), [...anchors, anchor('another')]];
    expect(others.map((each) => loadTables(digestOf(each)))).toEqual([undefined, undefined, undefined]);
    expect(digestOf([anchor('abcdefgh')])).not.toBe(digestOf([anchor('abcd'), anchor('efgh')]));
  });
});
