import { describe, expect, it } from 'vitest';
import { loadKernelModule } from '../../src/artifacts.js';
import { credentialDetector } from '../../src/detect/credentials/detector.js';
import { loadShippedRules } from '../../src/detect/credentials/shipped.js';
import type { Anchor } from '../../src/detect/detector.js';
import { anchor, textAnchors } from '../../src/detect/detector.js';
import { DETECTORS } from '../../src/detect/registry.js';
import { type Kernel, kernelFactory } from '../../src/sieve/kernel.js';
import { createSlot, HIT_CAPACITY, WINDOW_OFFSET, windowBytes } from '../../src/sieve/slot.js';
import { sieveEntries } from '../../src/sieve/tables.js';
import { Random } from '../support/random.js';

const CHUNK = 1 << 20;
const CREDENTIALS = credentialDetector(loadShippedRules().rules);
const REAL_ANCHORS = [...DETECTORS, CREDENTIALS].flatMap((detector) => detector.anchors);

/** As many bytes again: random ones, text that anchors are made of, and text of UTF-16 at either parity. */
const FILLINGS: ReadonlyArray<(bytes: Buffer | Uint8Array) => Uint8Array> = [
  (bytes) => bytes,
  (bytes) => Buffer.from(Buffer.from(bytes).toString('base64').slice(0, bytes.length)),
  (bytes) => Buffer.from(Buffer.from(bytes).toString('base64'), 'utf16le').subarray(0, bytes.length),
  (bytes) => Buffer.from(Buffer.from(bytes).toString('base64'), 'utf16le').subarray(1, bytes.length + 1),
];

function setUp(anchors: readonly Anchor[]) {
  const slot = createSlot(0, CHUNK);
  const module = loadKernelModule();
  const simd = kernelFactory('auto', module, anchors)(slot.memory);
  const scalar = kernelFactory('scalar', module, anchors)(slot.memory);
  return { slot, simd, scalar };
}

function hitsOf(kernel: Kernel, from: number, to: number, length: number): string[] {
  const hits: string[] = [];
  kernel.scan(WINDOW_OFFSET + from, WINDOW_OFFSET + to, WINDOW_OFFSET + length, (start, id) =>
    hits.push(`${start - WINDOW_OFFSET}:${id}`),
  );
  return hits;
}

/** Occurrences by `Buffer.indexOf`, which shares no code with either kernel. */
function occurrences(bytes: Uint8Array, anchors: readonly Anchor[], from: number, to: number): string[] {
  const haystack = Buffer.from(bytes);
  return anchors.flatMap(({ literal }, id) => {
    const found: string[] = [];
    for (let at = haystack.indexOf(literal); at >= 0; at = haystack.indexOf(literal, at + 1)) {
      if (at >= from && at < to) found.push(`${at}:${id}`);
    }
    return found;
  });
}

describe('sieve kernels', () => {
  it('runs on SIMD on this machine', () => {
    expect(setUp(textAnchors('PRIVATE KEY')).simd.kind).toBe('simd');
  });

  it.each([
    ['three text anchors', textAnchors('PRIVATE KEY')],
    [
      'overlapping anchors',
      [anchor('abab'), anchor('ababab'), anchor('babx'), anchor('\0\0\0\x07ssh-rsa'), anchor('\0\0\0a')],
    ],
    ['every real anchor', REAL_ANCHORS],
  ])('find what indexOf finds, in the same order: %s', (_name, anchors) => {
    const random = new Random(7);
    const { slot, simd, scalar } = setUp(anchors);
    for (let round = 0; round < 40; round++) {
      const length = 1 + random.below(20_000);
      const bytes = windowBytes(slot, length);
      bytes.set(FILLINGS[round % FILLINGS.length]?.(random.bytes(length)) as Uint8Array);
      if (round % 5 === 0) bytes.fill(0, random.below(length));
      for (let i = 0; i < 50; i++) {
        const { literal } = random.pick(anchors);
        // Also cut off at the end of the window, where only whole anchors may count.
        const at = random.below(length);
        bytes.set(literal.subarray(0, Math.min(literal.length, length - at)), at);
      }
      const from = random.below(Math.min(length, 100));
      const to = Math.max(from, length - random.below(100));
      const hits = hitsOf(simd, from, to, length);
      expect(hits).toEqual(hitsOf(scalar, from, to, length));
      expect([...hits].sort()).toEqual(occurrences(bytes, anchors, from, to).sort());
    }
  });

  it('report nothing of stale bytes behind the window', () => {
    const anchors = textAnchors('PRIVATE KEY');
    const { slot, simd, scalar } = setUp(anchors);
    windowBytes(slot, 64).fill(0);
    windowBytes(slot, 64).set((anchors[0] as Anchor).literal, 40);
    expect(hitsOf(simd, 0, 50, 50)).toEqual([]);
    expect(hitsOf(scalar, 0, 50, 50)).toEqual([]);
    expect(hitsOf(simd, 0, 51, 51)).toEqual(['40:0']);
  });

  it('lose no hit when there are more than the output holds', () => {
    const { slot, simd, scalar } = setUp([anchor('aaaa'), anchor('aaaaa')]);
    const length = 3 * HIT_CAPACITY;
    windowBytes(slot, length).fill('a'.charCodeAt(0));
    const hits = hitsOf(simd, 0, length, length);
    expect(hits.length).toBe(length - 3 + length - 4);
    expect(hits).toEqual(hitsOf(scalar, 0, length, length));
  });

  it('refuse anchors that the tables cannot hold', () => {
    expect(() => sieveEntries([anchor('abc')])).toThrow(RangeError);
    expect(() => sieveEntries([anchor('a'.repeat(33))])).toThrow(RangeError);
    expect(() => sieveEntries([anchor('\0\0\0\0\0')])).toThrow(RangeError);
  });
});
