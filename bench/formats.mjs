/**
 * `npm run formats`: for each dump format and each wrapper a file that another program wrote, with a throwaway key inside:
 * whether the key is found by the SPKI that openssl tells, at a place that another program confirms (formats/confirm.py),
 * with every byte accounted for; whether a wrapped dump gives the findings of the plain one; how fast wrappers are
 * unpacked, and what extremes cost. Files are made by formats/make.sh, which says what it needs; what is absent is told.
 *
 *   npm run formats                         files in bench/data/formats, made when they are not there
 *   npm run formats -- --data DIR           files of make.sh elsewhere
 *   npm run formats -- --only dumps,wrapped rows of some tables anew; those of the others are kept from the run before
 *   npm run formats -- --match kdump        rows whose file has this in its name anew
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DUMPS, EXTREMES, LARGE, PLAIN, WRAPPED } from './formats/rows.mjs';
import { tables } from './formats/tables.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(here, 'data', 'formats') },
    only: { type: 'string', default: 'dumps,wrapped,large,extremes' },
    match: { type: 'string', default: '' },
  },
});
const data = path.resolve(values.data);
const python = process.env.PYTHON ?? 'python3';
const cli = path.join(here, '..', 'dist', 'cli', 'main.js');
if (!existsSync(data)) {
  mkdirSync(data, { recursive: true });
  execFileSync('bash', [path.join(here, 'formats', 'make.sh'), data], { stdio: 'inherit' });
}
/** Each table's rows are kept for themselves: tables can be made side by side. */
const store = (group) => path.join(data, `results-${group}.json`);
const kept = (group) => (existsSync(store(group)) ? JSON.parse(readFileSync(store(group), 'utf8')) : {});
const file = (name) => path.join(data, name);
const clock = path.join(tmpdir(), `dumpsieve-formats-${process.pid}`);

/** Output of a command, and its seconds, processor seconds and peak in MiB. */
function timed(command, ...args) {
  const run = spawnSync('/usr/bin/time', ['-o', clock, '-f', '%e %U %S %M', command, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  return { stdout: run.stdout, ...cost() };
}

function cost() {
  // Time writes a line of its own where the exit code is not 0.
  const [wall, user, system, peak] = readFileSync(clock, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, peak: Math.round(peak / 1024) };
}

function scanned(name) {
  const { stdout, ...rest } = timed(
    process.execPath,
    cli,
    'scan',
    '-f',
    'json',
    '--no-progress',
    '--jobs',
    '2',
    file(name),
  );
  return { ...rest, inputs: JSON.parse(stdout).inputs };
}

const spki = (key) => {
  const der = execFileSync('openssl', ['pkey', '-in', file(key), '-pubout', '-outform', 'DER']);
  return execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der }).toString().slice(0, 64);
};

const sums = ({ coverage: { bytes, scanned, holes, skipped } }) =>
  scanned + holes + skipped.reduce((sum, { length }) => sum + length, 0) === bytes;

/** Scans a dump, finds its key among the findings, and has another program look. */
function dump(row) {
  const { inputs, ...rest } = scanned(row.file);
  const [input] = inputs;
  const finding = input.findings.find(({ key }) => key?.spkiSha256 === spki(row.key));
  // Places that tell a process first.
  const locations = [...(finding?.locations ?? [])].sort(
    (a, b) => Number(b.process !== undefined) - Number(a.process !== undefined),
  );
  const wanted = ['raw', 'log', 'registers'].filter((name) => row[name]);
  const question = {
    how: row.how,
    file: file(row.asked ?? row.file),
    key: file(row.key),
    locations,
    ...Object.fromEntries(wanted.map((name) => [name, file(row[name])])),
  };
  const asked = spawnSync(python, [path.join(here, 'formats', 'confirm.py')], {
    input: JSON.stringify(question),
    encoding: 'utf8',
  });
  const confirmed =
    asked.status === 0
      ? JSON.parse(asked.stdout)
      : { ok: false, by: asked.stderr.trim().split('\n').at(-1), place: '' };
  return {
    ...rest,
    format: input.format,
    size: statSync(file(row.file)).size,
    verdict: input.verdict,
    found: finding?.confidence ?? 'MISSED',
    process: locations.find(({ process }) => process)?.process,
    object: locations.find(({ object }) => object)?.object,
    address: locations.find(({ process }) => process)?.address,
    sums: sums(input),
    confirmed,
    good:
      finding !== undefined &&
      confirmed.ok &&
      sums(input) &&
      input.format === row.format &&
      (!row.process || locations.some(({ process }) => process?.includes(row.process))),
  };
}

/** What must be the same in each wrapper. */
const signature = (inputs) =>
  JSON.stringify(
    inputs
      .flatMap(({ findings }) => findings)
      .map(({ id, locations }) => [
        id,
        locations.map(({ part, offset, length, address, region }) => [part, offset, length, address, region]),
      ]),
  );

function wrapped(row) {
  const plain = signature(scanned(PLAIN).inputs);
  const { inputs, ...rest } = scanned(row.file);
  const inner = inputs.find(({ findings }) => findings.length > 0) ?? inputs[0];
  const same = signature(inputs) === plain;
  const incomplete = inputs.some(({ warnings }) => warnings.some((warning) => warning.incomplete));
  const good = row.refused
    ? inputs[0].verdict === 'incomplete'
    : same && inner.wrappers.join(', ') === row.wrappers && !incomplete;
  return {
    ...rest,
    wrappers: inner.wrappers.join(', '),
    size: statSync(file(row.file)).size,
    verdict: inner.verdict,
    same,
    sums: inputs.every(sums),
    good: good && inputs.every(sums),
  };
}

function large(name) {
  const { stdout, ...rest } = timed(process.execPath, path.join(here, 'formats', 'unpack.mjs'), file(name));
  return { ...rest, ...JSON.parse(stdout), size: statSync(file(name)).size };
}

function extreme(row) {
  if (row.file) {
    const { inputs, ...rest } = scanned(row.file);
    return { ...rest, ...told(inputs), size: statSync(file(row.file)).size };
  }
  const { stdout } = spawnSync(
    process.execPath,
    [path.join(here, 'formats', 'endless.mjs'), String(row.endless), clock],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  return { ...told(JSON.parse(stdout).inputs), ...cost() };
}

function told(inputs) {
  const codes = [
    ...new Set(
      inputs.flatMap(({ warnings }) => warnings.filter(({ incomplete }) => incomplete).map(({ code }) => code)),
    ),
  ];
  const skipped = inputs.flatMap(({ coverage }) => coverage.skipped);
  const keys = inputs.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'critical').length;
  return {
    verdict: inputs[0].verdict,
    reports: inputs.length,
    codes,
    skipped: skipped.length,
    keys,
    bytes: inputs.reduce((sum, { coverage }) => sum + coverage.scanned, 0),
    sums: inputs.every(sums),
  };
}

const results = {};
const GROUPS = {
  dumps: [DUMPS, (row) => row.file, dump],
  wrapped: [WRAPPED, (row) => row.file, wrapped],
  large: [LARGE, (row) => row, large],
  extremes: [EXTREMES, (row) => row.name, extreme],
};
for (const group of values.only.split(',')) {
  const [rows, nameOf, run] = GROUPS[group];
  results[group] = kept(group);
  for (const row of rows) {
    const name = nameOf(row);
    if (!name.includes(values.match)) continue;
    const needed = row.file ?? (typeof row === 'string' ? row : undefined);
    if (needed && !existsSync(file(needed))) {
      console.log(`not there: ${needed}`);
      continue;
    }
    try {
      results[group][name] = run(row);
    } catch (error) {
      results[group][name] = { failed: error.message.split('\n')[0], good: false };
    }
    const { good, wall, failed } = results[group][name];
    console.log(`${group} ${name}: ${failed ?? (good === false ? 'NOT AS EXPECTED' : 'as expected')}, ${wall} s`);
    writeFileSync(store(group), JSON.stringify(results[group], undefined, 1));
  }
}

for (const group of Object.keys(GROUPS)) results[group] = kept(group);
const text = tables(
  results,
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0].model.trim()}, 2 workers; other work was running beside it.`,
);
process.stdout.write(text);
const stamp = new Date().toISOString().slice(0, 10);
writeFileSync(path.join(here, 'results', `${stamp}-formats.md`), `# Formats and wrappers, ${stamp}\n\n${text}`);
const bad = Object.values(results)
  .flatMap((rows) => Object.values(rows))
  .filter(({ good, sums }) => good === false || sums === false);
process.exitCode = bad.length > 0 ? 1 : 0;
