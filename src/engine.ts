/**
 * The pipeline, top to bottom: discover → open → dump map → sieve (workers) → merge → name → account → verdict.
 */
import { readDumpMap } from './dump/detect.js';
import { holeBytes, RegionIndex, seams } from './dump/map.js';
import { DumpsieveError, messageOf } from './errors.js';
import { applyBaseline, type Baseline } from './findings/baseline.js';
import { accountFor } from './findings/coverage.js';
import { mergeFindings } from './findings/merge.js';
import { nameCertificates } from './findings/name.js';
import { DEFAULT_FAIL_ON, summarise, verdictOf } from './findings/verdict.js';
import { defaultJobs } from './jobs.js';
import type { KnownKey } from './relate/known-files.js';
import { runSelfTest } from './selftest/run.js';
import type { KernelKind } from './sieve/kernel.js';
import { CHUNK_SIZE } from './sieve/plan.js';
import { SievePool } from './sieve/pool.js';
import { type Sieved, sieveFile, sieveStream } from './sieve/run.js';
import { type Discovered, discover } from './source/discover.js';
import { fileReader, openSource } from './source/open.js';
import type { InputReport, ScanReport, Severity, Warning } from './types.js';
import { RULESET, VERSION } from './version.js';

export interface ScanOptions {
  /** Files, directories, glob patterns, or `-` for standard input. */
  readonly targets: readonly string[];
  /** Within directories: only files that match one of these patterns. */
  readonly include?: readonly string[];
  /** Within directories and patterns: nothing that matches one of these. */
  readonly exclude?: readonly string[];
  /** Worker threads; as many as the machine has processors, at most 8, when absent. */
  readonly jobs?: number;
  /** The least severity that makes a verdict `findings`; `medium` when absent. */
  readonly failOn?: Severity;
  /** Findings to waive, each with a reason. */
  readonly baseline?: Baseline;
  /** Public keys whose private halves are looked for besides those that the dump itself tells of. */
  readonly known?: readonly KnownKey[];
  /** Look for the known keys at every byte, also where the default search has its bounds: slow. */
  readonly hunt?: boolean;
  /** Search for keys as numbers with bounds that are seldom reached: slow where much looks like keys. */
  readonly thorough?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** For tests: the kernel, and the bytes of a chunk. Neither may change what is found. */
  readonly kernel?: KernelKind | 'auto';
  readonly chunkSize?: number;
}

export interface ScanProgress {
  /** The input that was last worked on. */
  readonly path: string;
  readonly doneBytes: number;
  /** Undefined when an input's size is not known beforehand. */
  readonly totalBytes?: number;
}

/** Scans all targets. Throws DumpsieveError for NO_INPUT, SELF_TEST, INTERRUPTED; a bad input is a verdict, no throw. */
export async function scan(options: ScanOptions): Promise<ScanReport> {
  validate(options);
  const started = new Date();
  const inputs = await discover(options.targets, options);
  if (inputs.length === 0) throw new DumpsieveError('NO_INPUT', 'no file matches');
  const chunkSize = options.chunkSize ?? CHUNK_SIZE;
  const pool = new SievePool(jobsFor(inputs, options, chunkSize), chunkSize, options.kernel ?? 'auto');
  try {
    const selfTest = await runSelfTest(pool);
    const reports = await scanInputs(inputs, pool, options);
    options.signal?.throwIfAborted();
    const finished = new Date();
    return {
      schema: 'dumpsieve.report/1',
      tool: { name: 'dumpsieve', version: VERSION, ruleset: RULESET },
      startedAt: started.toISOString(),
      finishedAt: finished.toISOString(),
      selfTest,
      inputs: reports,
      summary: summarise(reports, (finished.getTime() - started.getTime()) / 1000),
    };
  } catch (error) {
    if (options.signal?.aborted) throw new DumpsieveError('INTERRUPTED', 'interrupted: nothing was concluded');
    throw error;
  } finally {
    await pool.destroy();
  }
}

/** No more workers than there is work for: starting one costs more than a small dump. */
function jobsFor(inputs: readonly Discovered[], { jobs }: ScanOptions, chunkSize: number): number {
  const chunks = inputs.reduce((sum, { size }) => sum + (size === undefined ? 2 : Math.ceil(size / chunkSize)), 0);
  return Math.max(1, Math.min(jobs ?? defaultJobs(), chunks));
}

/** As many inputs at a time as there are workers, so that small files keep them busy; reported in order. */
async function scanInputs(inputs: Discovered[], pool: SievePool, options: ScanOptions): Promise<InputReport[]> {
  const reports: InputReport[] = new Array(inputs.length);
  const known = inputs.every(({ size, refused }) => size !== undefined || refused);
  const totalBytes = known ? inputs.reduce((sum, { size }) => sum + (size ?? 0), 0) : undefined;
  let doneBytes = 0;
  let next = 0;
  const lane = async () => {
    while (next < inputs.length) {
      const index = next++;
      const input = inputs[index] as Discovered;
      reports[index] = await scanInput(input, pool, options, (bytes) => {
        doneBytes += bytes;
        options.onProgress?.({ path: input.path, doneBytes, totalBytes });
      });
    }
  };
  await Promise.all(Array.from({ length: pool.workers }, lane));
  return reports;
}

/** A library is called from JavaScript, too: a misspelled severity must not let everything pass. */
function validate({ targets, failOn, jobs }: ScanOptions): void {
  if (!Array.isArray(targets) || targets.some((target) => typeof target !== 'string')) {
    throw new DumpsieveError('USAGE', 'targets: a list of paths is needed');
  }
  if (failOn !== undefined && !['critical', 'high', 'medium', 'low'].includes(failOn)) {
    throw new DumpsieveError('USAGE', 'failOn: critical, high, medium or low is needed');
  }
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
    throw new DumpsieveError('USAGE', 'jobs: a whole number from 1 is needed');
  }
}

/** What was written while it was read may have been read too early. */
const CHANGED: Warning = {
  code: 'FILE_CHANGED',
  message: 'the file was written to while it was scanned: scan it again when it is finished',
  incomplete: true,
};

async function scanInput(
  input: Discovered,
  pool: SievePool,
  options: ScanOptions,
  onBytes: (bytes: number) => void,
): Promise<InputReport> {
  const { path } = input;
  if (input.refused) {
    const { verdict, code, message } = input.refused;
    return unscanned(path, verdict, { code, message, incomplete: true });
  }
  try {
    // ── open, map, sieve ──
    const source = await openSource(path, options.signal);
    let sieved: Sieved;
    const known = options.known?.flatMap(({ spki }) => spki ?? []);
    const { signal, hunt } = options;
    // What is hunted for decides; what bounds would leave out must not.
    const run = { signal, onBytes, known, hunt, effort: options.thorough || hunt ? 'thorough' : 'usual' } as const;
    try {
      if (source.kind === 'file') {
        const map = readDumpMap(fileReader(source.fd, source.size), source.size);
        sieved = await sieveFile(source, map, seams(map), pool, run);
        if (source.changed()) sieved = { ...sieved, warnings: [...sieved.warnings, CHANGED] };
      } else {
        sieved = await sieveStream(source, readDumpMap, pool, run);
      }
    } finally {
      await source.close();
    }
    // ── merge, name ──
    const { map, size } = sieved;
    const certificates = await nameCertificates(sieved.detections, sieved.certificates);
    const merged = mergeFindings(sieved.detections, new RegionIndex(map), certificates);
    const today = new Date().toISOString().slice(0, 10);
    const { findings, warnings: waived } = applyBaseline(merged, options.baseline ?? { waivers: [] }, today);
    // ── account, judge ──
    const coverage = accountFor(size, map.declaredSize, holeBytes(map), sieved.skipped);
    const warnings = [...map.warnings, ...sieved.warnings, ...waived];
    const verdict = verdictOf(findings, coverage, warnings, options.failOn ?? DEFAULT_FAIL_ON);
    return { path, size, format: map.format, wrappers: [], verdict, coverage, findings, warnings };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const code = error instanceof DumpsieveError ? error.code : 'INTERNAL';
    return unscanned(path, 'error', { code, message: messageOf(error), incomplete: true });
  }
}

function unscanned(path: string, verdict: 'error' | 'incomplete', warning: Warning): InputReport {
  const coverage = { bytes: 0, scanned: 0, holes: 0, skipped: [] };
  return { path, size: 0, format: 'unknown', wrappers: [], verdict, coverage, findings: [], warnings: [warning] };
}
