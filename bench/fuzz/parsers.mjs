/** Runs the cases of parsers one after the other, watches for hangs and memory, and gives a table. */
import { Worker } from 'node:worker_threads';
import { TARGETS } from './seeds.mjs';

/** Seconds without any progress, on a busy machine. */
const HANG = 120;
/** Over what the thread starts with: files, a copy of one, a scan's slots, the largest dictionaries. */
const MAX_RSS = 700 * 1024 * 1024;

function runOne(name, { seed, seconds, single }) {
  const shared = new SharedArrayBuffer(8);
  const under = new Int32Array(shared);
  const before = process.memoryUsage.rss();
  const worker = new Worker(new URL('worker.mjs', import.meta.url), {
    workerData: { name, seed, seconds, single, shared },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  let [peak, seen, since] = [before, -1, performance.now()];
  return new Promise((resolve) => {
    const end = (result) => {
      clearInterval(watch);
      resolve({ ...result, peak: peak - before });
    };
    const failed = (problem) => end({ tally: undefined, problems: [{ number: Atomics.load(under, 0), problem }] });
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
      const count = Atomics.load(under, 1);
      if (count !== seen) [seen, since] = [count, performance.now()];
      else if (performance.now() - since > HANG * 1000) worker.terminate().then(() => failed(`no end after ${HANG} s`));
    }, 50);
    worker.on('message', end);
    worker.on('error', (error) => failed(`the thread died: ${error.stack ?? error}`));
  });
}

/** Rows of a table, and problems as lines that tell how to make the case again. */
export async function fuzzParsers({ only, seed, seconds, single }) {
  const names = only ? only.split(',') : Object.keys(TARGETS);
  const unknown = names.filter((name) => !(name in TARGETS));
  if (unknown.length > 0) throw new Error(`no parser ${unknown}; there are ${Object.keys(TARGETS).join(', ')}`);
  const [rows, problems] = [[], []];
  for (const name of names) {
    const result = await runOne(name, { seed, seconds, single });
    if (result.peak > MAX_RSS)
      result.problems.push({ number: '?', problem: `memory grew by ${mebibytes(result.peak)} MiB` });
    const { cases = 0, scans = 0, slowest = 0, kinds = {} } = result.tally ?? {};
    const row = [
      name,
      cases,
      kinds.truncated ?? 0,
      scans,
      slowest.toFixed(2),
      mebibytes(result.peak),
      result.problems.length,
    ];
    rows.push(`| ${row.join(' | ')} |`);
    console.log(rows.at(-1));
    for (const { number, file, recipe, problem } of result.problems) {
      problems.push(`--only ${name} --seed ${seed} --case ${number} (${file}: ${recipe}): ${problem}`);
    }
    for (const problem of problems.slice(-Math.min(5, result.problems.length), problems.length))
      if (result.problems.length) console.log(`  ${problem}`);
  }
  const head = [
    '| parser | cases | of these truncated | whole scans | slowest case, s of CPU | memory, MiB | problems |',
    '| --- | --: | --: | --: | --: | --: | --: |',
  ];
  return { lines: [...head, ...rows], problems };
}

const mebibytes = (bytes) => Math.round(bytes / 1048576);
