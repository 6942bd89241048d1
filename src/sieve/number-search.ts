/** The search of one window for numbers of keys: runs of random words, from its front to its end, to their collectors. */
import { boundsFor } from '../relate/bounds.js';
import type { ShieldTails } from '../relate/closed-shields.js';
import { NEIGHBOURHOOD, MARGIN as NUMBER_MARGIN, RunCollector } from '../relate/collect.js';
import { LimbCollector } from '../relate/collect-limbs.js';
import { swapWords } from '../relate/limbs.js';
import type { NumberStore } from '../relate/number-store.js';
import type { Span } from '../types.js';
import type { Collector } from './collector.js';
import type { Kernel } from './kernel.js';
import { crosses, jointsOf } from './pieces.js';
import type { Grid, ScanTask } from './protocol.js';
import { ISLANDS, type OnMark } from './runs.js';
import { WINDOW_OFFSET } from './slot.js';

export class NumberSearch {
  readonly #task: ScanTask;
  readonly #kernel: Kernel;
  readonly #bytes: Uint8Array;
  readonly #store: NumberStore;
  readonly #grid: Grid;
  /** Indexes of the window between two joined pieces. */
  readonly #joints: readonly number[] | undefined;
  readonly #runs: RunCollector;
  readonly #pass: RunPass;

  /** `store`: where the candidates go; `bytes`: the window. */
  constructor(
    task: ScanTask,
    store: NumberStore,
    kernel: Kernel,
    bytes: Uint8Array,
    collector: Collector,
    tails: ShieldTails,
  ) {
    this.#task = task;
    this.#kernel = kernel;
    this.#bytes = bytes;
    this.#store = store;
    this.#grid = gridOf(task, bytes);
    const joints = task.joined === undefined ? undefined : jointsOf(task.pieces);
    const wanted = (from: number, to: number) => joints === undefined || crosses(joints, from, to);
    const own = { from: task.from, to: task.to, wanted };
    const bounds = boundsFor(task.effort);
    const sink = collector.sinkAt(0);
    this.#runs = new RunCollector(bytes, offsetOfWindow(task), own, this.#store, sink, kernel.factors, bounds);
    this.#joints = joints;
    this.#pass = new RunPass(task, this.#grid, joints, kernel, this.#runs, (at) => {
      const index = at - WINDOW_OFFSET;
      if (joints === undefined && index >= task.from && index < task.to) tails.add(index);
    });
  }

  /** Takes the runs that begin before index `end`: what they may reach behind it must be there. */
  advance(end: number): void {
    this.#pass.advance(end);
  }

  /** Takes the rest, when the whole window is there. */
  end(): void {
    this.#pass.advance(Number.POSITIVE_INFINITY);
    this.#runs.end();
    const { swappedWord } = this.#task;
    if (swappedWord === undefined) return;
    swapWords(this.#bytes, this.#grid, swappedWord);
    try {
      const limbs = new LimbCollector(this.#bytes, offsetOfWindow(this.#task), this.#store);
      new RunPass(this.#task, this.#grid, this.#joints, this.#kernel, limbs).advance(Number.POSITIVE_INFINITY);
    } finally {
      swapWords(this.#bytes, this.#grid, swappedWord);
    }
  }
}

/** One pass over the words of a window's own bytes and their neighbourhood, stopping where it is told. */
class RunPass {
  readonly #kernel: Kernel;
  readonly #grid: Grid;
  readonly #onRun: (start: number, words: number) => void;
  readonly #onMark: OnMark | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #isOutside: (range: Grid[number]) => boolean;
  /** The range that comes next, and how far it was searched; undefined at its beginning. */
  #index = 0;
  #next: number | undefined;

  constructor(
    task: ScanTask,
    grid: Grid,
    joints: readonly number[] | undefined,
    kernel: Kernel,
    runs: RunCollector | LimbCollector,
    onMark?: OnMark,
  ) {
    this.#kernel = kernel;
    this.#grid = grid;
    this.#onMark = onMark;
    this.#from = task.from - NEIGHBOURHOOD;
    this.#to = task.to + NEIGHBOURHOOD;
    this.#isOutside = ({ from, to }) => to <= task.from || from >= task.to;
    this.#onRun = (start, words) => {
      const index = start - WINDOW_OFFSET;
      const end = index + words * 8;
      const wanted = joints === undefined || crosses(joints, index - NUMBER_MARGIN, end + NUMBER_MARGIN);
      runs.add(index, end, wanted && index >= task.from && index < task.to);
    };
  }

  /** Runs that begin before index `end`, in ascending order. */
  advance(end: number): void {
    for (; this.#index < this.#grid.length; this.#index++, this.#next = undefined) {
      const range = this.#grid[this.#index] as Grid[number];
      if (this.#isOutside(range)) continue;
      // Whole words of the range.
      const wordAt = (index: number) => range.from + Math.max(0, Math.ceil((index - range.from) / 8) * 8);
      const from = this.#next ?? wordAt(this.#from);
      const last = Math.min(range.to, this.#to);
      const to = end === Number.POSITIVE_INFINITY ? last : Math.min(last, wordAt(end));
      if (from < to) {
        const at = (index: number) => WINDOW_OFFSET + index;
        this.#kernel.runs.find(at(range.from), at(from), at(to), at(range.to), this.#onRun, ISLANDS, this.#onMark);
        this.#next = to;
      }
      if (to < last) return;
    }
  }
}

/** Of the window's first byte; of joined pieces one that stands for them. Candidates and texts are stored under it. */
export function offsetOfWindow({ joined, pieces }: ScanTask): number {
  return joined ?? (pieces[0] as Span).offset;
}

/** Where words are aligned: by address, or as offsets are. */
function gridOf(task: ScanTask, bytes: Uint8Array): Grid {
  return task.grid ?? [{ from: (8 - (offsetOfWindow(task) % 8)) % 8, to: bytes.length }];
}
