/**
 * The sieve kernel: finds every occurrence of every anchor in a slot's memory. `ScalarKernel` is the specification;
 * `SimdKernel` runs the WebAssembly build of `kernel/index.ts` and must emit the same hits in the same order.
 */

import type { Anchor } from '../detect/detector.js';
import type { FactorFinder } from '../relate/factors.js';
import { SimdFactors, scalarFactors } from './factors.js';
import { type RunFinder, ScalarRuns, SimdRuns } from './runs.js';
import { HIT_CAPACITY, HITS_OFFSET, TABLES_CAPACITY, TABLES_OFFSET } from './slot.js';
import { encodeTables, FINGERPRINT, MAX_LITERAL, type SieveEntry, sieveEntries } from './tables.js';

export type KernelKind = 'simd' | 'scalar';

/** Called for each hit: byte index in the memory, and anchor id. */
export type OnHit = (start: number, anchorId: number) => void;

export interface Kernel {
  readonly kind: KernelKind;
  /**
   * Reports each anchor that starts in `[from, to)` and ends by `limit` (indexes into the memory), in the order of its
   * fingerprint's position and, at one position, those of narrow fingerprints first, each in order of its id.
   */
  scan(from: number, to: number, limit: number, onHit: OnHit): void;
  /** Finds runs of random-looking words in the same memory. */
  readonly runs: RunFinder;
  /** Finds candidates for primes of RSA; its places are indexes of the window. */
  readonly factors: FactorFinder;
}

/** The fingerprint of an anchor that starts before `to` begins before this. */
function stopOf(to: number, limit: number): number {
  return Math.min(to + MAX_LITERAL - FINGERPRINT, limit - FINGERPRINT + 1);
}

/** Plain TypeScript: for each position, each anchor whose fingerprint stands there, compared byte by byte. */
export class ScalarKernel implements Kernel {
  readonly kind = 'scalar';
  readonly runs: RunFinder;
  readonly factors: FactorFinder;
  readonly #bytes: Uint8Array;
  /** Entries by the first byte of their fingerprint: narrow ones first, and each in ascending order of id. */
  readonly #byFirst: SieveEntry[][] = Array.from({ length: 256 }, () => []);

  constructor(memory: WebAssembly.Memory, entries: readonly SieveEntry[]) {
    this.#bytes = new Uint8Array(memory.buffer);
    this.runs = new ScalarRuns(memory);
    this.factors = scalarFactors(memory);
    const ordered = [...entries].sort((a, b) => Number(a.wide) - Number(b.wide) || a.id - b.id);
    for (const entry of ordered) this.#byFirst[entry.literal[entry.at] as number]?.push(entry);
  }

  scan(from: number, to: number, limit: number, onHit: OnHit): void {
    const bytes = this.#bytes;
    for (let position = from, stop = stopOf(to, limit); position < stop; position++) {
      for (const { id, literal, at } of this.#byFirst[bytes[position] as number] as SieveEntry[]) {
        const start = position - at;
        if (start < from || start >= to || start + literal.length > limit) continue;
        let i = 0;
        while (i < literal.length && bytes[start + i] === literal[i]) i++;
        if (i === literal.length) onHit(start, id);
      }
    }
  }
}

interface SimdExports {
  scan(
    first: number,
    stop: number,
    from: number,
    to: number,
    limit: number,
    tables: number,
    out: number,
    capacity: number,
  ): number;
  hitCount(): number;
}

/**
 * Bytes in one call of the WebAssembly function. The engine compiles it first for a quick start and then again for
 * speed, and a call that is under way stays with the slow code: many short calls get to the fast one soon.
 */
const STRIDE = 256 * 1024;

export class SimdKernel implements Kernel {
  readonly kind = 'simd';
  readonly runs: RunFinder;
  readonly factors: FactorFinder;
  readonly #exports: SimdExports;
  readonly #hits: Uint32Array;

  /** `tables`: the entries, encoded. */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, tables: Uint8Array) {
    if (tables.length > TABLES_CAPACITY) throw new RangeError('more anchors than the tables hold');
    new Uint8Array(memory.buffer).set(tables, TABLES_OFFSET);
    this.#hits = new Uint32Array(memory.buffer, HITS_OFFSET, HIT_CAPACITY * 2);
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SimdExports;
    this.runs = new SimdRuns(this.#exports, memory);
    this.factors = new SimdFactors(this.#exports, memory);
  }

  scan(from: number, to: number, limit: number, onHit: OnHit): void {
    const end = stopOf(to, limit);
    let position = from;
    while (position < end) {
      const stop = Math.min(end, position + STRIDE);
      position = this.#exports.scan(position, stop, from, to, limit, TABLES_OFFSET, HITS_OFFSET, HIT_CAPACITY);
      const count = this.#exports.hitCount();
      for (let i = 0; i < count; i++) onHit(this.#hits[i * 2] as number, this.#hits[i * 2 + 1] as number);
    }
  }
}

/**
 * Makes kernels for slots: SIMD where the engine can run it, the scalar one else or when asked for. `built`: the encoded
 * tables of these anchors, where there are some; else they are made once for all kernels.
 */
export function kernelFactory(
  wanted: KernelKind | 'auto',
  module: WebAssembly.Module | undefined,
  anchors: readonly Anchor[],
  built?: Uint8Array,
): (memory: WebAssembly.Memory) => Kernel {
  if (wanted === 'scalar' || module === undefined) {
    const entries = sieveEntries(anchors);
    return (memory) => new ScalarKernel(memory, entries);
  }
  const tables = built ?? encodeTables(sieveEntries(anchors));
  return (memory) => new SimdKernel(module, memory, tables);
}
