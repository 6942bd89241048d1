import { describe, expect, it } from 'vitest';
import { Gallery } from '../../src/findings/gallery.js';
import type { InputReport } from '../../src/types.js';
import { finding, input, picture } from '../report/build.js';

const drawn = (path: string, severity: 'critical' | 'low') =>
  input(path, { findings: [finding(path, { severity })], picture: picture(4096) });

describe('the gallery', () => {
  it.each([
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 4, 1, 3],
  ])('keeps the pictures of the worst, in whatever order inputs are finished', (...order) => {
    const gallery = new Gallery(3);
    const reports: InputReport[][] = [
      [drawn('a', 'low'), input('clean')],
      [drawn('b', 'critical')],
      [drawn('c', 'low'), drawn('d', 'critical')],
      [drawn('e', 'low')],
      [],
    ];
    for (const index of order) gallery.hang(reports[index] as InputReport[], index);
    const kept = reports.flat().filter((report) => report.picture !== undefined);
    expect(kept.map(({ path }) => path)).toEqual(['a', 'b', 'd']);
  });
});
