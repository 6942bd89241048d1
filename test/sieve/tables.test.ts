import { describe, expect, it } from 'vitest';
import { loadTables } from '../../src/artifacts.js';
import { anchor } from '../../src/detect/detector.js';
import { DETECTORS } from '../../src/detect/registry.js';
import { loadRoutes } from '../../src/sieve/routes.js';
import { digestOf, encodeTables, sieveEntries } from '../../src/sieve/tables.js';

const keys = DETECTORS.flatMap((detector) => detector.anchors);

describe('the built tables', () => {
  it.each([true, false])('are those of the anchors of all detectors (with credentials: %s)', async (shipped) => {
    const { routes, tables } = await loadRoutes({ shipped, more: [] });
    const made = encodeTables(sieveEntries(routes.map((route) => route.anchor)));
    expect(tables !== undefined && Buffer.from(made).equals(tables)).toBe(true);
  });

  it('are not taken where the anchors of keys are others, in another order, or cut elsewhere', () => {
    const others = [keys.slice(1), [...keys].reverse(), [...keys, anchor('another')]];
    expect(others.map((each) => loadTables('tables.bin', digestOf(each)))).toEqual([undefined, undefined, undefined]);
    expect(digestOf([anchor('abcdefgh')])).not.toBe(digestOf([anchor('abcd'), anchor('efgh')]));
  });
});
