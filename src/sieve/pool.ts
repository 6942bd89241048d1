/**
 * The workers and their slots. One slot more than workers: while each worker scans, one slot can be filled. Waiting for
 * a free slot is what holds back a fast source, so memory stays the same whatever the size of the dump.
 */
import { Piscina } from 'piscina';
import { DumpsieveError, messageOf } from '../errors.js';
import { NumberStore } from '../relate/number-store.js';
import { WORKER_PATH } from './artifacts.js';
import type { KernelKind } from './kernel.js';
import type { RelateResult, RelateTask, ScanResult, ScanTask, WorkerSetup } from './protocol.js';
import { createSlot, type Slot } from './slot.js';

/** Bytes for the candidates of one dump: a bound on what relating them may cost. Only what is used takes memory. */
const STORE = 24 * 1024 * 1024;

export class SievePool {
  readonly chunkSize: number;
  readonly workers: number;
  readonly #piscina: Piscina<ScanTask | RelateTask, ScanResult | RelateResult>;
  readonly #free: Slot[];
  /** Stores are used again: shared memory that is let go is freed late. */
  readonly #stores: NumberStore[] = [];
  readonly #waiting: Array<(slot: Slot) => void> = [];
  /** Rejects when a worker dies outside a task: no task would hear of it. */
  readonly #broken: Promise<never>;

  constructor(workers: number, chunkSize: number, kernel: KernelKind | 'auto') {
    this.chunkSize = chunkSize;
    this.workers = workers;
    this.#free = Array.from({ length: workers + 1 }, (_, id) => createSlot(id, chunkSize));
    const workerData: WorkerSetup = { kernel };
    this.#piscina = new Piscina({
      filename: WORKER_PATH,
      minThreads: workers,
      maxThreads: workers,
      workerData,
      recordTiming: false,
      // Secrets and paths in the environment are none of a worker's business.
      env: {},
    });
    this.#broken = new Promise((_resolve, reject) => {
      this.#piscina.on('error', (error) => {
        reject(new DumpsieveError('INTERNAL', `a worker ended: ${messageOf(error)}`, { cause: error }));
      });
    });
    // Whoever waits for a slot or a task hears of it; nobody may be waiting.
    this.#broken.catch(() => {});
  }

  /** A free slot, as soon as there is one. */
  acquire(): Promise<Slot> {
    const slot = this.#free.pop();
    if (slot) return Promise.resolve(slot);
    return Promise.race([new Promise<Slot>((resolve) => this.#waiting.push(resolve)), this.#broken]);
  }

  release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }

  /** An empty store for the numbers of one dump. */
  borrowNumbers(): NumberStore {
    return this.#stores.pop() ?? NumberStore.create(STORE);
  }

  /** Wipes a store and keeps it for the next dump. */
  returnNumbers(store: NumberStore): void {
    store.wipe();
    this.#stores.push(store);
  }

  /** Scans one window and frees its slot, whatever happens. */
  async scan(task: ScanTask, signal?: AbortSignal): Promise<ScanResult> {
    try {
      return (await Promise.race([this.#piscina.run(task, { signal }), this.#broken])) as ScanResult;
    } finally {
      this.release(task.slot);
    }
  }

  /** Relates the numbers of one dump. */
  async relate(task: RelateTask, signal?: AbortSignal): Promise<RelateResult> {
    return (await Promise.race([this.#piscina.run(task, { name: 'relate', signal }), this.#broken])) as RelateResult;
  }

  /** Ends the workers, also in the middle of their work. */
  async destroy(): Promise<void> {
    await this.#piscina.destroy();
  }
}
