import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { WindowFiller } from '../../src/sieve/fill.js';
import { withFile } from '../support/files.js';
import { Random } from '../support/random.js';

async function withDescriptor<T>(file: string, use: (fd: number) => T): Promise<T> {
  const fd = openSync(file, 'r');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

describe('filling a window', () => {
  it('puts pieces end to end, and each time as far as it is asked to', async () => {
    const random = new Random(1);
    const bytes = random.bytes(300_000);
    await withFile(bytes, (file) =>
      withDescriptor(file, (fd) => {
        const pieces = [
          { offset: 200_000, length: 1000 },
          { offset: 5, length: 0 },
          { offset: 0, length: 150_000 },
          { offset: 77, length: 1 },
        ];
        const expected = pieces.flatMap(({ offset, length }) => [...bytes.subarray(offset, offset + length)]);
        const window = new Uint8Array(expected.length).fill(0xee);
        const filler = new WindowFiller(window, fd, pieces);
        for (let end = 0; end < window.length; end += random.below(40_000)) {
          filler.fill(end);
          expect(Buffer.compare(window.subarray(0, end), Uint8Array.from(expected.slice(0, end)))).toBe(0);
        }
        filler.fill(Number.POSITIVE_INFINITY);
        expect(Buffer.compare(window, Uint8Array.from(expected))).toBe(0);
        expect(filler.unread).toEqual([]);
      }),
    );
  });

  it('makes zeros of what the file no longer has, and tells it, in each piece', async () => {
    await withFile(new Uint8Array(1000).fill(7), (file) =>
      withDescriptor(file, (fd) => {
        const window = new Uint8Array(700).fill(0xee);
        const filler = new WindowFiller(window, fd, [
          { offset: 900, length: 400 },
          { offset: 0, length: 100 },
          { offset: 5000, length: 200 },
        ]);
        filler.fill(250);
        filler.fill(700);
        const expected = [...Array(100).fill(7), ...Array(300).fill(0), ...Array(100).fill(7), ...Array(200).fill(0)];
        expect([...window]).toEqual(expected);
        expect(filler.unread).toEqual([
          { offset: 1000, length: 300, reason: 'the file became shorter' },
          { offset: 5000, length: 200, reason: 'the file became shorter' },
        ]);
      }),
    );
  });

  it('tries what cannot be read in small steps, and tells each byte of it once', () =>
    // Reading a directory fails at each place.
    withDescriptor(tmpdir(), (fd) => {
      const length = 200_000;
      const window = new Uint8Array(length).fill(0xee);
      const filler = new WindowFiller(window, fd, [{ offset: 4096, length }]);
      filler.fill(100_000);
      filler.fill(length);
      expect(window.every((byte) => byte === 0)).toBe(true);
      let next = 4096;
      for (const { offset, length: each, reason } of filler.unread) {
        expect({ offset, reason }).toEqual({ offset: next, reason: 'read error: EISDIR' });
        expect(each).toBeLessThanOrEqual(65_536);
        next += each;
      }
      expect(next).toBe(4096 + length);
    }));
});
