/**
 * `npm run bench`: times dumpsieve side by side with other tools on the same files, in turns (A B C A B C …) in one run,
 * and prints medians as ratios to `openssl dgst -sha256`, with peak memory. Tools that are not installed are left out
 * and named. Inputs are built once into bench/data (not committed): see inputs.mjs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildInputs } from './inputs.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '7' }, jobs: { type: 'string', default: '2' } },
});
const RUNS = Number(values.runs);
const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(folder);
const cli = path.join(root, 'dist/bundle/cli.js');

/** name, command, and whether it is installed when `command --version` (or `-h`) can be started. */
const TOOLS = [
  { name: 'openssl dgst -sha256', command: (file) => ['openssl', 'dgst', '-sha256', file] },
  { name: 'dumpsieve scan', command: (file) => [process.execPath, cli, 'scan', file, '--jobs', values.jobs] },
  {
    name: 'ripgrep (PEM)',
    command: (file) => ['rg', '-a', '-c', '--no-messages', '-e', '-----BEGIN [A-Z ]*PRIVATE KEY', file],
  },
  { name: 'YARA (PEM + DER)', command: (file) => ['yara', path.join(folder, 'keys.yar'), file] },
  { name: 'rsakeyfind', command: (file) => ['rsakeyfind', file], most: 3 },
  { name: 'aeskeyfind', command: (file) => ['aeskeyfind', '-q', file], most: 1 },
].filter(({ name, command }) => {
  const there = spawnSync('which', [command('')[0]]).status === 0;
  if (!there) console.log(`left out, not installed: ${name}`);
  return there;
});

/** Runs a command to its end: wall seconds, and the largest resident set seen in /proc, in MiB. */
function timeOnce([command, ...args]) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    let peak = 0;
    const sample = () => {
      try {
        const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        if (match) peak = Math.max(peak, Number(match[1]) / 1024);
      } catch {
        // It has ended.
      }
    };
    const timer = setInterval(sample, 10);
    child.on('error', reject);
    child.on('exit', (status) => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - started) / 1000, peak, status });
    });
  });
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const inputs =
  positionals.length > 0 ? positionals.map((file) => ({ name: path.basename(file), file })) : await buildInputs();
const sections = [];
for (const { name, file } of inputs) {
  const runs = new Map(TOOLS.map((tool) => [tool, []]));
  for (let round = 0; round <= RUNS; round++) {
    for (const tool of TOOLS) {
      if (round > (tool.most ?? RUNS)) continue;
      const run = await timeOnce(tool.command(file));
      // Round 0 warms the page cache.
      if (round > 0) runs.get(tool).push(run);
    }
  }
  const base = median(runs.get(TOOLS[0]).map(({ seconds }) => seconds));
  const megabytes = statSync(file).size / 1e6;
  const rows = TOOLS.map((tool) => {
    const seconds = runs.get(tool).map((run) => run.seconds);
    const peak = Math.max(...runs.get(tool).map((run) => run.peak));
    const m = median(seconds);
    const spread = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`;
    return `| ${tool.name} | ${m.toFixed(2)} | ${spread} | ${(m / base).toFixed(2)} × | ${Math.round(megabytes / m)} | ${Math.round(peak)} |`;
  });
  const section = [
    `## ${name}, ${Math.round(megabytes)} MB`,
    '',
    '| tool | median s | range s | to openssl | MB/s | peak MiB |',
    '| --- | --: | --: | --: | --: | --: |',
    ...rows,
    '',
  ].join('\n');
  console.log(section);
  sections.push(section);
}
const stamp = new Date().toISOString().slice(0, 10);
const head = `# Bench, ${stamp}\n\nNode ${process.versions.node}, ${cpus().length} × ${cpus()[0].model.trim()}, ${values.jobs} workers, median of ${RUNS} runs in turns.\n`;
if (positionals.length === 0)
  writeFileSync(path.join(folder, 'results', `${stamp}-bench.md`), `${head}\n${sections.join('\n')}`);
