/**
 * The cases of one parser, in a thread of its own, so that one that hangs can be ended and named. `shared` says which case
 * is under way; messages carry problems in the end.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { scan } from '../../dist/index.js';
import { CHECKS, formatOf } from './checks.mjs';
import { damage } from './mutations.mjs';
import { Random } from './random.mjs';
import { TARGETS } from './seeds.mjs';

const { name, seed, seconds, single, shared } = workerData;
const under = new Int32Array(shared);
/** Seconds of processor time, generous: the slowest decoders take 0.1 s for these files. */
const MOST_CPU = 8;
/** Part of the time that goes into whole scans, and inputs of one of them. */
const SCANNING = 0.3;
const BATCH = 24;

const [kind, load] = TARGETS[name];
const originals = (await load()).map((original) => ({ ...original, format: formatOf(original) }));
const problems = [];
const tally = { cases: 0, scans: 0, slowest: 0, kinds: {} };

function make(number) {
  const random = new Random(seed, number);
  const original = originals[number % originals.length];
  return { original, random, damaged: damage(original.bytes, random) };
}

function report(number, { original, damaged }, problem) {
  problems.push({ number, file: original.name, recipe: damaged.recipe, problem: String(problem).slice(0, 600) });
}

async function check(number) {
  const one = make(number);
  const before = process.cpuUsage();
  Atomics.store(under, 0, number);
  Atomics.add(under, 1, 1);
  try {
    const problem = await CHECKS[kind](one.damaged, one.original, one.random);
    if (problem) report(number, one, problem);
  } catch (error) {
    report(number, one, error instanceof Error ? error.stack : error);
  }
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1e6;
  if (took > MOST_CPU) report(number, one, `${took.toFixed(1)} s of processor time`);
  tally.slowest = Math.max(tally.slowest, took);
  tally.cases++;
  tally.kinds[one.damaged.kind] = (tally.kinds[one.damaged.kind] ?? 0) + 1;
}

/** The whole program: nothing thrown, coverage sums, the end's absence is told. */
async function scanBatch(first, count) {
  const folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-fuzz-'));
  try {
    const cases = Array.from({ length: count }, (_, i) => {
      const one = make(first + i);
      const file = path.join(folder, `${i}`.padStart(3, '0'), 'input');
      mkdirSync(path.dirname(file));
      writeFileSync(file, one.damaged.bytes);
      return { ...one, number: first + i, file };
    });
    Atomics.store(under, 0, first);
    Atomics.add(under, 1, 1);
    const limits = { most: 64 << 20, ratio: 1000, allowance: 16 << 20 };
    const { inputs } = await scan({ targets: cases.map(({ file }) => file), jobs: 1, unpackLimits: limits });
    for (const one of cases) {
      const its = inputs.filter(({ path: at, file }) => (file ?? at) === one.file);
      const problem = its.length === 0 ? 'no report' : its.map((input) => problemOfInput(input)).find(Boolean);
      if (problem) report(one.number, one, `whole scan: ${problem}`);
      else if (cutUntold(one, its)) report(one.number, one, 'whole scan: clean, and its end is missing');
      tally.scans++;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemOfInput({ coverage, verdict, warnings }) {
  if (verdict === 'error') return `error ${warnings.map(({ code, message }) => `${code} ${message}`).join(', ')}`;
  const skipped = coverage.skipped.reduce((sum, { length }) => sum + length, 0);
  if (coverage.scanned + coverage.holes + skipped !== coverage.bytes) return 'coverage does not sum';
  return coverage.scanned < 0 || coverage.skipped.some(({ length }) => length <= 0) ? 'negative coverage' : undefined;
}

/** For dumps only: of packed files the check before knows where an end cannot be missed. */
function cutUntold({ damaged, original }, [input]) {
  const dump = kind === 'map' || kind === 'paged';
  return dump && damaged.cut && input.format === original.format && input.verdict === 'clean';
}

if (single !== undefined) {
  await check(single);
  await scanBatch(single, 1);
} else {
  const end = performance.now() + seconds * 1000;
  let scanned = 0;
  for (let number = 0; performance.now() < end; ) {
    const from = performance.now();
    // A stretch of checks, then some of its cases through the whole program.
    const first = number;
    const until = Math.min(end, from + Math.max(1000, (scanned * (1 - SCANNING)) / SCANNING));
    while (performance.now() < until) await check(number++);
    const before = performance.now();
    if (number > first) await scanBatch(Math.max(first, number - BATCH), Math.min(BATCH, number - first));
    scanned = performance.now() - before;
  }
}
parentPort.postMessage({ problems, tally });
