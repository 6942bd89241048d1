import { describe, expect, it } from 'vitest';
import { BACK, CARRY } from '../../src/detect/detector.js';
import { NOWHERE } from '../../src/sieve/pieces.js';
import { planChunks, planJoins, planSeams } from '../../src/sieve/plan.js';
import type { Span } from '../../src/types.js';
import { Random } from '../support/random.js';

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

describe('planJoins', () => {
  /** Strings whose bytes all have offsets of their own, in order: the first begins at 0, the next behind it. */
  function stringsOf(seed: number): { spans: Array<Span | undefined>; ends: number[] } {
    const random = new Random(seed);
    const spans: Array<Span | undefined> = [];
    const ends: number[] = [];
    let offset = 0;
    for (let string = 0; string < 60; string++) {
      const pieces = random.pick([0, 1, 3, 50, 2000]);
      for (let i = 0; i < pieces; i++) {
        const length = 1 + random.below(random.pick([8, 1024, 1024, 65_536]));
        spans.push({ offset, length });
        offset += length;
      }
      spans.push(undefined);
      if (pieces > 0) ends.push(offset);
    }
    return { spans, ends };
  }

  it.each([1, 2, 3])('gives each byte to exactly one window, with its string around it and no other’s', (seed) => {
    const { spans, ends } = stringsOf(seed);
    let owned = 0;
    for (const { pieces, from, to } of planJoins(spans)) {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      expect(length).toBeLessThanOrEqual(CARRY);
      // What the last window had of the string is there for a structure that crosses the cut.
      const begin = ends.filter((end) => end <= owned).at(-1) ?? 0;
      expect(from).toBe(Math.min(BACK, owned - begin));
      let [at, run] = [0, 0];
      let last: number | undefined;
      for (const piece of pieces) {
        if (piece.offset === NOWHERE) {
          [last, run] = [undefined, 0];
        } else {
          // Side by side only where one string goes on.
          if (last !== undefined) expect([last, ends.includes(last)]).toEqual([piece.offset, false]);
          const [low, high] = [Math.max(from, at), Math.min(to, at + piece.length)];
          if (high > low) {
            expect(piece.offset + low - at).toBe(owned);
            owned += high - low;
          }
          last = piece.offset + piece.length;
          run += piece.length;
        }
        at += piece.length;
      }
      // And what is left to the next one.
      if (to < length) expect(length - to).toBe(Math.min(BACK, run));
    }
    expect(owned).toBe(ends.at(-1) ?? 0);
  });

  it('plans nothing where there are no strings', () => {
    expect([...planJoins([])]).toEqual([]);
    expect([...planJoins([undefined, undefined])]).toEqual([]);
  });
});
