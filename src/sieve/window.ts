/**
 * What a worker does with one window: fills the slot, runs the kernel over it, lets the detectors judge the hits, and
 * answers with public facts. Stride by stride: what has just been read is in the cache when anchors and then runs are
 * looked for, and memory is slower than both.
 */
import { BACK, CARRY, type Sink } from '../detect/detector.js';
import { BoundsError, FormatError } from '../errors.js';
import { ShieldTails } from '../relate/closed-shields.js';
import { knownKeys, publicKeyOfSpki } from '../relate/known.js';
import { NumberStore } from '../relate/number-store.js';
import { slide } from '../relate/slide.js';
import { TextCollector } from '../relate/tokens/texts.js';
import type { Skipped, Span } from '../types.js';
import { Collector } from './collector.js';
import { sampleEntropy } from './entropy-cells.js';
import { WindowFiller } from './fill.js';
import type { Kernel } from './kernel.js';
import { findProcesses, findTopTables } from './machine-pages.js';
import { NumberSearch, offsetOfWindow } from './number-search.js';
import type { ScanResult, ScanTask } from './protocol.js';
import type { Route } from './routes.js';
import { EVERYTHING } from './runs.js';
import { WINDOW_OFFSET, windowBytes } from './slot.js';

/** Bytes of the longest number that is hunted for: RSA of 16384 bits. */
const LONGEST = 2048;
/** Bytes that are searched at a time: they and CARRY fit into the caches. */
const STRIDE = 512 * 1024;

/** `routes`: by the ids of the kernel's anchors. */
export function scanWindow(task: ScanTask, kernel: Kernel, routes: readonly Route[]): ScanResult {
  const length = task.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = windowBytes(task.slot, length);
  const filler = task.fd === undefined ? undefined : new WindowFiller(bytes, task.fd, task.pieces);
  const store = task.numbers && new NumberStore(task.numbers);
  const texts = store && task.hunted === undefined ? new TextCollector(bytes, offsetOfWindow(task), store) : undefined;
  const collector = new Collector(task.pieces, task.to, task.joined !== undefined, texts);
  const tails = new ShieldTails(bytes);
  const numbers = store && new NumberSearch(task, store, kernel, bytes, collector, tails);
  for (let from = task.from; from < task.to; from += STRIDE) {
    const to = Math.min(task.to, from + STRIDE);
    filler?.fill(to + CARRY);
    kernel.scan(WINDOW_OFFSET + from, WINDOW_OFFSET + to, WINDOW_OFFSET + length, (start, id) =>
      judge(bytes, start - WINDOW_OFFSET, routes[id] as Route, collector),
    );
    numbers?.advance(to);
  }
  filler?.fill(length);
  numbers?.end();
  if (task.hunted) huntWindow(task, task.hunted, kernel, bytes, collector.sinkAt(0));
  const pages = task.pages ?? [];
  const topTables = findTopTables(bytes, pages, task.from, task.to);
  const processes = findProcesses(bytes, pages, task.from, task.to);
  const offsetOf = (index: number) => (task.pieces[0] as Span).offset + index;
  return {
    ...collector.result(),
    topTables: topTables.map(offsetOf),
    processes: processes.map(offsetOf),
    shieldTails: tails.found.map(offsetOf),
    skipped: [...own(filler?.unread ?? [], task), ...collector.undecided],
    entropy: task.cell === undefined ? undefined : sampleEntropy(bytes, task, task.cell),
  };
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
