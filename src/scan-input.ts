/** One input: a dump, or what holds dumps. Opens it level by level, and scans each dump as it comes out. */
import { rawMap } from './dump/raw/parse.js';
import { DumpsieveError, messageOf } from './errors.js';
import { withMembers } from './findings/verdict.js';
import {
  type Judging,
  type Named,
  type Opened,
  openDump,
  reportOn,
  type Scanned,
  scanPaged,
  scanPlainFile,
  scanStream,
} from './scan-dump.js';
import { FramingSieve } from './sieve/framing.js';
import type { SievePool } from './sieve/pool.js';
import type { RunOptions } from './sieve/tally.js';
import { crashOf } from './source/crash.js';
import type { Discovered } from './source/discover.js';
import { openSource, type Source } from './source/open.js';
import { sequentialReader } from './source/read-stream.js';
import { UnpackBudget, type UnpackLimits } from './source/unwrap/budget.js';
import { type Chunks, chunksOf, type RandomBytes, randomFile } from './source/unwrap/chunks.js';
import { hold, replay } from './source/unwrap/held.js';
import {
  type ArchiveSink,
  type Origin,
  type Packed,
  packedFile,
  type Unpacked,
  unwrap,
  type Visitor,
} from './source/unwrap/unwrap.js';
import type { InputReport, Warning } from './types.js';

export interface InputOptions extends Judging, Omit<RunOptions, 'onBytes'> {
  readonly unpackLimits?: UnpackLimits;
}

/**
 * The reports of what was inside, in its order, an archive's own before those of its members; at least one. `onBytes` is
 * told of bytes of the input itself, packed as they are. Throws only when aborted: a bad input is a verdict.
 */
export async function scanInput(
  { path, refused }: Discovered,
  pool: SievePool,
  options: InputOptions,
  onBytes: (bytes: number) => void,
): Promise<InputReport[]> {
  if (refused) return [unscanned(path, refused.verdict, refused.code, refused.message)];
  const places: Place[] = [];
  const reports = () => places.flatMap(({ report }) => report ?? []);
  try {
    const source = await openSource(path, options.signal);
    try {
      await new InputScan(path, source, pool, options, onBytes, places).run();
      if (source.kind === 'file' && source.changed()) return withMembers(await withCrash(path, reports().map(changed)));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const code = error instanceof DumpsieveError ? error.code : 'INTERNAL';
    return withMembers([...reports(), unscanned(path, 'error', code, messageOf(error))]);
  }
  return withMembers(await withCrash(path, reports()));
}

/** Names the program, where the file's name or its neighbours tell of it. */
async function withCrash(path: string, reports: readonly InputReport[]): Promise<InputReport[]> {
  const crash = await crashOf(path);
  return reports.map((report) => (crash && report.path === path ? { ...report, crash } : report));
}

/** Where a dump's report comes among the others, whenever it is ready. */
interface Place {
  report?: InputReport;
}

/** Members of archives up to this size are scanned side by side: what they wait for is mostly each other. */
const SMALL = 1024 * 1024;

class InputScan implements Visitor {
  readonly #path: string;
  readonly #source: Source;
  readonly #pool: SievePool;
  readonly #options: InputOptions;
  readonly #onBytes: (bytes: number) => void;
  readonly #places: Place[];
  readonly #budget: UnpackBudget;
  /** Small dumps that are being scanned, and what one of them failed with. */
  readonly #running = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;

  constructor(
    path: string,
    source: Source,
    pool: SievePool,
    options: InputOptions,
    onBytes: (bytes: number) => void,
    places: Place[],
  ) {
    this.#path = path;
    this.#source = source;
    this.#pool = pool;
    this.#options = options;
    this.#onBytes = onBytes;
    this.#places = places;
    const size = source.kind === 'file' ? source.size : undefined;
    this.#budget = new UnpackBudget(options.unpackLimits, 0, size);
  }

  async run(): Promise<void> {
    try {
      await (this.#source.kind === 'file' ? this.#file(this.#source.fd, this.#source.size) : this.#stream());
    } finally {
      await Promise.all(this.#running);
    }
    if (this.#failure) throw this.#failure.error;
  }

  async #file(fd: number, size: number): Promise<void> {
    const packed = await packedFile(fd, size);
    const metered = { chunks: this.#metered(packed.chunks), random: this.#meteredFile(packed.random) };
    await unwrap({ ...packed, ...metered }, this, this.#budget);
  }

  async #stream(): Promise<void> {
    const { signal } = this.#options;
    const reader = sequentialReader(this.#source.fd);
    signal?.addEventListener('abort', reader.close, { once: true });
    try {
      const packed: Packed = { wrappers: [], warnings: [], chunks: this.#metered(chunksOf(reader)) };
      await unwrap(packed, this, this.#budget);
    } finally {
      signal?.removeEventListener('abort', reader.close);
      reader.close();
    }
  }

  async dump(unpacked: Unpacked): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    const place: Place = {};
    this.#places.push(place);
    const read = unpacked.container === undefined ? { chunks: unpacked.chunks } : await heldSmall(unpacked);
    if ('random' in read) await this.#beside({ ...unpacked, ...read }, place);
    else place.report = await this.#reportOf({ ...unpacked, ...read });
  }

  /** Scans a dump that is in memory while the next one is read. */
  async #beside(unpacked: Unpacked, place: Place): Promise<void> {
    const { lanes } = this.#pool;
    await lanes.take();
    const done = this.#reportOf(unpacked)
      .then((report) => {
        place.report = report;
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        lanes.give();
        this.#running.delete(done);
      });
    this.#running.add(done);
  }

  async #reportOf(unpacked: Unpacked): Promise<InputReport> {
    const remarks: Warning[] = [];
    const file = this.#plainFile(unpacked);
    // What is read of it here and there is counted as it is scanned.
    const random = file ? randomFile(file.fd, file.size) : unpacked.random;
    const opened = await openDump({ ...unpacked, random }, (warning) => remarks.push(warning), this.#pool.holding);
    try {
      const scanned = await this.#scan(unpacked, opened);
      const warnings = [...unpacked.warnings, ...remarks, ...this.#emptiness(unpacked, scanned), ...scanned.warnings];
      return await reportOn({ ...scanned, warnings }, this.#named(unpacked), this.#options);
    } finally {
      opened.release();
    }
  }

  archive(origin: Origin, name: string): ArchiveSink {
    const place: Place = {};
    this.#places.push(place);
    const framing = new FramingSieve(
      this.#pool,
      this.#run(() => {}),
    );
    return {
      framing: ({ offset, bytes }) => framing.add(offset, bytes),
      unread: ({ span, reason }) => framing.skip(span, reason),
      end: async (size, warnings) => {
        const sieved = await framing.finish(rawMap(size, name), size);
        const scanned = { ...sieved, warnings: [...warnings, ...sieved.warnings] };
        place.report = await reportOn(scanned, this.#named(origin), this.#options);
      },
    };
  }

  /** The input itself, where nothing was unpacked of it. */
  #plainFile({ wrappers }: Origin): { fd: number; size: number } | undefined {
    return this.#source.kind === 'file' && wrappers.length === 0 ? this.#source : undefined;
  }

  async #scan(unpacked: Unpacked, { paged, chunks }: Opened): Promise<Scanned> {
    const file = this.#plainFile(unpacked);
    if (paged) {
      // Bytes of what is packed are counted as they are unpacked.
      const share = file ? file.size / Math.max(1, paged.size) : 0;
      return scanPaged(
        paged,
        this.#pool,
        this.#run((bytes) => this.#onBytes(bytes * share)),
      );
    }
    if (file) return scanPlainFile(file.fd, file.size, this.#pool, this.#run(this.#onBytes));
    return scanStream(
      { ...unpacked, chunks },
      this.#pool,
      this.#run(() => {}),
    );
  }

  #run(onBytes: (bytes: number) => void): RunOptions {
    const { signal, known, hunt, effort, picture } = this.#options;
    return { signal, known, hunt, effort, picture, onBytes };
  }

  #named({ wrappers, container }: Origin): Named {
    if (container === undefined) return { path: this.#path, wrappers };
    return { path: `${this.#path}!/${container}`, file: this.#path, wrappers, container };
  }

  /** Nothing came through the pipe: what should have filled it has failed, and no dump was scanned. */
  #emptiness({ wrappers }: Origin, { size }: Scanned): Warning[] {
    const isPipe = this.#source.kind === 'stream' && !this.#source.regular;
    if (size > 0 || !isPipe || wrappers.length > 0) return [];
    return [{ code: 'EMPTY_STREAM', message: 'nothing came: no dump was scanned', incomplete: true }];
  }

  async *#metered(chunks: Chunks): Chunks {
    for await (const piece of chunks) {
      this.#count(piece.length);
      yield piece;
    }
  }

  #meteredFile(file: RandomBytes): RandomBytes {
    return {
      size: file.size,
      read: async (offset, length) => {
        const bytes = await file.read(offset, length);
        this.#count(bytes.length);
        return bytes;
      },
    };
  }

  #count(bytes: number): void {
    this.#budget.read(bytes);
    this.#onBytes(bytes);
  }
}

/** A member's bytes: in memory where they are few, otherwise as they come. */
async function heldSmall({ chunks, random }: Unpacked): Promise<Pick<Unpacked, 'chunks' | 'again' | 'random'>> {
  if (random) return random.size <= SMALL ? { chunks, random } : { chunks };
  const kept = await hold(chunks, SMALL);
  return 'chunks' in kept ? kept : replay(kept.held);
}

/** What was written while it was read may have been read too early. */
function changed(report: InputReport): InputReport {
  const message = 'the file was written to while it was scanned: scan it again when it is finished';
  const warnings = [...report.warnings, { code: 'FILE_CHANGED', message, incomplete: true }];
  return { ...report, warnings, verdict: report.verdict === 'clean' ? 'incomplete' : report.verdict };
}

function unscanned(path: string, verdict: 'error' | 'incomplete', code: string, message: string): InputReport {
  const coverage = { bytes: 0, scanned: 0, holes: 0, skipped: [] };
  const warnings = [{ code, message, incomplete: true }];
  return { path, size: 0, format: 'unknown', wrappers: [], verdict, coverage, findings: [], warnings };
}
