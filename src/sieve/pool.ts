/**
 * The workers and their slots. One slot more than workers: while each worker scans, one slot can be filled. Waiting for
 * a free slot is what holds back a fast source, so memory stays the same whatever the size of the dump.
 */
import { Piscina } from 'piscina';
import { WORKER_PATH } from './artifacts.js';
import type { KernelKind } from './kernel.js';
import type { ScanResult, ScanTask, WorkerSetup } from './protocol.js';
import { createSlot, type Slot } from './slot.js';

export class SievePool {
  readonly chunkSize: number;
  readonly workers: number;
  readonly #piscina: Piscina<ScanTask, ScanResult>;
  readonly #free: Slot[];
  readonly #waiting: Array<(slot: Slot) => void> = [];

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
  }

  /** A free slot, as soon as there is one. */
  acquire(): Promise<Slot> {
    const slot = this.#free.pop();
    return slot ? Promise.resolve(slot) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }

  /** Scans one window and frees its slot, whatever happens. */
  async scan(task: ScanTask, signal?: AbortSignal): Promise<ScanResult> {
    try {
      return await this.#piscina.run(task, { signal });
    } finally {
      this.release(task.slot);
    }
  }

  /** Ends the workers, also in the middle of their work. */
  async destroy(): Promise<void> {
    await this.#piscina.destroy();
  }
}
