/** Runs the sieve over one dump: a file's windows in any order, a stream's as they come. */

import { BACK, CARRY } from '../detect/detector.js';
import type { Seam } from '../dump/map.js';
import { type PageRun, pageRuns } from '../dump/virtual/memory.js';
import type { Spaces } from '../dump/virtual/spaces.js';
import { codeOf } from '../errors.js';
import type { EntropyCells } from '../picture.js';
import { boundsFor } from '../relate/bounds.js';
import type { SequentialReader } from '../source/read-stream.js';
import { type Chunks, fileChunks, type RandomBytes, randomFile } from '../source/unwrap/chunks.js';
import type { CertificateSighting, Detection, DumpMap, Skipped, Span, Warning } from '../types.js';
import { alignment } from './alignment.js';
import { tellClosedShields } from './closed-shields.js';
import { joinLists, joinPages, joinSeams } from './join.js';
import { tellKerberosCreds } from './kerberos-creds.js';
import { pageRanges } from './machine-pages.js';
import { planChunks, planSeams } from './plan.js';
import type { SievePool } from './pool.js';
import { readAgain, readRandom } from './read-spans.js';
import { windowBytes, windowCapacity } from './slot.js';
import { type RunOptions, Tally } from './tally.js';

/** What the sieve and the detectors make of one dump. Public facts only. */
export interface Sieved {
  readonly map: DumpMap;
  /** Bytes that were there. */
  readonly size: number;
  readonly detections: readonly Detection[];
  readonly certificates: Iterable<CertificateSighting>;
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly Warning[];
  /** Of a machine's memory: the processes in it. */
  readonly spaces?: Spaces;
  /** Where it was asked for. */
  readonly entropy?: EntropyCells;
}

/** Scans a file of random access: each worker reads its own windows. */
export async function sieveFile(
  { fd, size }: { fd: number; size: number },
  map: DumpMap,
  joins: Iterable<Seam>,
  pool: SievePool,
  options: RunOptions,
): Promise<Sieved> {
  const tally = new Tally(pool, options);
  const store = pool.borrowNumbers(boundsFor(options.effort).store);
  const numbers = store.buffer;
  const gridOf = alignment(map);
  const runs = pageRuns(map, size);
  const { swappedWord } = map;
  for (const plan of planChunks(size, pool.chunkSize)) {
    const piece = plan.pieces[0] as Span;
    const place = { grid: gridOf(piece), pages: pageRanges(runs, piece), swappedWord };
    const wanted = { ...tally.search, ...tally.sampling(size) };
    await tally.dispatch({ ...plan, ...place, fd, numbers, ...wanted, slot: await pool.acquire() });
  }
  for (const plan of planSeams(joins, size)) {
    await tally.dispatch({ ...plan, fd, numbers, swappedWord, ...tally.search, slot: await pool.acquire() });
  }
  await tally.settled();
  const joining = { map, size, pool, tally, numbers };
  const spaces = await joinPages(joining, { random: randomFile(fd, size) });
  await joinLists(joining, () => fileChunks(fd, size));
  await tally.settled();
  await tally.relate(store, map);
  const reads = readRandom(randomFile(fd, size));
  await tellClosedShields(tally, map, reads);
  await tellKerberosCreds(tally, map, reads);
  return { map, size, ...tally.outcome(size), spaces };
}

/** Bytes that come from the front, and how to read their map. */
export interface Stream {
  readonly reader: SequentialReader;
  /** Another pass over the same bytes, where they can be had again. */
  readonly again?: () => Chunks;
  /** Random access, where it is to be had. */
  readonly random?: RandomBytes;
  /** `window`: the first bytes; `size`: all of them, where they have come to an end. */
  readMap(window: Uint8Array, size: number | undefined): Promise<DumpMap>;
}

/**
 * Scans a stream: bytes are read straight into the slots, and the end of each window is copied to the front of the
 * next.
 */
export async function sieveStream(stream: Stream, pool: SievePool, options: RunOptions): Promise<Sieved> {
  const { reader } = stream;
  const tally = new Tally(pool, options);
  options.signal?.addEventListener('abort', reader.close, { once: true });
  try {
    const store = pool.borrowNumbers(boundsFor(options.effort).store);
    const { map, size } = await dispatchWindows(stream, pool, tally, store.buffer, options.signal);
    await tally.settled();
    const joining = { map, size, pool, tally, numbers: store.buffer };
    await joinSeams(joining, stream.again);
    const spaces = await joinPages(joining, stream);
    await joinLists(joining, stream.again);
    await tally.settled();
    await tally.relate(store, map);
    const reads = stream.random ? readRandom(stream.random) : readAgain(stream.again);
    await tellClosedShields(tally, map, reads);
    await tellKerberosCreds(tally, map, reads);
    const { warnings, ...rest } = tally.outcome(size);
    return { map, size, ...rest, spaces, warnings: [...warnings, ...truncation(map, size)] };
  } finally {
    options.signal?.removeEventListener('abort', reader.close);
    reader.close();
  }
}

async function dispatchWindows(
  { reader, readMap }: Stream,
  pool: SievePool,
  tally: Tally,
  numbers: SharedArrayBuffer,
  signal?: AbortSignal,
): Promise<{ map: DumpMap; size: number }> {
  /** Of a dump that one window holds, nothing is copied to the next. */
  let margin = new Uint8Array(0);
  const capacity = windowCapacity(pool.chunkSize);
  let map: DumpMap | undefined;
  let gridOf: ReturnType<typeof alignment> | undefined;
  let runs: PageRun[] | undefined;
  /** Offset of the window's first byte, bytes of it that the last window read already, and where its own begin. */
  let [start, kept, from] = [0, 0, 0];
  for (;;) {
    signal?.throwIfAborted();
    const slot = await pool.acquire();
    const window = windowBytes(slot, capacity);
    window.set(margin.subarray(0, kept));
    let got = 0;
    try {
      got = await reader.readFully(window.subarray(kept));
    } catch (error) {
      signal?.throwIfAborted();
      const message = `reading failed at ${start + kept} (${codeOf(error)}): nothing behind it was scanned`;
      tally.warnings.push({ code: 'READ_ERROR', message, incomplete: true });
    }
    const length = kept + got;
    const ended = length < capacity;
    map ??= await readMap(window.subarray(0, length), ended ? length : undefined);
    gridOf ??= alignment(map);
    runs ??= pageRuns(map, Number.MAX_SAFE_INTEGER);
    const to = ended ? length : length - CARRY;
    // The next window begins BACK bytes before its own first byte, which is this one's `to`.
    const next = Math.max(0, to - BACK);
    kept = length - next;
    if (!ended && margin.length === 0) margin = new Uint8Array(BACK + CARRY);
    if (!ended) margin.set(window.subarray(next, length));
    const piece = { offset: start, length };
    const { swappedWord } = map;
    const place = { grid: gridOf(piece), pages: pageRanges(runs, piece), swappedWord };
    const wanted = { ...tally.search, ...tally.sampling(start + to) };
    await tally.dispatch({ slot, pieces: [piece], from, to, numbers, ...place, ...wanted });
    if (ended) {
      margin.fill(0);
      return { map, size: start + length };
    }
    start += next;
    from = to - next;
  }
}

/** A stream's length is known only at its end. */
function truncation(map: DumpMap, size: number): Warning[] {
  if (map.declaredSize <= size || map.warnings.some(({ code }) => code === 'TRUNCATED')) return [];
  const message = `the dump ends at ${size} bytes, its headers promise ${map.declaredSize}`;
  return [{ code: 'TRUNCATED', message, incomplete: true }];
}
