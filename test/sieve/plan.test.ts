import { describe, expect, it } from 'vitest';
import { BACK, CARRY } from '../../src/detect/detector.js';
import { planChunks, planSeams } from '../../src/sieve/plan.js';

const SIZES = [1, BACK, BACK + 1, CARRY, 3 * CARRY, 10_000_019];
const CHUNKS = [4096, 65_536, 1 << 20, 1 << 24];

describe('planChunks', () => {
  it.each(SIZES.flatMap((size) => CHUNKS.map((chunk) => [size, chunk])))(
    'gives each of %i bytes to exactly one window of %i, with the margins that detectors are promised',
    (size, chunk) => {
      let end = 0;
      for (const { pieces, from, to, joined } of planChunks(size, chunk)) {
        const [piece, ...rest] = pieces;
        if (piece === undefined) throw new Error('a window without a piece');
        expect(rest).toEqual([]);
        expect(joined).toBeUndefined();
        expect(piece.offset + from).toBe(end);
        expect(piece.offset).toBe(Math.max(0, end - BACK));
        end = piece.offset + to;
        expect(piece.offset + piece.length).toBe(Math.min(size, Math.max(end, piece.offset + from + chunk) + CARRY));
      }
      expect(end).toBe(size);
    },
  );

  it('plans nothing for an empty dump', () => {
    expect([...planChunks(0, 4096)]).toEqual([]);
  });
});

describe('planSeams', () => {
  it('joins the end of one region to the beginning of the other', () => {
    const seams = [
      [
        { offset: 1000, length: 100 },
        { offset: 5000, length: 50, address: 0x1003n },
      ],
    ] as const;
    expect([...planSeams(seams, 10_000)]).toEqual([
      {
        pieces: [
          { offset: 1000, length: 100 },
          { offset: 5000, length: 50 },
        ],
        from: 0,
        to: 150,
        joined: 2 ** 51,
        // 0x1003 − 100 is seven bytes past a multiple of eight.
        grid: [{ from: 1, to: 150 }],
      },
    ]);
  });

  it('reaches no further than a detector may look back, and never past the end of the file', () => {
    const seams = [
      [
        { offset: 0, length: 5 * BACK },
        { offset: 6 * BACK, length: 9 * BACK },
      ],
    ] as const;
    const [plan] = [...planSeams(seams, 6 * BACK + 10)];
    expect(plan?.pieces).toEqual([
      { offset: 4 * BACK, length: BACK },
      { offset: 6 * BACK, length: 10 },
    ]);
    expect([...planSeams(seams, 6 * BACK)]).toEqual([]);
  });
});
