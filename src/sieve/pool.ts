/**
 * The workers and their slots. One slot more than workers: while each worker scans, one slot can be filled. Waiting for
 * a free slot is what holds back a fast source, so memory stays the same whatever the size of the dump.
 */
import { Piscina } from 'piscina';
import { WORKER_PATH } from '../artifacts.js';
import { DumpsieveError, messageOf } from '../errors.js';
import type { NumberStore } from '../relate/number-store.js';
import type { Related } from '../relate/relate.js';
import type { RelatedTokens } from '../relate/tokens/relate-tokens.js';
import type { KernelKind } from './kernel.js';
import { Lanes } from './lanes.js';
import { PARTS, type Part } from './parts.js';
import type { Answer, CredentialSetup, RelateTask, ScanResult, ScanTask, TokenTask, WorkerSetup } from './protocol.js';
import { type Slot, windowCapacity, wipeWindow } from './slot.js';
import { giveBackSlots, giveBackStores, takeSlots, takeStore } from './spare-memory.js';

type Task = ScanTask | RelateTask | TokenTask | Part;

const SHIPPED_ONLY: CredentialSetup = { shipped: true, more: [] };

export class SievePool {
  readonly chunkSize: number;
  readonly workers: number;
  readonly credentials: CredentialSetup;
  /** For dumps of one window: while one of them is related, the next can be scanned. */
  readonly lanes: Lanes;
  /** For what has to be held in memory whole: one at a time, however many inputs are scanned. */
  readonly holding = new Lanes(1);
  readonly #piscina: Piscina<Task, Answer<unknown>>;
  /** Specimens of the parts of the self-test that workers have run. */
  readonly #planted = new Map<Part, number>();
  readonly #missed = new Set<string>();
  readonly #testing = new Map<Part, Promise<void>>();
  readonly #slots: readonly Slot[];
  readonly #free: Slot[];
  /** Bytes of windows that were in each slot, at most. */
  readonly #used = new Map<Slot, number>();
  readonly #stores: NumberStore[] = [];
  /** Tasks that have not come to their end; one that was given up never does, since a worker may still be at it. */
  #tasks = 0;
  readonly #waiting: Array<(slot: Slot) => void> = [];
  /** Rejects when a worker dies outside a task: no task would hear of it. */
  readonly #broken: Promise<never>;

  constructor(
    workers: number,
    chunkSize: number,
    kernel: KernelKind | 'auto',
    credentials: CredentialSetup = SHIPPED_ONLY,
  ) {
    this.credentials = credentials;
    this.chunkSize = chunkSize;
    this.workers = workers;
    this.lanes = new Lanes(2 * workers);
    this.#slots = takeSlots(workers + 1, chunkSize);
    this.#free = [...this.#slots];
    const workerData: WorkerSetup = { kernel, credentials };
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

  /** An empty store of so many bytes for the numbers of one dump. */
  borrowNumbers(size: number): NumberStore {
    const index = this.#stores.findIndex((store) => store.size === size);
    return index < 0 ? takeStore(size) : (this.#stores.splice(index, 1)[0] as NumberStore);
  }

  /** Wipes a store and keeps it for the next dump. */
  returnNumbers(store: NumberStore): void {
    store.wipe();
    this.#stores.push(store);
  }

  /** Scans one window and frees its slot, whatever happens. */
  async scan(task: ScanTask, signal?: AbortSignal): Promise<ScanResult> {
    const length = task.pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#used.set(task.slot, Math.max(length, this.#used.get(task.slot) ?? 0));
    try {
      return await this.#run<ScanResult>(task, 'default', signal);
    } finally {
      this.release(task.slot);
    }
  }

  /** Relates the numbers of one dump. */
  async relate(task: RelateTask, signal?: AbortSignal): Promise<Related> {
    return await this.#run<Related>(task, 'relate', signal);
  }

  /** Relates the signed tokens of one dump. */
  async relateTokens(task: TokenTask, signal?: AbortSignal): Promise<RelatedTokens> {
    return await this.#run<RelatedTokens>(task, 'relateTokens', signal);
  }

  /** Runs a part of the self-test that no task will need, once. Throws SELF_TEST. */
  async test(part: Part): Promise<void> {
    if (this.#planted.has(part)) return;
    const testing = this.#testing.get(part) ?? this.#run<void>(part, 'test');
    this.#testing.set(part, testing);
    await testing;
  }

  /** What the workers' self-tests came to; parts that no task needed are run now. Throws SELF_TEST. */
  async selfTest(): Promise<{ planted: number; found: number }> {
    await Promise.all(PARTS.map((part) => this.test(part)));
    const planted = [...this.#planted.values()].reduce((sum, count) => sum + count, 0);
    return { planted, found: planted };
  }

  async #run<Result>(task: Task, name: string, signal?: AbortSignal): Promise<Result> {
    this.#tasks++;
    const { result, part, selfTest } = await Promise.race([this.#piscina.run(task, { name, signal }), this.#broken]);
    this.#tasks--;
    this.#planted.set(part, selfTest.planted);
    for (const rule of selfTest.missed) this.#missed.add(rule);
    this.#refuseBlind();
    return result as Result;
  }

  #refuseBlind(): void {
    if (this.#missed.size === 0) return;
    throw new DumpsieveError('SELF_TEST', `self-test failed, planted and not found: ${[...this.#missed].join(', ')}`);
  }

  /** Ends the workers, also in the middle of their work, and hands the memory, wiped, to the pools to come. */
  async destroy(): Promise<void> {
    const ended = this.#piscina.destroy();
    // What no worker can be using is wiped while they end.
    const idle = this.#tasks === 0 ? [...this.#free] : [];
    for (const slot of idle) wipeWindow(slot, this.#used.get(slot) ?? 0);
    await ended;
    // One that is still taken was filled for a scan that never came.
    const used = (slot: Slot) => {
      if (idle.includes(slot)) return 0;
      return this.#free.includes(slot) ? (this.#used.get(slot) ?? 0) : windowCapacity(this.chunkSize);
    };
    giveBackSlots(this.chunkSize, this.#slots, used);
    giveBackStores(this.#stores.splice(0));
  }
}
