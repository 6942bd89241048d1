/**
 * The kernels that derive the public points of many scalars side by side (`kernel/index.ts`: how, and from which sources):
 * one for each curve, with its table, which the build makes (scripts/build.mjs), since a worker that makes one takes as
 * long as for a thousand points.
 */
import { createHash } from 'node:crypto';
import { compile, loadPoints } from '../artifacts.js';
import { bigintFromBytes, bytesFromBigint, equalBytes } from '../bytes/convert.js';
import { EC_CURVES, ecPublicPoint, okpPublicKey } from '../prove/curves.js';
import { inverse } from '../prove/modular.js';
import type { EcCurve } from '../types.js';

/** Curve25519: X25519, and Ed25519, which is another form of it. */
export type KernelCurve = EcCurve | 'Curve25519';

/** Bits of a scalar for which the table has one entry, and scalars at once: larger ones gain nothing. */
const WIDTH = 8;
export const BATCH = 128;

interface CurveConstants {
  /** Bytes of a scalar and of a coordinate. */
  readonly size: number;
  readonly prime: bigint;
  /** Of y² = x³ + a·x + b. */
  readonly a: bigint;
  readonly base: readonly [x: bigint, y: bigint];
  /** What x is multiplied by to give its other form, or in Montgomery form what lies between x and u. */
  readonly other: { readonly factor: bigint } | { readonly shift: bigint };
}

/** RFC 7748 section 4.1: the prime, A of v² = u³ + A·u² + u, and the base point. */
const P25519 = (1n << 255n) - 19n;
const A25519 = 486_662n;
const U25519 = 9n;
const V25519 = 0x20ae19a1b8a086b4e01edd2c7748d14c923d4d7e6d7c61b229e9c5a27eced3d9n;

/** The curve in short Weierstrass form: x = u + A/3, a = (3 - A²)/3 (draft-ietf-lwig-curve-representations, appendix D.2). */
function constantsOf25519(): CurveConstants {
  const third = inverse(3n, P25519) as bigint;
  const shift = (A25519 * third) % P25519;
  const a = mod((3n - A25519 * A25519) * third, P25519);
  return { size: 32, prime: P25519, a, base: [(U25519 + shift) % P25519, V25519], other: { shift } };
}

function constantsOf(curve: KernelCurve): CurveConstants {
  if (curve === 'Curve25519') return constantsOf25519();
  const { size, prime } = EC_CURVES[curve];
  const point = ecPublicPoint(curve, 1n);
  const base = [point.subarray(1, 1 + size), point.subarray(1 + size)].map(bigintFromBytes) as [bigint, bigint];
  const a = mod(curve === 'secp256k1' ? 0n : -3n, prime);
  return { size, prime, a, base, other: { factor: (1n << BigInt(8 * size)) % prime } };
}

function mod(value: bigint, prime: bigint): bigint {
  return ((value % prime) + prime) % prime;
}

/** The kernel of a curve with its table, loaded once, in 1 to 3.5 MB; undefined where it cannot be had. */
export function pointKernel(curve: KernelCurve): PointKernel | undefined {
  if (!kernels.has(curve)) kernels.set(curve, loadKernel(curve));
  return kernels.get(curve);
}

const kernels = new Map<KernelCurve, PointKernel | undefined>();

/** What was damaged, or derives another point than the library does, is not used: everything would be called clean. */
function loadKernel(curve: KernelCurve): PointKernel | undefined {
  const built = loadPoints(curve);
  if (built === undefined || !digestOf(curve, built.module, built.table).equals(built.digest)) return undefined;
  const exports = instantiate(built.module);
  if (exports === undefined || built.table.length !== exports.tableEnd() - exports.constantsAt()) return undefined;
  new Uint8Array(exports.memory.buffer).set(built.table, exports.constantsAt());
  const kernel = new PointKernel(exports, sizeOf(curve));
  return isRight(kernel, curve) ? kernel : undefined;
}

/** Of one scalar that asks for an entry of each window. */
function isRight(kernel: PointKernel, curve: KernelCurve): boolean {
  const size = sizeOf(curve);
  // Below each order, and clamped, least and most significant byte first.
  const scalar = Uint8Array.from({ length: size }, (_, i) =>
    i === 0 ? (size === 66 ? 0 : 0x40) : (0x58 + 40 * i) & 0xf8,
  );
  kernel.input.set(scalar);
  kernel.derive(1);
  const x = kernel.output.subarray(1, 1 + size);
  if (curve === 'Curve25519') return equalBytes(x.slice().reverse(), okpPublicKey('X25519', scalar.slice().reverse()));
  return equalBytes(x, ecPublicPoint(curve, bigintFromBytes(scalar)).subarray(1, 1 + size));
}

/** Of the curve's name, its module and its table. */
export function digestOf(curve: KernelCurve, module: Uint8Array, table: Uint8Array): Buffer {
  return createHash('sha256').update(`${curve}\0`).update(module).update(table).digest();
}

/** For the build: the constants and the table of a curve. */
export function makeTable(curve: KernelCurve, module: Uint8Array): Uint8Array {
  const exports = instantiate(module);
  if (exports === undefined) throw new RangeError(`the kernel of ${curve} does not run`);
  writeConstants(exports, constantsOf(curve));
  exports.build();
  return new Uint8Array(exports.memory.buffer).slice(exports.constantsAt(), exports.tableEnd());
}

function instantiate(module: Uint8Array): PointExports | undefined {
  const compiled = compile(module);
  if (compiled === undefined) return undefined;
  const exports = new WebAssembly.Instance(compiled).exports as unknown as PointExports;
  return exports.prepare(WIDTH, BATCH) ? exports : undefined;
}

function sizeOf(curve: KernelCurve): number {
  return curve === 'Curve25519' ? 32 : EC_CURVES[curve].size;
}

interface PointExports {
  readonly memory: WebAssembly.Memory;
  limbs(): number;
  radix(): number;
  prepare(width: number, batch: number): number;
  constantsAt(): number;
  tableEnd(): number;
  scalarsAt(): number;
  pointsAt(): number;
  build(): void;
  derive(count: number): void;
}

/** Bytes from one of the kernel's constants to the next. */
const SLOT = 128;

/** All in Montgomery form but the prime, a plain 1, the exponent p - 2 that inverts, and a factor for the other form. */
function writeConstants(exports: PointExports, { size, prime, a, base: [x, y], other }: CurveConstants): void {
  const bytes = new Uint8Array(exports.memory.buffer);
  const radix = BigInt(exports.radix());
  const unit = 1n << (BigInt(exports.limbs()) * radix);
  const write = (number: bigint, slot: number): void => {
    const limbs = new DataView(bytes.buffer, exports.constantsAt() + slot * SLOT, SLOT);
    for (let i = 0; i < exports.limbs(); i++) {
      limbs.setInt32(4 * i, Number((number >> (radix * BigInt(i))) & ((1n << radix) - 1n)), true);
    }
  };
  const montgomery = (number: bigint) => (number * unit) % prime;
  for (const [i, number] of [prime, unit % prime, 1n, montgomery(x), montgomery(y)].entries()) write(number, i);
  bytes.set(bytesFromBigint(prime - 2n, size), exports.constantsAt() + 5 * SLOT);
  write(montgomery(a), 6);
  write('shift' in other ? montgomery(other.shift) : other.factor, 7);
}

export class PointKernel {
  readonly #exports: PointExports;
  /** Where the next batch's scalars go, BATCH at most, each of the size of the curve, most significant byte first. */
  readonly input: Uint8Array;
  /** What `derive` writes. */
  readonly output: Uint8Array;
  /** Bytes from one point in `output` to the next: 04, x, y, the other form. */
  readonly line: number;

  constructor(exports: PointExports, size: number) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.line = 1 + 3 * size;
    this.input = new Uint8Array(buffer, exports.scalarsAt(), BATCH * size);
    this.output = new Uint8Array(buffer, exports.pointsAt(), BATCH * this.line);
  }

  /** Where scalars and sums are while a batch is worked on: all zeros when it is done. */
  get workspace(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.scalarsAt());
  }

  /**
   * Derives the points of the first `count` scalars of `input`, which are overwritten, to `output`: 04, x, y, and of the
   * curves of SEC 2 x·2^(8·size) mod p, each most significant byte first. Of Curve25519 x is u, and the last is y of the
   * point's twisted Edwards form. Where the first byte is not 04 the kernel knows no answer.
   */
  derive(count: number): void {
    this.#exports.derive(count);
  }
}
