/**
 * The pipeline, top to bottom: discover → open and unwrap (scan-input.ts) → dump map → sieve (workers) → merge → name →
 * account → verdict (scan-dump.ts).
 */
import { setMaxListeners } from 'node:events';
import type { RuleSource } from './detect/credentials/rule.js';
import { loadShippedRules } from './detect/credentials/shipped.js';
import { DumpsieveError } from './errors.js';
import type { Baseline } from './findings/baseline.js';
import { Gallery } from './findings/gallery.js';
import { summarise } from './findings/verdict.js';
import { defaultJobs } from './jobs.js';
import type { KnownKey } from './relate/known-files.js';
import type { InputOptions } from './scan-input.js';
import type { KernelKind } from './sieve/kernel.js';
import { CHUNK_SIZE } from './sieve/plan.js';
import { SievePool } from './sieve/pool.js';
import { type Discovered, discover } from './source/discover.js';
import type { UnpackLimits } from './source/unwrap/budget.js';
import type { InputReport, ScanReport, Severity } from './types.js';
import { CREDENTIAL_RULESET, OWN_RULES, RULESET, VERSION } from './version.js';

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
  /** Give the worst inputs what `render('html', …)` draws their maps from. */
  readonly picture?: boolean;
  /** What one input may unpack to; generous when absent. */
  readonly unpackLimits?: UnpackLimits;
  /** Which credentials to look for besides keys: all that dumpsieve knows when absent. */
  readonly credentials?: CredentialChoice;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** For tests: the kernel, and the bytes of a chunk. Neither may change what is found. */
  readonly kernel?: KernelKind | 'auto';
  readonly chunkSize?: number;
}

export interface CredentialChoice {
  /** Leave out the rules that come with dumpsieve. */
  readonly shipped?: boolean;
  /** Rules of one's own, as `readRules` gives them. */
  readonly more?: readonly RuleSource[];
}

export interface ScanProgress {
  /** The input that was last worked on. */
  readonly path: string;
  /** Bytes of the inputs as they lie there, packed or not. */
  readonly doneBytes: number;
  /** Undefined when an input's size is not known beforehand. */
  readonly totalBytes?: number;
}

/** Scans all targets. Throws DumpsieveError for NO_INPUT, SELF_TEST, INTERRUPTED; a bad input is a verdict, no throw. */
export async function scan(options: ScanOptions): Promise<ScanReport> {
  validate(options);
  // Each window that is being scanned listens to it, and they are many: no leak.
  if (options.signal) setMaxListeners(0, options.signal);
  const started = new Date();
  const inputs = await discover(options.targets, options);
  if (inputs.length === 0) throw new DumpsieveError('NO_INPUT', 'no file matches');
  const chunkSize = options.chunkSize ?? CHUNK_SIZE;
  const more = options.credentials?.more ?? [];
  if (options.credentials?.shipped !== false) refuseShipped(more);
  const pool = new SievePool(await jobsFor(inputs, options, chunkSize), chunkSize, options.kernel ?? 'auto', {
    shipped: options.credentials?.shipped ?? true,
    more,
  });
  try {
    const reports = await scanInputs(inputs, pool, options);
    const selfTest = await pool.selfTest();
    options.signal?.throwIfAborted();
    const finished = new Date();
    return {
      schema: 'dumpsieve.report/1',
      tool: { name: 'dumpsieve', version: VERSION, ruleset: rulesetOf(options) },
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

/** A finding must tell which rule it is of. */
function refuseShipped(more: readonly RuleSource[]): void {
  if (more.length === 0) return;
  const shipped = new Set(loadShippedRules().rules.map(({ id }) => id));
  const taken = more.find(({ rule }) => shipped.has(rule.id));
  if (taken === undefined) return;
  const message = `${taken.origin}: id ${taken.rule.id}: a rule that comes with dumpsieve has this id`;
  throw new DumpsieveError('BAD_RULES', message);
}

/** `keys-3+credentials-2`: what was looked for. */
function rulesetOf({ credentials }: ScanOptions): string {
  const shipped = credentials?.shipped === false ? [] : [CREDENTIAL_RULESET];
  return [RULESET, ...shipped, ...(credentials?.more?.length ? [OWN_RULES] : [])].join('+');
}

/** No more workers than there is work for: starting one costs more than a small dump. */
async function jobsFor(inputs: readonly Discovered[], { jobs }: ScanOptions, chunkSize: number): Promise<number> {
  const most = jobs ?? defaultJobs();
  let work = 0;
  for (const { path, size } of inputs) {
    if (work >= most) break;
    if (size === undefined) work += 2;
    else if (size > PACKED_WORK && size <= most * chunkSize && (await isPacked(path)))
      work += Math.ceil(size / PACKED_WORK);
    else work += Math.ceil(size / chunkSize);
  }
  return Math.max(1, Math.min(most, work));
}

/** The unpackers are loaded while the workers start, but where they tell how many workers there should be. */
async function isPacked(path: string): Promise<boolean> {
  const { beginsPacked } = await import('./source/unwrap/registry.js');
  return beginsPacked(path);
}

/** Packed bytes that are worth a worker: unpacked they are more, and of an archive each member is a dump. */
const PACKED_WORK = 512 * 1024;

/** As many inputs at a time as there are workers, so that small files keep them busy; reported in order. */
async function scanInputs(inputs: Discovered[], pool: SievePool, options: ScanOptions): Promise<InputReport[]> {
  // The workers have begun to start: what this thread needs for inputs is loaded meanwhile.
  const { scanInput } = await import('./scan-input.js');
  const reports: InputReport[][] = inputs.map(() => []);
  const known = inputs.every(({ size, refused }) => size !== undefined || refused);
  const totalBytes = known ? inputs.reduce((sum, { size }) => sum + (size ?? 0), 0) : undefined;
  const inputOptions = inputOptionsOf(options);
  const gallery = new Gallery();
  let doneBytes = 0;
  let next = 0;
  const lane = async () => {
    while (next < inputs.length) {
      const index = next++;
      const input = inputs[index] as Discovered;
      const scanned = await scanInput(input, pool, inputOptions, (bytes) => {
        doneBytes += bytes;
        options.onProgress?.({ path: input.path, doneBytes, totalBytes });
      });
      gallery.hang(scanned, index);
      reports[index] = scanned;
    }
  };
  await Promise.all(Array.from({ length: pool.workers }, lane));
  return reports.flat();
}

/** What is hunted for decides; what bounds would leave out must not. */
function inputOptionsOf(options: ScanOptions): InputOptions {
  const { signal, hunt, thorough, known, failOn, baseline, unpackLimits, picture } = options;
  const effort = thorough || hunt ? 'thorough' : 'usual';
  const spkis = known?.flatMap(({ spki }) => spki ?? []);
  return { signal, hunt, effort, known: spkis, failOn, baseline, unpackLimits, picture };
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
