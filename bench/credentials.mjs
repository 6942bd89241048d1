/**
 * `npm run credentials`: real programs with throwaway credentials in their environment, HTTP traffic, connection strings and
 * configuration, dumped; which of them dumpsieve finds, and which gitleaks finds in what `strings` makes of the same dump.
 * What is there to be found is told by an exact search for the planted text; found is what a place of a finding overlaps.
 *
 * Needs root, Debian's gdb, curl, nginx-light, postgresql, default-jdk-headless, python3; for the comparison binutils and
 * gitleaks (GITLEAKS=…, else from the path). `npm run credentials -- python curl`: only these.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdingServer, PROGRAMS } from './credentials/programs.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const cli = path.join(here, '..', 'dist', 'bundle', 'cli.js');
const gitleaks = process.env.GITLEAKS ?? 'gitleaks';
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PROGRAMS);
const run = (command, args, options) =>
  spawnSync(command, args, { encoding: 'latin1', maxBuffer: 1 << 30, ...options });
const hasGitleaks = run(gitleaks, ['version']).status === 0;

/** Private and anonymous memory, and the first pages of mapped files, as a crash would write it. */
function dump(pid, file) {
  writeFileSync(`/proc/${pid}/coredump_filter`, '0x33');
  const steps = ['-ex', 'set use-coredump-filter on', '-p', String(pid), '-ex', `gcore ${file}`];
  run('gdb', ['-q', '-batch', '-nx', '-iex', 'set auto-load off', ...steps]);
  if (!existsSync(file)) throw new Error(`no dump of ${pid}`);
  // Large ones are reservations, mostly.
  if (statSync(file).size > 300e6) run('python3', [path.join(here, 'matrix', 'trim.py'), file]);
}

/** Offsets of the text, in bytes and as UTF-16. */
function placesOf(bytes, text) {
  return [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')].flatMap((needle) => {
    const places = [];
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      places.push({ from: at, to: at + needle.length });
    }
    return places;
  });
}

function byDumpsieve(file, bytes, plants) {
  const { inputs } = JSON.parse(run(process.execPath, [cli, 'scan', '-f', 'json', '--no-progress', file]).stdout);
  const findings = inputs[0].findings;
  const holds = ({ locations }, { from, to }) =>
    locations.some(({ offset, length }) => offset < to && offset + length > from);
  const answers = plants.map(([, text]) => {
    const places = placesOf(bytes, text);
    const [best] = findings.filter((finding) => places.some((place) => holds(finding, place)));
    return { places: places.length, best };
  });
  const expected = new Set(answers.flatMap(({ best }) => best?.id ?? []));
  return { answers, others: findings.filter(({ id }) => !expected.has(id)) };
}

/** All texts of four characters and more, in bytes and as UTF-16, as an analyst would make them. */
function byGitleaks(file, work, plants) {
  if (!hasGitleaks) return undefined;
  const text = path.join(work, 'strings.txt');
  const report = path.join(work, 'gitleaks.json');
  writeFileSync(text, run('strings', ['-a', file]).stdout + run('strings', ['-a', '-el', file]).stdout, 'latin1');
  run(gitleaks, [
    'dir',
    text,
    '-r',
    report,
    '-f',
    'json',
    '--no-banner',
    '--max-target-megabytes',
    '4000',
    '--exit-code',
    '0',
  ]);
  const secrets = JSON.parse(readFileSync(report, 'utf8')).map(({ Secret, Match }) => `${Secret}\n${Match}`);
  const found = plants.map(([, planted]) => secrets.some((secret) => secret.includes(planted)));
  return { found, others: secrets.filter((secret) => !plants.some(([, planted]) => secret.includes(planted))).length };
}

const rows = [];
const totals = [];
for (const name of names) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'credentials-'));
  const server = await holdingServer();
  const file = path.join(work, `${name}.core`);
  const program = await PROGRAMS[name]({ port: server.port, work });
  try {
    dump(program.pid, file);
  } finally {
    program.end();
    server.close();
  }
  const { plants } = program;
  const { answers, others } = byDumpsieve(file, readFileSync(file), plants);
  const text = byGitleaks(file, work, plants);
  plants.forEach(([what], i) => {
    const { places, best } = answers[i];
    const answer = best ? `${best.rule}, ${best.severity}` : places > 0 ? 'MISSED' : 'not there';
    rows.push([name, what, places, answer, text === undefined ? '?' : text.found[i] ? 'found' : 'no']);
  });
  totals.push({ name, size: statSync(file).size, plants, answers, others, text });
  for (const { rule, severity, confidence } of others)
    process.stderr.write(`${name}: also ${rule}, ${severity}, ${confidence}\n`);
  if (process.env.KEEP) process.stderr.write(`${file}\n`);
  else rmSync(work, { recursive: true, force: true });
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const tableOf = (header, body) => [line(header), line(header.map(() => '---')), ...body.map(line)].join('\n');
const count = (list, test) => list.filter(test).length;
const summary = totals.map(({ name, size, plants, answers, others, text }) => [
  name,
  `${(size / 1e6).toFixed(1)} MB`,
  `${count(answers, ({ places }) => places > 0)} of ${plants.length}`,
  count(answers, ({ best }) => best),
  others.length,
  text ? count(text.found, Boolean) : '?',
  text ? text.others : '?',
]);
const text = `# Credentials of real programs

${tableOf(['program', 'dump', 'planted texts in it', 'dumpsieve', 'its other findings', 'gitleaks on strings', 'its other findings'], summary)}

${tableOf(['program', 'planted', 'places', 'dumpsieve', 'gitleaks on strings'], rows)}
`;
process.stdout.write(text);
const day = new Date().toISOString().slice(0, 10);
const results = path.join(here, 'results');
let result = `${day}-contexts.md`;
for (let i = 2; existsSync(path.join(results, result)); i++) result = `${day}-contexts-${i}.md`;
if (names.length === Object.keys(PROGRAMS).length) writeFileSync(path.join(results, result), text);
process.exitCode = rows.some(([, , , answer]) => answer === 'MISSED') ? 1 : 0;
