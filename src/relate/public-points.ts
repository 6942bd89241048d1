/**
 * Public points of many scalars of one curve. From some scalars on, and where it is built for the curve, the kernel
 * derives them side by side (`kernel/index.ts`: how, and from which sources), fifteen to twenty-five times as fast as
 * node:crypto, which is the specification and has the last word wherever the kernel knows no answer.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { loadPointsModule } from '../artifacts.js';
import { bigintFromBytes, bytesFromBigint } from '../bytes/convert.js';
import { EC_CURVES } from '../prove/curves.js';
import type { EcCurve } from '../types.js';

const ECDH_NAMES: Readonly<Record<EcCurve, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
};

/** Scalars from which on the kernel pays: loading it and making its table takes as long as some 20 derivations. */
const ENOUGH = 32;
/** Bits of a scalar for which the table has one entry, and scalars at once: larger ones gain nothing. */
const WIDTH = 8;
export const BATCH = 128;

/**
 * Points d·G in the order of the scalars, uncompressed (SEC 1 section 2.3.3: 04, x, y, most significant byte first);
 * undefined for what is no scalar of the curve: 0, or not below the order. Scalars are of the size of the curve, most
 * significant byte first; a RangeError says that one is not. What is worked out on the way is overwritten.
 */
export function publicPoints(curve: EcCurve, scalars: readonly Uint8Array[]): Array<Uint8Array | undefined> {
  const { size, order } = EC_CURVES[curve];
  if (scalars.some((scalar) => scalar.length !== size)) throw new RangeError('a scalar has not the size of its curve');
  const limit = bytesFromBigint(order, size);
  const kernel = scalars.length < ENOUGH ? undefined : pointKernel(curve);
  const ecdh = ecdhOf(curve);
  const points: Array<Uint8Array | undefined> = [];
  for (let from = 0; from < scalars.length; from += BATCH) {
    const batch = scalars.slice(from, from + BATCH);
    const derived = kernel?.derive(batch);
    for (const [i, scalar] of batch.entries()) {
      points.push(Buffer.compare(scalar, limit) < 0 ? (derived?.[i] ?? derive(ecdh, scalar)) : undefined);
    }
  }
  return points;
}

/** Microseconds of a derivation: of few scalars, and of many. */
const TIMES: Readonly<Record<EcCurve, readonly [one: number, many: number]>> = {
  'P-256': [20, 20],
  'P-384': [550, 45],
  'P-521': [1300, 90],
  secp256k1: [250, 20],
};

/** Microseconds that the points of so many scalars take, for budgets: the same on each machine. */
export function derivationTime(curve: EcCurve, scalars: number): number {
  const [one, many] = TIMES[curve];
  return scalars * (scalars < ENOUGH ? one : many);
}

/** One object for each curve: making one costs as much as forty derivations. */
const objects = new Map<EcCurve, ECDH>();

function ecdhOf(curve: EcCurve): ECDH {
  const ecdh = objects.get(curve) ?? createECDH(ECDH_NAMES[curve]);
  objects.set(curve, ecdh);
  return ecdh;
}

function derive(ecdh: ECDH, scalar: Uint8Array): Uint8Array | undefined {
  try {
    ecdh.setPrivateKey(scalar);
  } catch {
    return undefined;
  }
  return Uint8Array.from(ecdh.getPublicKey());
}

/** The kernel of a curve with its table, made once, in 1 to 3.5 MB; undefined where there is none. */
export function pointKernel(curve: EcCurve): PointKernel | undefined {
  if (!kernels.has(curve)) kernels.set(curve, createKernel(curve));
  return kernels.get(curve);
}

const kernels = new Map<EcCurve, PointKernel | undefined>();

function createKernel(curve: EcCurve): PointKernel | undefined {
  const module = loadPointsModule(curve);
  if (module === undefined) return undefined;
  const exports = new WebAssembly.Instance(module).exports as unknown as PointExports;
  return exports.prepare(WIDTH, BATCH) ? new PointKernel(exports, curve) : undefined;
}

interface PointExports {
  readonly memory: WebAssembly.Memory;
  limbs(): number;
  radix(): number;
  prepare(width: number, batch: number): number;
  constantsAt(): number;
  scalarsAt(): number;
  pointsAt(): number;
  build(): void;
  derive(count: number): void;
}

/** Bytes from one of the kernel's constants to the next. */
const SLOT = 128;

export class PointKernel {
  readonly #exports: PointExports;
  readonly #bytes: Uint8Array;
  readonly #size: number;

  constructor(exports: PointExports, curve: EcCurve) {
    this.#exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    const { size, prime } = EC_CURVES[curve];
    this.#size = size;
    this.#writeConstants(prime, derive(ecdhOf(curve), bytesFromBigint(1n, this.#size)) as Uint8Array);
    exports.build();
  }

  /** Where scalars and sums are while a batch is worked on: all zeros when it is done. */
  get workspace(): Uint8Array {
    return this.#bytes.subarray(this.#exports.scalarsAt());
  }

  /** As `publicPoints`, for BATCH scalars at most; undefined also where the kernel knows no answer. */
  derive(scalars: readonly Uint8Array[]): Array<Uint8Array | undefined> {
    const [bytes, size, exports] = [this.#bytes, this.#size, this.#exports];
    for (const [i, scalar] of scalars.entries()) bytes.set(scalar, exports.scalarsAt() + i * size);
    exports.derive(scalars.length);
    return scalars.map((_, i) => {
      const at = exports.pointsAt() + i * (1 + 2 * size);
      return bytes[at] === 4 ? bytes.slice(at, at + 1 + 2 * size) : undefined;
    });
  }

  /** All in Montgomery form but the prime, a plain 1 and the exponent p - 2 that inverts. */
  #writeConstants(prime: bigint, base: Uint8Array): void {
    const unit = 1n << BigInt(this.#exports.limbs() * this.#exports.radix());
    const [x, y] = [base.subarray(1, 1 + this.#size), base.subarray(1 + this.#size)].map(bigintFromBytes) as [
      bigint,
      bigint,
    ];
    const numbers = [prime, unit % prime, 1n, (x * unit) % prime, (y * unit) % prime];
    for (const [i, number] of numbers.entries()) this.#writeNumber(number, i);
    this.#bytes.set(bytesFromBigint(prime - 2n, this.#size), this.#exports.constantsAt() + numbers.length * SLOT);
  }

  #writeNumber(number: bigint, slot: number): void {
    const radix = BigInt(this.#exports.radix());
    const limbs = new DataView(this.#bytes.buffer, this.#exports.constantsAt() + slot * SLOT, SLOT);
    for (let i = 0; i < this.#exports.limbs(); i++) {
      limbs.setInt32(4 * i, Number((number >> (radix * BigInt(i))) & ((1n << radix) - 1n)), true);
    }
  }
}
