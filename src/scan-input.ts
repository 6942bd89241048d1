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
import type { Discovered } from './source/discover.js';
import { openSource, type Source } from './source/open.js';
import { sequentialReader } from './source/read-stream.js';
import { UnpackBudget, type UnpackLimits } from './source/unwrap/budget.js';
import { type Chunks, chunksOf, fileChunks, type RandomBytes, randomFile } from './source/unwrap/chunks.js';
import { HEAD_LENGTH } from './source/unwrap/registry.js';
import {
  type ArchiveSink,
  type Origin,
  type Packed,
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
  const reports: InputReport[] = [];
  try {
    const source = await openSource(path, options.signal);
    try {
      await new InputScan(path, source, pool, options, onBytes, reports).run();
      if (source.kind === 'file' && source.changed()) return withMembers(reports.map(changed));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    reports.push(unscanned(path, 'error', error instanceof DumpsieveError ? error.code : 'INTERNAL', messageOf(error)));
  }
  return withMembers(reports);
}

class InputScan implements Visitor {
  readonly #path: string;
  readonly #source: Source;
  readonly #pool: SievePool;
  readonly #options: InputOptions;
  readonly #onBytes: (bytes: number) => void;
  readonly #reports: InputReport[];
  readonly #budget: UnpackBudget;

  constructor(
    path: string,
    source: Source,
    pool: SievePool,
    options: InputOptions,
    onBytes: (bytes: number) => void,
    reports: InputReport[],
  ) {
    this.#path = path;
    this.#source = source;
    this.#pool = pool;
    this.#options = options;
    this.#onBytes = onBytes;
    this.#reports = reports;
    const size = source.kind === 'file' ? source.size : undefined;
    this.#budget = new UnpackBudget(options.unpackLimits, 0, size);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    if (this.#source.kind === 'file') {
      const { fd, size } = this.#source;
      const file = randomFile(fd, size);
      const again = () => fileChunks(fd, size);
      const packed: Packed = {
        wrappers: [],
        warnings: [],
        head: await file.read(0, HEAD_LENGTH),
        chunks: this.#metered(again()),
        again,
        random: this.#meteredFile(file),
      };
      await unwrap(packed, this, this.#budget);
      return;
    }
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
    const remarks: Warning[] = [];
    const file = this.#plainFile(unpacked);
    // What is read of it here and there is counted as it is scanned.
    const random = file ? randomFile(file.fd, file.size) : unpacked.random;
    const opened = await openDump({ ...unpacked, random }, (warning) => remarks.push(warning));
    try {
      const scanned = await this.#scan(unpacked, opened);
      const warnings = [...unpacked.warnings, ...remarks, ...this.#emptiness(unpacked, scanned), ...scanned.warnings];
      this.#reports.push(await reportOn({ ...scanned, warnings }, this.#named(unpacked), this.#options));
    } finally {
      opened.release();
    }
  }

  archive(origin: Origin, name: string): ArchiveSink {
    const place = this.#reports.length;
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
        this.#reports.splice(place, 0, await reportOn(scanned, this.#named(origin), this.#options));
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
