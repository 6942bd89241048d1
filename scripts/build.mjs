/**
 * Builds dist/: TypeScript, bundles of its entries, which start faster than hundreds of files, the WebAssembly kernel and
 * its tables, and the kernels of public points with theirs.
 * `--if-missing` leaves a build that is there alone.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIELDS, fieldSource } from './field-source.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (script, ...args) =>
  execFileSync(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });

const outputs = [
  'dist/sieve/kernel.wasm',
  'dist/sieve/tables.bin',
  'dist/rules.json',
  'dist/relate/points-Curve25519.bin',
];
const isBuilt = outputs.every((file) => existsSync(path.join(root, file)));
if (process.argv.includes('--if-missing') && isBuilt) process.exit(0);
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'tsconfig.json');
const { rolldown } = await import('rolldown');
const entries = { cli: 'cli/main.js', worker: 'worker.js', index: 'index.js' };
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(root, 'dist', file)])),
  platform: 'node',
  // Dependencies stay as they are installed.
  external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  logLevel: 'warn',
});
await bundle.write({
  dir: path.join(root, 'dist/bundle'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  sourcemap: true,
});
run(
  'assemblyscript/bin/asc.js',
  'src/sieve/kernel/index.ts',
  ...['--outFile', 'dist/sieve/kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory'],
  ...['--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '64'],
);
const { main: compile } = await import('assemblyscript/asc');
for (const [curve, field] of Object.entries(FIELDS)) {
  const { error, stderr } = await compile(
    [
      ...['src/relate/kernel/index.ts', '--outFile', `dist/relate/points-${curve}.wasm`],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--memoryBase', '64'],
    ],
    {
      // The one module that is no file: it is written for each curve.
      readFile: (name, base) => {
        if (name === 'src/relate/kernel/field.ts') return fieldSource(field);
        const file = path.resolve(base, name);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      },
      writeFile: (name, contents, base) => writeFileSync(path.resolve(base, name), contents),
      listFiles: () => [],
      baseDir: root,
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
}
const { digestOf, makeTable } = await import('../dist/relate/point-kernel.js');
for (const curve of Object.keys(FIELDS)) {
  const file = path.join(root, `dist/relate/points-${curve}`);
  const module = readFileSync(`${file}.wasm`);
  const table = makeTable(curve, module);
  writeFileSync(`${file}.bin`, Buffer.concat([digestOf(curve, module, table), table]));
}
chmodSync(path.join(root, 'dist/bundle/cli.js'), 0o755);
await buildRules();

/** rules/*.yml as one file that loads in milliseconds, and the sieve's tables: no worker reads YAML or fills buckets. */
async function buildRules() {
  const { readRuleFiles } = await import('../dist/source/rule-files.js');
  const { parseRuleFiles } = await import('../dist/detect/credentials/rule-set.js');
  const { makeExample } = await import('../dist/detect/credentials/examples.js');
  const { credentialDetector } = await import('../dist/detect/credentials/detector.js');
  const { DETECTORS } = await import('../dist/detect/registry.js');
  const { digestOf, encodeTables, sieveEntries } = await import('../dist/sieve/tables.js');
  const sources = parseRuleFiles(readRuleFiles(path.join(root, 'rules')));
  // Fingerprints of what people choose cost milliseconds each: of those rules one, for each way to find them.
  const slow = ['generic-password', 'postgresql-url', 'environment-secret', 'http-session-cookie'];
  const tested = sources.filter(({ rule }) => !rule.guessable || slow.includes(rule.id));
  const specimens = tested.map(({ rule, positive }) => [
    rule.id,
    Buffer.from(makeExample(positive[0], rule.id), 'latin1').toString('base64'),
  ]);
  const rules = sources.map(({ rule }) => rule);
  const { anchors } = credentialDetector(rules);
  const tags = anchors.map(({ tag }) => tag);
  const writeRules = (fingerprints) =>
    writeFileSync(path.join(root, 'dist/rules.json'), JSON.stringify({ rules, tags, specimens, fingerprints }));
  writeRules([]);
  const keys = DETECTORS.flatMap((detector) => detector.anchors);
  const write = (name, all) => {
    const bytes = Buffer.concat([Buffer.from(digestOf(keys)), encodeTables(sieveEntries(all))]);
    writeFileSync(path.join(root, 'dist/sieve', name), bytes);
  };
  write('tables.bin', [...keys, ...anchors]);
  write('tables-keys.bin', keys);
  writeRules(await specimenFingerprints());
}

/** The slow fingerprints of the specimens' secrets, by a self-test, which must pass. */
async function specimenFingerprints() {
  const { rememberedFingerprints } = await import('../dist/detect/judge.js');
  const { Scanner } = await import('../dist/sieve/scanner.js');
  const { runSelfTest } = await import('../dist/selftest/run.js');
  const credentials = { shipped: true, more: [] };
  const scanner = await Scanner.create('auto', credentials);
  for (const part of ['encoded', 'tokens']) {
    const { missed } = await runSelfTest(scanner, credentials, part);
    if (missed.length > 0) throw new Error(`the self-test misses ${missed.join(', ')}`);
  }
  return rememberedFingerprints();
}
