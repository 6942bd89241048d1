/** Public points of many scalars: what node:crypto derives from each is the truth. */
import { describe, expect, it, vi } from 'vitest';
import { EC_CURVES } from '../../src/prove/curves.js';
import { BATCH, type PointKernel, pointKernel } from '../../src/relate/point-kernel.js';
import { eachPublicPoint, publicPoints } from '../../src/relate/public-points.js';
import type { EcCurve } from '../../src/types.js';
import { Random } from '../support/random.js';
import { bytesOf, CURVES, hexOf, lineOf, pointOf, randomScalar, randomScalars } from './ec-points.js';

/** Scalars with which windows, carries and sums of windows can go wrong. */
function edges(curve: EcCurve): Uint8Array[] {
  const { bits, order } = EC_CURVES[curve];
  const small = Array.from({ length: 140 }, (_, i) => BigInt(i + 1));
  const powers = Array.from({ length: bits - 1 }, (_, i) => 1n << BigInt(i)).filter(
    (_, i) => i % 8 === 0 || i % 8 === 7,
  );
  const repeated = [0x7f, 0x80, 0x81, 0xff, 0x01].map((byte) =>
    BigInt(`0x${byte.toString(16).padStart(2, '0').repeat(64)}`),
  );
  const values = [
    ...small,
    ...small.map((value) => order - value),
    ...powers.flatMap((power) => [power - 1n, power, order - power]),
    ...repeated.map((value) => value % order),
    (order - 1n) / 2n,
    (order + 1n) / 2n,
  ];
  return values.filter((value) => value > 0n && value < order).map((value) => bytesOf(curve, value));
}

describe.each(CURVES)('public points of %s', (curve) => {
  const many = randomScalars(curve, 257, new Random(1));
  const truth = many.map((scalar) => pointOf(curve, scalar));

  it.each([0, 1, 2, 3, 4, 31, 32, BATCH - 1, BATCH, BATCH + 1, 255, 256, 257])(
    'of %i scalars are those of node:crypto',
    (count) => {
      expect(hexOf(publicPoints(curve, many.slice(0, count)))).toEqual(truth.slice(0, count));
    },
  );

  it('of small and large ones, powers of two and their neighbours are, too', () => {
    const scalars = edges(curve);
    expect(hexOf(publicPoints(curve, scalars))).toEqual(scalars.map((scalar) => pointOf(curve, scalar)));
  });

  it('of scalars with windows of zeros are, too', () => {
    const random = new Random(7);
    const scalars = Array.from({ length: 300 }, () => {
      const scalar = randomScalar(curve, random);
      for (let at = 2; at < scalar.length; at++) if (random.below(3) > 0) scalar[at] = 0;
      return scalar;
    });
    expect(hexOf(publicPoints(curve, scalars))).toEqual(scalars.map((scalar) => pointOf(curve, scalar)));
  });

  it.each([4, 40])('are none where a number is no scalar, among %i', (count) => {
    const { order, size } = EC_CURVES[curve];
    const scalars = randomScalars(curve, count, new Random(9));
    scalars.splice(1, 0, new Uint8Array(size), bytesOf(curve, order), bytesOf(curve, order + 1n));
    scalars.push(new Uint8Array(size).fill(0xff));
    const points = hexOf(publicPoints(curve, scalars));
    expect(points).toEqual(scalars.map((scalar) => pointOf(curve, scalar)));
    expect(points.filter((point) => point === undefined)).toHaveLength(4);
  });

  it('are asked for with scalars of the right size alone', () => {
    expect(() => publicPoints(curve, [new Uint8Array(EC_CURVES[curve].size - 1)])).toThrow(RangeError);
  });
});

/** What `eachPublicPoint` tells, in its order: index and, in hex, 04, x, y, and the other form of x. */
function linesOf(curve: EcCurve, scalars: readonly Uint8Array[], count = scalars.length): Array<[number, string]> {
  const { size } = EC_CURVES[curve];
  const lines: Array<[number, string]> = [];
  eachPublicPoint(curve, Uint8Array.from(Buffer.concat(scalars)), count, (i, bytes, at) => {
    lines.push([i, Buffer.from(bytes.subarray(at, at + 1 + 3 * size)).toString('hex')]);
  });
  return lines;
}

/** The same by node:crypto and BigInt. */
function trueLines(curve: EcCurve, scalars: readonly Uint8Array[]): Array<[number, string]> {
  return scalars.flatMap((scalar, i): Array<[number, string]> => {
    const line = lineOf(curve, scalar);
    return line === undefined ? [] : [[i, line]];
  });
}

describe.each(CURVES)('each public point of %s', (curve) => {
  it.each([1, 3, 4, 31, 32, 33, BATCH, BATCH + 1, 300])(
    'of %i scalars comes in order, with x·2^(8·size) modulo the prime',
    (count) => {
      const scalars = randomScalars(curve, count, new Random(count));
      expect(linesOf(curve, scalars)).toEqual(trueLines(curve, scalars));
    },
  );

  it.each([10, 200])('comes with the index of its scalar where others, among %i, have none', (count) => {
    const { order, size } = EC_CURVES[curve];
    const none = [
      new Uint8Array(size),
      bytesOf(curve, order),
      bytesOf(curve, order + 1n),
      new Uint8Array(size).fill(255),
    ];
    const scalars = randomScalars(curve, count, new Random(23)).flatMap((scalar, i) =>
      i % 7 === 2 ? [none[i % 4] as Uint8Array, scalar] : [scalar],
    );
    const last = bytesOf(curve, order - 1n);
    scalars.push(none[1] as Uint8Array, last, none[0] as Uint8Array);
    const lines = linesOf(curve, scalars);
    expect(lines).toEqual(trueLines(curve, scalars));
    expect(lines.length).toBe(count + 1);
  });

  it.each([1, 40, 129])('comes of the first %i scalars alone where there are more', (count) => {
    const scalars = randomScalars(curve, count + 30, new Random(29));
    expect(linesOf(curve, scalars, count)).toEqual(trueLines(curve, scalars.slice(0, count)));
  });

  it('leaves the scalars as they are', () => {
    const scalars = Uint8Array.from(Buffer.concat(randomScalars(curve, 140, new Random(31))));
    const before = scalars.slice();
    eachPublicPoint(curve, scalars, 140, () => {});
    expect(scalars).toEqual(before);
  });

  it('is derived by node:crypto in lanes that the kernel leaves', () => {
    const scalars = randomScalars(curve, BATCH + 40, new Random(17));
    const kernel = pointKernel(curve) as PointKernel;
    const whole = kernel.derive.bind(kernel);
    const leaving = vi.spyOn(kernel, 'derive').mockImplementation((count) => {
      whole(count);
      for (let i = 0; i < count; i += 3) kernel.output.fill(0, i * kernel.line, (i + 1) * kernel.line);
    });
    try {
      expect(linesOf(curve, scalars)).toEqual(trueLines(curve, scalars));
      expect(leaving.mock.calls).toEqual([[BATCH], [40]]);
    } finally {
      leaving.mockRestore();
    }
  });

  it('is the kernel’s where it knows one', () => {
    const scalars = randomScalars(curve, 40, new Random(37));
    const other = lineOf(curve, randomScalar(curve, new Random(38))) as string;
    const kernel = pointKernel(curve) as PointKernel;
    const spy = vi.spyOn(kernel, 'derive').mockImplementation((count) => {
      for (let i = 0; i < count; i++) kernel.output.set(Buffer.from(other, 'hex'), i * kernel.line);
    });
    try {
      expect(linesOf(curve, scalars)).toEqual(scalars.map((_, i) => [i, other]));
      // Of few scalars it is not asked.
      const few = scalars.slice(0, curve === 'P-256' ? 31 : 3);
      expect(linesOf(curve, few)).toEqual(trueLines(curve, few));
    } finally {
      spy.mockRestore();
    }
  });
});

describe('without a kernel', () => {
  it.each(CURVES)('points of %s are those of node:crypto', async (curve) => {
    vi.resetModules();
    vi.doMock('../../src/artifacts.js', async (original) => ({
      ...(await original<typeof import('../../src/artifacts.js')>()),
      loadPoints: () => undefined,
    }));
    try {
      const { pointKernel: noKernel } = await import('../../src/relate/point-kernel.js');
      const { publicPoints: slowly } = await import('../../src/relate/public-points.js');
      const scalars = randomScalars(curve, 40, new Random(41));
      expect(noKernel(curve)).toBeUndefined();
      expect(hexOf(slowly(curve, scalars))).toEqual(scalars.map((scalar) => pointOf(curve, scalar)));
    } finally {
      vi.doUnmock('../../src/artifacts.js');
      vi.resetModules();
    }
  });
});
