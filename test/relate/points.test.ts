/** Scalars near points as they stand in the memory of programs; the keys are made by node:crypto. */
import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findNearPoints, pointBudget } from '../../src/relate/points.js';
import { Random } from '../support/random.js';

/** Token 1 of libgcrypt's s-expressions in memory (sexp.c): data, with a length of 16 bits. */
const data = (bytes: Uint8Array | string) => [
  Uint8Array.of(1, bytes.length, 0),
  Buffer.from(bytes as string, 'latin1'),
];

/** `(q point)(d scalar)`, `between` bytes in the midst of zeros, and where its parts begin and end. */
function sexp(
  name: string,
  size: number,
  between = Buffer.concat([Uint8Array.of(4, 3), ...data('d'), Uint8Array.of(1, size, 0)]),
) {
  const ecdh = createECDH(name);
  // No scalar that looks like code: one in 5,000 would.
  const random = new Random(size);
  ecdh.setPrivateKey(Buffer.from(random.bytes(size)).fill(0x11, 0, 1));
  const point = ecdh.getPublicKey();
  const before = Buffer.concat([Buffer.alloc(600), Uint8Array.of(3), ...data('q'), Uint8Array.of(1, point.length, 0)]);
  const bytes = Buffer.concat([before, point, between, ecdh.getPrivateKey(), Buffer.alloc(600)]);
  const at = before.length + point.length + between.length;
  return { bytes: new Uint8Array(bytes), point: { from: before.length, to: before.length + point.length }, at };
}

describe.each([
  ['prime256v1', 'P-256', 32],
  ['secp384r1', 'P-384', 48],
] as const)('a scalar of %s', (name, curve, size) => {
  const budget = () => pointBudget(1_000_000);

  it('is found behind its point, also where it is no part of what lies together', () => {
    const { bytes, point, at } = sexp(name, size);
    const found = findNearPoints(bytes, point.from, point.to, budget());
    expect(found.map(({ key, from, to, apart }) => [key.curve, from, to, apart])).toEqual([
      [curve, at, at + size, false],
    ]);
  });

  it('is told to be apart where an allocator may have put it', () => {
    const { bytes, point, at } = sexp(name, size, Buffer.alloc(16));
    const found = findNearPoints(bytes, point.from, point.to, budget());
    expect(found.map(({ from, apart }) => [from, apart])).toEqual([[at, true]]);
  });

  it('takes none of the time that is there for what lies together', () => {
    const { bytes, point } = sexp(name, size);
    const own = budget();
    findNearPoints(bytes, point.from, point.to, own);
    expect(own.left).toBe(budget().left);
    expect(own.around).toBeLessThan(budget().around);
  });

  it('is not looked for further away', () => {
    const { bytes, point } = sexp(name, size, Buffer.alloc(120));
    expect(findNearPoints(bytes, point.from, point.to, budget())).toEqual([]);
  });

  it('is told to be left where the time is used up', () => {
    const { bytes, point } = sexp(name, size);
    const none = pointBudget(0);
    expect(findNearPoints(bytes, point.from, point.to, none)).toEqual([]);
    expect(none.givenUp).toBe(1);
  });
});
