import { describe, expect, it } from 'vitest';
import type { Chunks } from '../../../src/source/unwrap/chunks.js';
import { PickedReader, pick } from '../../../src/source/unwrap/pick.js';
import { Random } from '../../support/random.js';

const BYTES = new Random(2).bytes(10_000);

async function* inPieces(most: number): Chunks {
  for (let at = 0; at < BYTES.length; at += most) yield BYTES.subarray(at, at + most);
}

describe('pick', () => {
  it.each([1, 333, 10_000])(
    'keeps spans in any order, overlapping and past the end, of pieces of %i bytes',
    async (n) => {
      const spans = [
        { offset: 9_990, length: 100 },
        { offset: 0, length: 10 },
        { offset: 5, length: 4_000 },
        { offset: 100, length: 1 },
        { offset: 20_000, length: 5 },
      ];
      const { picked, size } = await pick(inPieces(n), spans);
      expect(size).toBe(10_000);
      for (const { offset, bytes } of picked) {
        const length = Math.max(
          0,
          Math.min(10_000, offset + (spans.find((s) => s.offset === offset)?.length ?? 0)) - offset,
        );
        expect(Buffer.compare(bytes, BYTES.subarray(offset, offset + length))).toBe(0);
      }
      expect(picked.length).toBe(spans.length);
    },
  );
});

describe('a reader of picked pieces', () => {
  it('reads what it holds, cut short at the end, and notes what it does not', () => {
    const reader = new PickedReader(10_000, [{ offset: 9_000, bytes: BYTES.subarray(9_000) }]);
    expect(Buffer.compare(reader.read(9_900, 500), BYTES.subarray(9_900))).toBe(0);
    expect(reader.takeMissed()).toEqual([]);
    expect(reader.read(8_999, 10).length).toBe(0);
    expect(reader.takeMissed()).toEqual([{ offset: 8_999, length: 10 }]);
    expect(reader.takeMissed()).toEqual([]);
  });
});
