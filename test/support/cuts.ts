/** What every map of a dump must stand. */
import { expect } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { bytesReader } from '../../src/source/open.js';
import { Random } from './random.js';

/** Cut at `rounds` random places behind the first `least` bytes: it is told, and no region reaches past the end. */
export function expectCutsTold(dump: Uint8Array, least: number, rounds: number): void {
  const random = new Random(rounds);
  for (let round = 0; round < rounds; round++) {
    const length = least + random.below(dump.length - least);
    const map = readDumpMap(bytesReader(dump.subarray(0, length)), length);
    const told = map.warnings.some(({ incomplete }) => incomplete);
    expect(told, `cut at ${length}`).toBe(true);
    const inside = map.regions.every((region) => region.offset + region.length <= length);
    expect(inside, `regions when cut at ${length}`).toBe(true);
  }
}
