/** Public points of many scalars: what node:crypto derives from each is the truth. */
import { createECDH } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { EC_CURVES } from '../../src/prove/curves.js';
import { BATCH, type PointKernel, pointKernel, publicPoints } from '../../src/relate/public-points.js';
import type { EcCurve } from '../../src/types.js';
import { Random } from '../support/random.js';

const NAMES: Readonly<Record<EcCurve, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};
const CURVES = Object.keys(NAMES) as EcCurve[];
const KERNELS = CURVES.filter((curve) => curve !== 'P-256');

const bytesOf = (curve: EcCurve, value: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * EC_CURVES[curve].size, '0'), 'hex'));

function randomScalar(curve: EcCurve, random: Random): Uint8Array {
  const { size, order } = EC_CURVES[curve];
  const hex = Buffer.from(random.bytes(size + 8)).toString('hex');
  return bytesOf(curve, 1n + (BigInt(`0x${hex}`) % (order - 1n)));
}

function pointOf(curve: EcCurve, scalar: Uint8Array): string | undefined {
  const ecdh = createECDH(NAMES[curve]);
  try {
    ecdh.setPrivateKey(scalar);
  } catch {
    return undefined;
  }
  return ecdh.getPublicKey('hex');
}

const hexOf = (points: ReadonlyArray<Uint8Array | undefined>) =>
  points.map((point) => point && Buffer.from(point).toString('hex'));

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
  const random = new Random(1);
  const many = Array.from({ length: 257 }, () => randomScalar(curve, random));
  const truth = many.map((scalar) => pointOf(curve, scalar));

  it.each([0, 1, 2, 31, 32, BATCH - 1, BATCH, BATCH + 1, 255, 256, 257])(
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
    const random = new Random(9);
    const scalars = Array.from({ length: count }, () => randomScalar(curve, random));
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

describe.each(KERNELS)('the kernel of %s', (curve) => {
  const { order } = EC_CURVES[curve];

  it('knows the points by itself', () => {
    const random = new Random(11);
    const scalars = Array.from({ length: BATCH }, () => randomScalar(curve, random));
    expect(hexOf(pointKernel(curve)?.derive(scalars) ?? [])).toEqual(scalars.map((scalar) => pointOf(curve, scalar)));
  });

  it('leaves sums of points with the same x, and those alone', () => {
    const random = new Random(13);
    const scalars = Array.from({ length: 5 }, () => randomScalar(curve, random));
    // The sum of its windows is a point and its negative.
    scalars.splice(2, 0, bytesOf(curve, order));
    // The last two sums of its windows, 2^521 and 2^521 - order, are the same point.
    if (curve === 'P-521') scalars.splice(4, 0, bytesOf(curve, (1n << 522n) - order));
    const points = hexOf(pointKernel(curve)?.derive(scalars) ?? []);
    const isNone = (scalar: Uint8Array) => pointOf(curve, scalar) === undefined;
    expect(points).toEqual(scalars.map((scalar) => (isNone(scalar) ? undefined : pointOf(curve, scalar))));
    expect(points.filter((point) => point === undefined)).toHaveLength(curve === 'P-521' ? 2 : 1);
  });
});

describe('a lane that the kernel leaves', () => {
  it('is derived by node:crypto', () => {
    const random = new Random(17);
    const scalars = Array.from({ length: 64 }, () => randomScalar('P-384', random));
    const kernel = pointKernel('P-384') as PointKernel;
    const whole = kernel.derive.bind(kernel);
    const leaving = vi.spyOn(kernel, 'derive');
    leaving.mockImplementation((batch) => whole(batch).map((point, i) => (i % 3 === 0 ? undefined : point)));
    try {
      expect(hexOf(publicPoints('P-384', scalars))).toEqual(scalars.map((scalar) => pointOf('P-384', scalar)));
      expect(leaving).toHaveBeenCalled();
    } finally {
      leaving.mockRestore();
    }
  });
});

describe('the memory of a kernel', () => {
  it.each(KERNELS)('of %s holds nothing of a batch that is done', (curve) => {
    const random = new Random(19);
    const scalars = Array.from({ length: 40 }, () => randomScalar(curve, random));
    const kernel = pointKernel(curve) as PointKernel;
    kernel.derive(scalars);
    expect(kernel.workspace.length).toBeGreaterThan(100_000);
    expect(kernel.workspace.every((byte) => byte === 0)).toBe(true);
    const memory = Buffer.from(kernel.workspace.buffer);
    expect(scalars.filter((scalar) => memory.includes(Buffer.from(scalar.subarray(0, 8))))).toEqual([]);
  });
});
