/** The kernels of public points by themselves: what node:crypto derives from each scalar is the truth. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BuiltPoints, loadPoints } from '../../src/artifacts.js';
import { EC_CURVES } from '../../src/prove/curves.js';
import {
  BATCH,
  digestOf,
  type KernelCurve,
  makeTable,
  type PointKernel,
  pointKernel,
} from '../../src/relate/point-kernel.js';
import { Random } from '../support/random.js';
import { bytesOf, CURVES, lineOf, pointOf, randomScalars } from './ec-points.js';

/** Where the entries of a table begin, behind the constants and the kernel's working space. */
const CONSTANTS = 8 * 128;
const ENTRIES = CONSTANTS + 23 * 128;
const ALL: readonly KernelCurve[] = [...CURVES, 'Curve25519'];

function kernelOf(curve: KernelCurve): PointKernel {
  const kernel = pointKernel(curve);
  if (kernel === undefined) throw new Error(`no kernel of ${curve}`);
  return kernel;
}

/** What the kernel writes of each scalar, in hex; undefined where it knows no answer. */
function derive(kernel: PointKernel, scalars: readonly Uint8Array[]): Array<string | undefined> {
  kernel.input.set(Buffer.concat(scalars));
  kernel.derive(scalars.length);
  return scalars.map((_, i) => {
    const line = kernel.output.subarray(i * kernel.line, (i + 1) * kernel.line);
    return line[0] === 4 ? Buffer.from(line).toString('hex') : undefined;
  });
}

describe.each(CURVES)('the kernel of %s', (curve) => {
  const { order, size } = EC_CURVES[curve];

  it('has room for a batch', () => {
    const { input, output, line } = kernelOf(curve);
    expect([input.length, output.length, line]).toEqual([BATCH * size, BATCH * (1 + 3 * size), 1 + 3 * size]);
  });

  it.each([1, 2, 77, BATCH])('knows the points of %i scalars, and the other form of x, by itself', (count) => {
    const scalars = randomScalars(curve, count, new Random(11));
    expect(derive(kernelOf(curve), scalars)).toEqual(scalars.map((scalar) => lineOf(curve, scalar)));
  });

  it('knows them in each lane, whatever lies in the others', () => {
    const [scalar] = randomScalars(curve, 1, new Random(12)) as [Uint8Array];
    const scalars = Array.from({ length: BATCH }, (_, i) => (i % 5 === 0 ? new Uint8Array(size) : scalar));
    const line = lineOf(curve, scalar);
    expect(derive(kernelOf(curve), scalars)).toEqual(scalars.map((_, i) => (i % 5 === 0 ? undefined : line)));
  });

  it('leaves sums of points with the same x, and those alone', () => {
    const scalars = randomScalars(curve, 5, new Random(13));
    // The sum of its windows is a point and its negative.
    scalars.splice(2, 0, bytesOf(curve, order));
    // The last two sums of its windows, 2^521 and 2^521 - order, are the same point.
    if (curve === 'P-521') scalars.splice(4, 0, bytesOf(curve, (1n << 522n) - order));
    const points = derive(kernelOf(curve), scalars);
    const isNone = (scalar: Uint8Array) => pointOf(curve, scalar) === undefined;
    expect(points).toEqual(scalars.map((scalar) => (isNone(scalar) ? undefined : lineOf(curve, scalar))));
    expect(points.filter((point) => point === undefined)).toHaveLength(curve === 'P-521' ? 2 : 1);
  });

  it('writes zeros where it knows no answer', () => {
    const kernel = kernelOf(curve);
    kernel.output.fill(0xaa);
    expect(derive(kernel, [new Uint8Array(size), bytesOf(curve, order)])).toEqual([undefined, undefined]);
    expect(kernel.output.subarray(0, 2 * kernel.line).every((byte) => byte === 0)).toBe(true);
  });
});

describe('the kernel of Curve25519', () => {
  const curve = 'Curve25519';

  /** As node:crypto derives it from a PKCS#8 of RFC 8410, least significant byte first. */
  function publicKeyOf(oid: '6e' | '70', secret: Uint8Array): Uint8Array {
    const der = Buffer.concat([Buffer.from(`302e020100300506032b65${oid}04220420`, 'hex'), secret]);
    const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    return key.export({ format: 'der', type: 'spki' }).subarray(-32);
  }

  /** The clamped first half of the hash of a seed (RFC 8032 section 5.1.5), least significant byte first. */
  function scalarOf(seed: Uint8Array): Uint8Array {
    const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
    scalar[0] = scalar.readUInt8(0) & 0xf8;
    scalar[31] = (scalar.readUInt8(31) & 0x7f) | 0x40;
    return scalar;
  }

  const reversed = (bytes: Uint8Array) => bytes.slice().reverse();
  const part = (line: string | undefined, from: number) => line?.slice(2 * from, 2 * (from + 32));

  it.each([1, 2, 77, BATCH])('knows u of X25519, and y of Ed25519, of %i clamped scalars', (count) => {
    const random = new Random(43);
    const seeds = Array.from({ length: count }, () => random.bytes(32));
    const lines = derive(
      kernelOf(curve),
      seeds.map((seed) => reversed(scalarOf(seed))),
    );
    const uOf = (seed: Uint8Array) => Buffer.from(reversed(publicKeyOf('6e', scalarOf(seed)))).toString('hex');
    const yOf = (seed: Uint8Array) => {
      const key = publicKeyOf('70', seed).slice();
      key[31] = (key[31] as number) & 0x7f;
      return Buffer.from(reversed(key)).toString('hex');
    };
    expect(lines.map((line) => part(line, 1))).toEqual(seeds.map(uOf));
    expect(lines.map((line) => part(line, 65))).toEqual(seeds.map(yOf));
  });

  it('writes v of v² = u³ + 486662·u² + u', () => {
    const p = (1n << 255n) - 19n;
    const random = new Random(47);
    const scalars = Array.from({ length: 20 }, () => reversed(scalarOf(random.bytes(32))));
    for (const line of derive(kernelOf(curve), scalars)) {
      const [u, v] = [BigInt(`0x${part(line, 1)}`), BigInt(`0x${part(line, 33)}`)];
      expect((v * v) % p).toBe((u * u * u + 486_662n * u * u + u) % p);
    }
  });

  it('begins with the base point, u = 9 and y = 4/5', () => {
    const p = (1n << 255n) - 19n;
    const [line] = derive(kernelOf(curve), [Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0))]);
    expect(BigInt(`0x${part(line, 1)}`)).toBe(9n);
    expect((5n * BigInt(`0x${part(line, 65)}`)) % p).toBe(4n);
  });

  it('leaves the scalar zero and the order', () => {
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(order.toString(16).padStart(64, '0'), 'hex');
    expect(derive(kernelOf(curve), [new Uint8Array(32), bytes])).toEqual([undefined, undefined]);
  });
});

describe('the memory of a kernel', () => {
  it.each(ALL)('of %s holds nothing of a batch that is done', (curve) => {
    const size = curve === 'Curve25519' ? 32 : EC_CURVES[curve].size;
    const random = new Random(19);
    const scalars = Array.from({ length: 40 }, () => random.bytes(size).fill(0, 0, 1));
    const kernel = kernelOf(curve);
    const known = derive(kernel, scalars);
    expect(known.filter((line) => line !== undefined)).toHaveLength(scalars.length);
    expect(kernel.workspace.length).toBeGreaterThan(100_000);
    expect(kernel.workspace.every((byte) => byte === 0)).toBe(true);
    expect(kernel.input.every((byte) => byte === 0)).toBe(true);
    const memory = Buffer.from(kernel.workspace.buffer);
    expect(scalars.filter((scalar) => memory.includes(Buffer.from(scalar.subarray(1, 9))))).toEqual([]);
    const entries = memory.indexOf(Buffer.from(loadPoints(curve)?.table ?? []).subarray(ENTRIES));
    expect(entries).toBeGreaterThan(ENTRIES);
    expect(memory.subarray(entries - ENTRIES + CONSTANTS, entries).every((byte) => byte === 0)).toBe(true);
  });
});

describe('the table of a curve', () => {
  afterEach(() => {
    vi.doUnmock('../../src/artifacts.js');
    vi.resetModules();
  });

  /** The kernel that is loaded anew where the build has made something else. */
  async function kernelWith(curve: KernelCurve, built: BuiltPoints | undefined): Promise<PointKernel | undefined> {
    vi.resetModules();
    vi.doMock('../../src/artifacts.js', async (original) => ({
      ...(await original<typeof import('../../src/artifacts.js')>()),
      loadPoints: () => built,
    }));
    return (await import('../../src/relate/point-kernel.js')).pointKernel(curve);
  }

  const builtFor = (curve: KernelCurve) => {
    const { module, table, digest } = loadPoints(curve) as BuiltPoints;
    return { module: Uint8Array.from(module), table: Uint8Array.from(table), digest: Uint8Array.from(digest) };
  };
  /** With the digest that belongs to it. */
  const signed = (curve: KernelCurve, module: Uint8Array, table: Uint8Array) => ({
    module,
    table,
    digest: digestOf(curve, module, table),
  });

  it.each(ALL)('is for %s what the build made', (curve) => {
    const { module, table, digest } = builtFor(curve);
    expect(table.length).toBeGreaterThan(100_000);
    expect(Buffer.from(makeTable(curve, module)).equals(table)).toBe(true);
    expect(digestOf(curve, module, table).equals(digest)).toBe(true);
  });

  it.each(ALL)(
    'gives no kernel of %s where it is not there, has another length, or any byte of it is another',
    async (curve) => {
      const { module, table, digest } = builtFor(curve);
      expect(await kernelWith(curve, undefined)).toBeUndefined();
      expect(await kernelWith(curve, signed(curve, module, table.subarray(1)))).toBeUndefined();
      expect(await kernelWith(curve, signed(curve, module, new Uint8Array(table.length + 1)))).toBeUndefined();
      expect(await kernelWith(curve, signed(curve, new Uint8Array(0), table))).toBeUndefined();
      expect(await kernelWith(curve, { module, table, digest: digest.fill(0, 0, 1) })).toBeUndefined();
      for (const at of [0, ENTRIES, table.length - 1]) {
        const other = Uint8Array.from(table);
        other[at] = (other[at] as number) ^ 1;
        expect(await kernelWith(curve, { ...builtFor(curve), table: other })).toBeUndefined();
      }
      expect(await kernelWith(curve, builtFor(curve))).toBeDefined();
    },
  );

  it.each(ALL)('gives no kernel of %s where it derives other points, whatever its digest says', async (curve) => {
    const { module, table } = builtFor(curve);
    // No entry is shorter than 64 bytes: a bit in each.
    for (let at = ENTRIES; at < table.length; at += 64) table[at] = (table[at] as number) ^ 1;
    expect(await kernelWith(curve, signed(curve, module, table))).toBeUndefined();
    const other = builtFor(curve === 'P-256' ? 'secp256k1' : 'P-256');
    expect(await kernelWith(curve, signed(curve, other.module, other.table))).toBeUndefined();
  });
});
