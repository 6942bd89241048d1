/** Runs the sieve over one dump: a file's windows in any order, a stream's as they come. */

import { BACK, CARRY } from '../detect/detector.js';
import type { readDumpMap } from '../dump/detect.js';
import { seams } from '../dump/map.js';
import { codeOf } from '../errors.js';
import { boundsFor, type Effort } from '../relate/bounds.js';
import type { NumberStore } from '../relate/number-store.js';
import { SHARES } from '../relate/relate.js';
import { bytesReader } from '../source/open.js';
import { type SequentialReader, sequentialReader } from '../source/read-stream.js';
import type { CertificateSighting, Detection, DumpMap, Skipped, Span, Warning } from '../types.js';
import { alignment } from './alignment.js';
import { planChunks, planSeams } from './plan.js';
import type { SievePool } from './pool.js';
import type { ScanResult, ScanTask } from './protocol.js';
import { windowBytes, windowCapacity } from './slot.js';

/** What the sieve and the detectors make of one dump. Public facts only. */
export interface Sieved {
  readonly map: DumpMap;
  /** Bytes that were there. */
  readonly size: number;
  readonly detections: readonly Detection[];
  readonly certificates: Iterable<CertificateSighting>;
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly Warning[];
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes of each finished window. */
  readonly onBytes: (bytes: number) => void;
  /** SubjectPublicKeyInfo of keys that the user knows. */
  readonly known?: readonly Uint8Array[];
  /** Look for the known keys at every byte, and for no others as numbers. */
  readonly hunt?: boolean;
  /** Which bounds the search for numbers has. */
  readonly effort?: Effort;
}

/** Limits on what one dump may make us remember; past them the report says that it is incomplete. */
const MAX_DETECTIONS = 20_000;
const MAX_CERTIFICATES = 20_000;
const MAX_PUBLIC_KEYS = 5_000;

/** Scans a file of random access: each worker reads its own windows. */
export async function sieveFile(
  { fd, size }: { fd: number; size: number },
  map: DumpMap,
  joins: Iterable<readonly [Span, Span]>,
  pool: SievePool,
  options: RunOptions,
): Promise<Sieved> {
  const tally = new Tally(pool, options);
  const store = pool.borrowNumbers(boundsFor(options.effort).store);
  const numbers = store.buffer;
  const gridOf = alignment(map);
  const { swappedWord } = map;
  for (const plan of planChunks(size, pool.chunkSize)) {
    const grid = gridOf(plan.pieces[0] as Span);
    await tally.dispatch({ ...plan, fd, numbers, grid, swappedWord, ...tally.search, slot: await pool.acquire() });
  }
  for (const plan of planSeams(joins, size)) await tally.dispatch({ ...plan, fd, slot: await pool.acquire() });
  await tally.settled();
  await tally.relate(store, map);
  return { map, size, ...tally.outcome() };
}

/**
 * Scans a stream: bytes are read straight into the slots, and the end of each window is copied to the front of the
 * next. Its dump map can only be read from the first window.
 */
export async function sieveStream(
  { fd, regular }: { fd: number; regular: boolean },
  readMap: typeof readDumpMap,
  pool: SievePool,
  options: RunOptions,
): Promise<Sieved> {
  const tally = new Tally(pool, options);
  const reader = sequentialReader(fd);
  options.signal?.addEventListener('abort', reader.close, { once: true });
  try {
    const store = pool.borrowNumbers(boundsFor(options.effort).store);
    const { map, size } = await dispatchWindows(reader, readMap, pool, tally, store.buffer, options.signal);
    await tally.settled();
    await tally.relate(store, map);
    const { warnings, ...rest } = tally.outcome();
    return {
      map,
      size,
      ...rest,
      warnings: [...warnings, ...truncation(map, size), ...emptiness(size, regular), ...unjoined(map)],
    };
  } finally {
    options.signal?.removeEventListener('abort', reader.close);
    reader.close();
  }
}

async function dispatchWindows(
  reader: SequentialReader,
  readMap: typeof readDumpMap,
  pool: SievePool,
  tally: Tally,
  numbers: SharedArrayBuffer,
  signal?: AbortSignal,
): Promise<{ map: DumpMap; size: number }> {
  const margin = new Uint8Array(BACK + CARRY);
  const capacity = windowCapacity(pool.chunkSize);
  let map: DumpMap | undefined;
  let gridOf: ReturnType<typeof alignment> | undefined;
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
    map ??= readMap(bytesReader(window.subarray(0, length)), ended ? length : undefined);
    gridOf ??= alignment(map);
    const to = ended ? length : length - CARRY;
    // The next window begins BACK bytes before its own first byte, which is this one's `to`.
    const next = Math.max(0, to - BACK);
    kept = length - next;
    margin.set(window.subarray(next, length));
    const piece = { offset: start, length };
    const { swappedWord } = map;
    await tally.dispatch({
      slot,
      pieces: [piece],
      from,
      to,
      numbers,
      grid: gridOf(piece),
      swappedWord,
      ...tally.search,
    });
    if (ended) {
      margin.fill(0);
      return { map, size: start + length };
    }
    start += next;
    from = to - next;
  }
}

/** In a stream, memory that lies apart cannot be joined: what has gone by is gone. */
function unjoined(map: DumpMap): Warning[] {
  const count = seams(map).length;
  const message = `${count} places where memory goes on elsewhere in the dump cannot be joined in a stream: scan the file`;
  return count > 0 ? [{ code: 'SEAMS_IN_STREAM', message, incomplete: true }] : [];
}

/** A stream's length is known only at its end. */
function truncation(map: DumpMap, size: number): Warning[] {
  if (map.declaredSize <= size || map.warnings.some(({ code }) => code === 'TRUNCATED')) return [];
  const message = `the dump ends at ${size} bytes, its headers promise ${map.declaredSize}`;
  return [{ code: 'TRUNCATED', message, incomplete: true }];
}

/** Nothing came through the pipe: what should have filled it has failed, and no dump was scanned. */
function emptiness(size: number, regular: boolean): Warning[] {
  return size > 0 || regular
    ? []
    : [{ code: 'EMPTY_STREAM', message: 'nothing came: no dump was scanned', incomplete: true }];
}

/** Keeps windows in flight and adds up their results. */
class Tally {
  readonly skipped: Skipped[] = [];
  readonly warnings: Warning[] = [];
  readonly #pool: SievePool;
  readonly #options: RunOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #detections: Detection[] = [];
  readonly #certificates = new Map<string, CertificateSighting>();
  readonly #publicKeys = new Map<string, Uint8Array>();
  #dropped = 0;
  #failure: { error: unknown } | undefined;

  /** How windows are to be searched for numbers. */
  get search(): Pick<ScanTask, 'hunted' | 'effort'> {
    return { hunted: this.hunted, effort: this.#options.effort };
  }

  /** Public keys to hunt for, if that is wanted. */
  get hunted(): readonly Uint8Array[] | undefined {
    return this.#options.hunt === true ? this.#options.known : undefined;
  }

  constructor(pool: SievePool, options: RunOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Starts a task that owns its slot; the pool frees the slot. Throws what an earlier task threw. */
  async dispatch(task: ScanTask): Promise<void> {
    if (this.#failure) {
      this.#pool.release(task.slot);
      throw this.#failure.error;
    }
    const done = this.#pool
      .scan(task, this.#options.signal)
      .then((result) => this.#add(task, result))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
  }

  /** After `settled`: the second stage over what all windows gathered. */
  async relate(store: NumberStore, map: DumpMap): Promise<void> {
    const numbers = store.buffer;
    const { known = [], effort, signal } = this.#options;
    const more = effort === 'thorough' ? '' : ' (--thorough goes on)';
    const constants = constantsOf(map);
    const spkis = [...known, ...this.#publicKeys.values()];
    const shares = Array.from({ length: SHARES }, (_, share) =>
      this.#pool.relate({ numbers, spkis, hunted: this.hunted, effort, share, constants }, signal),
    );
    const results = await Promise.all(shares);
    // Not where one of them failed: another may still be reading it.
    this.#pool.returnNumbers(store);
    for (const { detections } of results) this.#keep(detections);
    const cuts = results.flatMap((result) => result.cuts);
    const extras = results.flatMap((result) => result.extras);
    if (extras.length > 0) {
      const message = `over and above the usual search, not everything was tried: ${extras.join('; ')}${more}`;
      this.warnings.push({ code: 'NUMBERS_EXTRA_CUT', message, incomplete: false });
    }
    if (cuts.length > 0) {
      const message = `too many candidates for keys as numbers, not all were tried: ${cuts.join('; ')}${more}`;
      this.warnings.push({ code: 'NUMBERS_CUT', message, incomplete: true });
    }
  }

  outcome(): Pick<Sieved, 'detections' | 'certificates' | 'skipped' | 'warnings'> {
    const message = `more than ${MAX_DETECTIONS} places or ${MAX_CERTIFICATES} certificates; ${this.#dropped} not kept`;
    return {
      detections: this.#detections,
      certificates: this.#certificates.values(),
      skipped: this.skipped,
      warnings: [
        ...this.warnings,
        ...(this.#dropped > 0 ? [{ code: 'TOO_MANY_FINDINGS', message, incomplete: true }] : []),
      ],
    };
  }

  #keep(detections: readonly Detection[]): void {
    for (const detection of detections) {
      if (this.#detections.length < MAX_DETECTIONS) this.#detections.push(detection);
      else this.#dropped++;
    }
  }

  #add(task: ScanTask, { detections, certificates, publicKeys, skipped }: ScanResult): void {
    this.#keep(detections);
    for (const spki of publicKeys) {
      if (this.#publicKeys.size < MAX_PUBLIC_KEYS) this.#publicKeys.set(Buffer.from(spki).toString('base64'), spki);
    }
    for (const sighting of certificates) {
      if (this.#certificates.size < MAX_CERTIFICATES) this.#certificates.set(sighting.sha256, sighting);
      else if (!this.#certificates.has(sighting.sha256)) this.#dropped++;
    }
    this.skipped.push(...skipped);
    this.#options.onBytes(task.crossing === undefined ? task.to - task.from : 0);
  }
}

/** Regions without the right to write, by offset: code and constants. */
function constantsOf({ regions }: DumpMap): Span[] {
  return regions
    .filter(({ protection }) => protection !== undefined && !protection.includes('w'))
    .map(({ offset, length }) => ({ offset, length }));
}
