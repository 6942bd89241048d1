/**
 * Every sample truncated at many points and with bytes overwritten, through the whole program. Checks of each case: a
 * report and no error, coverage that sums to its bytes, all of the file accounted for, and no "clean" for a dump that lost
 * its end. Checks of the run: bounded memory and time.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { scan } from '../../dist/index.js';

const BATCH = 125;
/** Over what the samples themselves take, and a copy, which this program holds in memory and not the scanner. */
const MAX_RSS = 400 * 1024 * 1024;
const MAX_SECONDS_PER_CASE = 5;

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const { samples } = JSON.parse(readFileSync(path.join(root, 'samples/manifest.json'), 'utf8'));
const originals = samples.map((sample) => {
  const bytes = readFileSync(path.join(root, 'samples', sample.file));
  return { ...sample, bytes: sample.compressed === 'gzip' ? gunzipSync(bytes) : bytes };
});

let state = 0;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
}

/** The mutations: each gives the damaged bytes, and says whether the end of the file is gone. */
const MUTATIONS = {
  truncated: ({ bytes }) => ({ bytes: bytes.subarray(0, below(bytes.length)), cut: true }),
  'truncated early': ({ bytes }) => ({ bytes: bytes.subarray(0, below(4096)), cut: true }),
  'bytes flipped': ({ bytes }) => ({ bytes: flipped(bytes, 1 + below(64), bytes.length) }),
  'headers flipped': ({ bytes }) => ({ bytes: flipped(bytes, 1 + below(16), Math.min(8192, bytes.length)) }),
  'block overwritten': ({ bytes }) => ({ bytes: overwritten(bytes) }),
};

/** One buffer for all copies, so that they do not count as the scanner's memory. */
const WORK = Buffer.alloc(Math.max(...originals.map(({ bytes }) => bytes.length)));

function copyOf(bytes) {
  bytes.copy(WORK);
  return WORK.subarray(0, bytes.length);
}

function flipped(bytes, count, within) {
  const copy = copyOf(bytes);
  for (let i = 0; i < count; i++) copy[below(within)] = [0, 0xff, 0x7f, 0x80, below(256)][below(5)];
  return copy;
}

function overwritten(bytes) {
  const copy = copyOf(bytes);
  const at = below(copy.length);
  copy.fill([0, 0xff, 0x41][below(3)], at, Math.min(copy.length, at + below(65_536)));
  return copy;
}

function problemOf(input, { sample, cut, size }) {
  const { coverage, verdict } = input;
  const skipped = coverage.skipped.reduce((sum, part) => sum + part.length, 0);
  if (verdict === 'error') return `verdict error: ${input.warnings.map((warning) => warning.code)}`;
  if (coverage.scanned + coverage.holes + skipped !== coverage.bytes) return 'coverage does not sum';
  if (input.size !== size) return 'size is wrong';
  if (coverage.scanned > size) return 'more scanned than there is';
  // What is cut before its magic is complete is raw bytes like any other file.
  const mapped = input.format === sample.format && sample.format !== 'raw';
  if (cut && mapped && verdict === 'clean') return 'clean, and its end is missing';
  return undefined;
}

/** A table and the problems. */
export async function fuzzProgram({ cases: CASES, seed }) {
  state = seed >>> 0;
  const folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-fuzz-'));
  const tally = new Map(
    Object.keys(MUTATIONS).map((name) => [name, { cases: 0, bad: 0, findings: 0, incomplete: 0, clean: 0 }]),
  );
  const problems = [];
  const before = process.memoryUsage.rss();
  let peak = 0;
  let slowest = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const started = performance.now();
  try {
    for (let done = 0; done < CASES; done += BATCH) {
      mkdirSync(path.join(folder, String(done)));
      const cases = Array.from({ length: Math.min(BATCH, CASES - done) }, (_, i) => {
        const sample = originals[(done + i) % originals.length];
        const kind = Object.keys(MUTATIONS)[Math.floor((done + i) / originals.length) % Object.keys(MUTATIONS).length];
        const { bytes, cut = false } = MUTATIONS[kind](sample);
        const file = path.join(folder, String(done), `${i}`);
        writeFileSync(file, bytes);
        return { sample, kind, cut, size: bytes.length, file, number: done + i };
      });
      const before = performance.now();
      const report = await scan({ targets: cases.map(({ file }) => file), jobs: 2 });
      slowest = Math.max(slowest, (performance.now() - before) / 1000 / cases.length);
      for (const [i, one] of cases.entries()) {
        const row = tally.get(one.kind);
        row.cases++;
        row[report.inputs[i].verdict]++;
        const problem = problemOf(report.inputs[i], one);
        if (problem === undefined) continue;
        row.bad++;
        problems.push(`case ${one.number} (${one.sample.file}, ${one.kind}): ${problem}`);
      }
      rmSync(path.join(folder, String(done)), { recursive: true });
    }
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }

  if (peak - before > MAX_RSS)
    problems.push(`peak memory ${Math.round((peak - before) / 1048576)} MiB over the samples`);
  if (slowest > MAX_SECONDS_PER_CASE) problems.push(`a batch took ${slowest.toFixed(1)} s a case`);
  const lines = [
    `| mutation | cases | findings | incomplete | clean | bad |`,
    `| --- | --: | --: | --: | --: | --: |`,
    ...[...tally].map(
      ([name, row]) => `| ${name} | ${row.cases} | ${row.findings} | ${row.incomplete} | ${row.clean} | ${row.bad} |`,
    ),
    '',
    `${CASES} cases, seed ${seed}, ${samples.length} samples, ${((performance.now() - started) / 1000).toFixed(0)} s, ` +
      `peak memory ${Math.round((peak - before) / 1048576)} MiB over the samples' ${Math.round(before / 1048576)}, ${problems.length} problems`,
  ];
  return { lines, problems };
}
