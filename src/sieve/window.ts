/**
 * What a worker does with one window: fills the slot, runs the kernel over it, lets the detectors judge the hits, and
 * answers with public facts.
 */
import { BACK, CARRY, type Sink } from '../detect/detector.js';
import { BoundsError, FormatError } from '../errors.js';
import { boundsFor } from '../relate/bounds.js';
import { ShieldTails } from '../relate/closed-shields.js';
import { NEIGHBOURHOOD, MARGIN as NUMBER_MARGIN, RunCollector } from '../relate/collect.js';
import { LimbCollector } from '../relate/collect-limbs.js';
import { knownKeys, publicKeyOfSpki } from '../relate/known.js';
import { swapWords } from '../relate/limbs.js';
import { NumberStore } from '../relate/number-store.js';
import { slide } from '../relate/slide.js';
import { TextCollector } from '../relate/tokens/texts.js';
import type { Skipped, Span } from '../types.js';
import { Collector } from './collector.js';
import { sampleEntropy } from './entropy-cells.js';
import { fillWindow } from './fill.js';
import type { Kernel } from './kernel.js';
import { crosses, jointsOf } from './pieces.js';
import type { Grid, ScanResult, ScanTask } from './protocol.js';
import type { Route } from './routes.js';
import { EVERYTHING, ISLANDS, type OnMark } from './runs.js';
import { WINDOW_OFFSET, windowBytes } from './slot.js';
import { findTopTables } from './top-tables.js';

/** Bytes of the longest number that is hunted for: RSA of 16384 bits. */
const LONGEST = 2048;

/** `routes`: by the ids of the kernel's anchors. */
export function scanWindow(task: ScanTask, kernel: Kernel, routes: readonly Route[]): ScanResult {
  const length = task.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = windowBytes(task.slot, length);
  const unread = task.fd === undefined ? [] : fillWindow(bytes, task.fd, task.pieces);
  const store = task.numbers && new NumberStore(task.numbers);
  const texts = store && task.hunted === undefined ? new TextCollector(bytes, offsetOfWindow(task), store) : undefined;
  const collector = new Collector(task.pieces, task.to, task.joined !== undefined, texts);
  kernel.scan(WINDOW_OFFSET + task.from, WINDOW_OFFSET + task.to, WINDOW_OFFSET + length, (start, id) =>
    judge(bytes, start - WINDOW_OFFSET, routes[id] as Route, collector),
  );
  const tails = new ShieldTails(bytes);
  if (store) collectNumbers(task, store, kernel, bytes, collector, tails);
  if (task.hunted) huntWindow(task, task.hunted, kernel, bytes, collector.sinkAt(0));
  const topTables = findTopTables(bytes, task.pages ?? [], task.from, task.to);
  const offsetOf = (index: number) => (task.pieces[0] as Span).offset + index;
  return {
    ...collector.result(),
    topTables: topTables.map(offsetOf),
    shieldTails: tails.found.map(offsetOf),
    skipped: [...own(unread, task), ...collector.undecided],
    entropy: task.cell === undefined ? undefined : sampleEntropy(bytes, task, task.cell),
  };
}

/** Under which candidates for numbers, and texts, are stored. */
function offsetOfWindow({ joined, pieces }: ScanTask): number {
  return joined ?? (pieces[0] as Span).offset;
}

/** Where words are aligned: by address, or as offsets are. */
function gridOf(task: ScanTask, bytes: Uint8Array): Grid {
  return task.grid ?? [{ from: (8 - (offsetOfWindow(task) % 8)) % 8, to: bytes.length }];
}

function collectNumbers(
  task: ScanTask,
  store: NumberStore,
  kernel: Kernel,
  bytes: Uint8Array,
  collector: Collector,
  tails: ShieldTails,
): void {
  const offset = offsetOfWindow(task);
  const joints = task.joined === undefined ? undefined : jointsOf(task.pieces);
  const wanted = (from: number, to: number) => joints === undefined || crosses(joints, from, to);
  const own = { from: task.from, to: task.to, wanted };
  const bounds = boundsFor(task.effort);
  const grid = gridOf(task, bytes);
  const runs = new RunCollector(bytes, offset, own, store, collector.sinkAt(0), bounds);
  const onMark = (at: number): void => {
    const index = at - WINDOW_OFFSET;
    if (joints === undefined && index >= task.from && index < task.to) tails.add(index);
  };
  collectRuns(task, grid, kernel, runs, onMark);
  runs.end();
  const { swappedWord } = task;
  if (swappedWord === undefined) return;
  swapWords(bytes, grid, swappedWord);
  try {
    collectRuns(task, grid, kernel, new LimbCollector(bytes, offset, store));
  } finally {
    swapWords(bytes, grid, swappedWord);
  }
}

function collectRuns(
  task: ScanTask,
  grid: Grid,
  kernel: Kernel,
  runs: RunCollector | LimbCollector,
  onMark?: OnMark,
): void {
  const joints = task.joined === undefined ? undefined : jointsOf(task.pieces);
  for (const range of grid) {
    // Whole words of the range.
    const from = range.from + Math.max(0, Math.ceil((task.from - NEIGHBOURHOOD - range.from) / 8) * 8);
    const to = Math.min(range.to, task.to + NEIGHBOURHOOD);
    if (from >= to || range.to <= task.from || range.from >= task.to) continue;
    const at = (index: number) => WINDOW_OFFSET + index;
    const onRun = (start: number, words: number): void => {
      const index = start - WINDOW_OFFSET;
      const end = index + words * 8;
      const wanted = joints === undefined || crosses(joints, index - NUMBER_MARGIN, end + NUMBER_MARGIN);
      runs.add(index, end, wanted && index >= task.from && index < task.to);
    };
    kernel.runs.find(at(range.from), at(from), at(to), at(range.to), onRun, ISLANDS, onMark);
  }
}

/** Looks for known RSA keys at every byte of whatever is random, bulk data included. */
function huntWindow(task: ScanTask, spkis: readonly Uint8Array[], kernel: Kernel, bytes: Uint8Array, sink: Sink): void {
  const { moduli } = knownKeys(spkis.flatMap((spki) => publicKeyOfSpki(spki) ?? []));
  const from = Math.max(0, task.from - LONGEST) & ~7;
  const limit = Math.min(bytes.length, task.to + LONGEST);
  const at = (index: number) => WINDOW_OFFSET + index;
  kernel.runs.find(
    at(from),
    at(from),
    // A number may begin up to seven bytes before the first whole word of its run.
    at(Math.min(limit, task.to + 8)),
    at(limit),
    (start, words) => {
      const index = start - WINDOW_OFFSET;
      // A number at any byte reaches into the words around the whole ones.
      const [first, last] = [Math.max(task.from, index - 7), Math.min(limit, index + words * 8 + 7)];
      slide(bytes.subarray(0, last), first, Math.min(task.to, last), moduli, ({ from, to, part, key }) => {
        sink.secret('rsa-numbers', from, to, { kind: 'private-key', form: part, length: to - from, key, whole: true });
      });
    },
    EVERYTHING,
  );
}

function judge(bytes: Uint8Array, at: number, { anchor, detector }: Route, collector: Collector): void {
  const base = Math.max(0, at - BACK);
  const view = bytes.subarray(base, Math.min(bytes.length, at + CARRY));
  try {
    detector.detect({ bytes: view, at: at - base, anchor }, collector.sinkAt(base));
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return;
    // A detector that fails in an unforeseen way must not take the scan with it, nor let the dump pass as clean.
    collector.sinkAt(base).undecided(at - base, at - base + anchor.literal.length, `detector ${detector.name} failed`);
  }
}

/** What could not be read of this task's own range; its margins are their owners' to report. */
function own(unread: readonly Skipped[], task: ScanTask): Skipped[] {
  if (unread.length === 0 || task.joined !== undefined) return [];
  const piece = task.pieces[0] as Span;
  const [from, to] = [piece.offset + task.from, piece.offset + task.to];
  return unread.flatMap(({ offset, length, reason }) => {
    const start = Math.max(offset, from);
    const end = Math.min(offset + length, to);
    return end > start ? [{ offset: start, length: end - start, reason }] : [];
  });
}
