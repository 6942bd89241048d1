/** One dump, whatever it came out of: map → sieve → merge → name → account → verdict. */
import { readDumpMap } from './dump/detect.js';
import { holeBytes, RegionIndex, seams } from './dump/map.js';
import { type PagedDump, type PagedFormat, pagedFormatOf } from './dump/paged.js';
import { pictureOf } from './dump/picture.js';
import { readWholeMap } from './dump/whole-map.js';
import { BoundsError, FormatError } from './errors.js';
import { attributeFindings, placeInSpaces } from './findings/attribute.js';
import { applyBaseline, type Baseline } from './findings/baseline.js';
import { accountFor } from './findings/coverage.js';
import { mergeFindings } from './findings/merge.js';
import { nameCertificates } from './findings/name.js';
import { hasDetail } from './findings/urgency.js';
import { DEFAULT_FAIL_ON, verdictOf } from './findings/verdict.js';
import { Lanes } from './sieve/lanes.js';
import type { SievePool } from './sieve/pool.js';
import { type Sieved, sieveFile, sieveStream } from './sieve/run.js';
import type { RunOptions } from './sieve/tally.js';
import { bytesReader, fileReader } from './source/open.js';
import { type Chunks, fileChunks, type RandomBytes, readerOf } from './source/unwrap/chunks.js';
import { hold, MAX_HELD } from './source/unwrap/held.js';
import type { Unpacked } from './source/unwrap/unwrap.js';
import type { DumpMap, InputReport, Severity, Skipped, Warning } from './types.js';

/** Under which name a dump is reported. */
export interface Named {
  readonly path: string;
  readonly file?: string;
  readonly wrappers: readonly string[];
  readonly container?: string;
}

export interface Judging {
  readonly failOn?: Severity;
  readonly baseline?: Baseline;
}

/** What was scanned, and how to read it once more. */
export interface Scanned extends Sieved {
  readonly again?: () => Chunks;
}

/** A file that nothing wraps: its windows are read by the workers themselves. */
export async function scanPlainFile(fd: number, size: number, pool: SievePool, run: RunOptions): Promise<Scanned> {
  const map = readDumpMap(fileReader(fd, size), size);
  const sieved = await sieveFile({ fd, size }, map, seams(map), pool, run);
  return { ...sieved, again: () => fileChunks(fd, size) };
}

/** Bytes that come from the front: unpacked ones, or a pipe's. */
export async function scanStream(
  { chunks, again, random }: Pick<Unpacked, 'chunks' | 'again' | 'random'>,
  pool: SievePool,
  run: RunOptions,
): Promise<Scanned> {
  const readMap = async (window: Uint8Array, size: number | undefined): Promise<DumpMap> => {
    const map = readDumpMap(bytesReader(window), size);
    const isPart = map.warnings.some(({ code }) => code === 'MAP_PREFIX_ONLY');
    return isPart && again ? readWholeMap(window, again) : map;
  };
  return { ...(await sieveStream({ reader: readerOf(chunks), again, random, readMap }, pool, run)), again };
}

/** A dump that is ready to be scanned: put together where its memory has to be, otherwise as it stands. */
export interface Opened {
  readonly paged?: PagedDump;
  /** Where it is not put together. */
  readonly chunks: Chunks;
  /** Overwrites what is held in memory, once the dump and its attributions have been read. */
  release(): void;
}

/**
 * Opens a dump whose memory has to be put together, if `head` is that of one; of a stream, what gives random access is
 * held in memory, in the lane of `holding` until it is released. Where its headers cannot be read, or a stream is too
 * long, it is scanned as it stands, with the remark.
 */
export async function openDump(
  { head, chunks, random }: Pick<Unpacked, 'head' | 'chunks' | 'random'>,
  remark: (warning: Warning) => void,
  holding = new Lanes(1),
): Promise<Opened> {
  const format = pagedFormatOf(head);
  if (format === undefined) return { chunks, release: () => {} };
  if (random) return openPaged(format, random, { chunks, release: () => {} }, remark);
  await holding.take();
  let kept: Awaited<ReturnType<typeof hold>> | undefined;
  const release = () => {
    if (kept && 'held' in kept) kept.held.wipe();
    holding.give();
  };
  try {
    kept = await hold(chunks, MAX_HELD);
    if ('held' in kept) return await openPaged(format, kept.held, { chunks: kept.held.chunks(), release }, remark);
  } catch (error) {
    release();
    throw error;
  }
  refuse(
    format,
    remark,
    `needs random access, and of a stream only ${MAX_HELD} bytes are held (scan the unpacked file)`,
  );
  return { chunks: kept.chunks, release };
}

async function openPaged(
  format: PagedFormat,
  file: RandomBytes,
  opened: Opened,
  remark: (warning: Warning) => void,
): Promise<Opened> {
  try {
    return { ...opened, paged: await format.open(file) };
  } catch (error) {
    if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
    refuse(format, remark, `cannot be read (${error.message})`);
    return opened;
  }
}

function refuse(format: PagedFormat, remark: (warning: Warning) => void, why: string): void {
  remark({ code: 'FORMAT_NOT_MAPPED', message: `${format.name} ${why}: scanned as raw bytes`, incomplete: true });
}

export async function scanPaged(dump: PagedDump, pool: SievePool, run: RunOptions): Promise<Scanned> {
  const skipped: Skipped[] = [];
  const warnings: Warning[] = [];
  const remarks = {
    remark: (warning: Warning) => warnings.push(warning),
    unread: (span: { offset: number; length: number }, reason: string) => skipped.push({ ...span, reason }),
  };
  const again = () => dump.chunks({ remark: () => {}, unread: () => {} });
  const reader = readerOf(dump.chunks(remarks));
  const random = { size: dump.size, read: dump.read.bind(dump) };
  const readMap = () => Promise.resolve(dump.map);
  const sieved = await sieveStream({ reader, again, random, readMap }, pool, run);
  return {
    ...sieved,
    again,
    skipped: [...sieved.skipped, ...skipped],
    warnings: [...sieved.warnings, ...warnings],
  };
}

/** From what the sieve found to the report: merge, name, attribute, account, judge. */
export async function reportOn(
  scanned: Scanned,
  { path, file, wrappers, container }: Named,
  { failOn, baseline }: Judging,
): Promise<InputReport> {
  const { map, size } = scanned;
  // ── merge, name ──
  const certificates = await nameCertificates(scanned.detections, scanned.certificates);
  const merged = mergeFindings(scanned.detections, new RegionIndex(map), certificates, container);
  const named = placeInSpaces(await attributeFindings(merged, map, scanned.again), scanned.spaces);
  const today = new Date().toISOString().slice(0, 10);
  const { findings, warnings: waived } = applyBaseline(named, baseline ?? { waivers: [] }, today);
  // ── account, judge ──
  const coverage = accountFor(size, map.declaredSize, holeBytes(map), scanned.skipped);
  const warnings = [...map.warnings, ...scanned.warnings, ...waived];
  const verdict = verdictOf(findings, coverage, warnings, failOn ?? DEFAULT_FAIL_ON);
  const report: InputReport = {
    path,
    ...(file !== undefined && { file }),
    size,
    format: map.format,
    wrappers,
    verdict,
    coverage,
    findings,
    warnings,
  };
  if (scanned.entropy === undefined || !hasDetail(report)) return report;
  return { ...report, picture: pictureOf(map, size, scanned.entropy) };
}
