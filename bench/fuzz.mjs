/**
 * `npm run fuzz`: damaged input. First each parser and unpacker through its own entry points, and a share of its cases
 * through the whole program (fuzz/parsers.mjs); then the samples through the whole program (fuzz/program.mjs).
 *
 *   npm run fuzz -- --seconds 60              longer for each parser; 10 when absent
 *   npm run fuzz -- --only zip,cab            these parsers alone, and not the samples
 *   npm run fuzz -- --only zip --case 17      one case again, as a problem's line tells it
 *   npm run fuzz -- --seed 2 --cases 20000    other damage; more of the samples
 *
 * A problem is told by the numbers that make its file again, never by bytes.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzzParsers } from './fuzz/parsers.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    case: { type: 'string' },
    cases: { type: 'string', default: '5000' },
  },
});
const [seed, seconds] = [Number(values.seed), Number(values.seconds)];
const single = values.case === undefined ? undefined : Number(values.case);

const parsers = await fuzzParsers({ only: values.only, seed, seconds, single });
const problems = [...parsers.problems];
const lines = [
  '## Parsers and unpackers',
  '',
  ...parsers.lines,
  '',
  `${seconds} s each, seed ${seed}, ${problems.length} problems`,
];
const write = resultFile();
write(lines);
if (values.only === undefined) {
  // It reads its samples when it is loaded, and measures memory from then on.
  const { fuzzProgram } = await import('./fuzz/program.mjs');
  const program = await fuzzProgram({ cases: Number(values.cases), seed });
  problems.push(...program.problems);
  console.log(program.lines.join('\n'));
  write([...lines, '', '## The whole program', '', ...program.lines]);
}
for (const problem of problems.slice(0, 40)) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** One of the same day is kept: the next has a number. Of some parsers alone nothing is kept. */
function resultFile() {
  if (values.only !== undefined) return () => {};
  const stamp = new Date().toISOString().slice(0, 10);
  const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');
  let name = `${stamp}-fuzz.md`;
  for (let i = 2; existsSync(path.join(folder, name)); i++) name = `${stamp}-fuzz-${i}.md`;
  return (text) => writeFileSync(path.join(folder, name), `# Damaged input, ${stamp}\n\n${text.join('\n')}\n`);
}
