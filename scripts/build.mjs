/**
 * Builds dist/: TypeScript, bundles of its entries, which start faster than hundreds of files, the WebAssembly kernel and
 * its tables, and the kernels of public points.
 * `--if-missing` leaves a build that is there alone.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FIELDS, fieldSource } from './field-source.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (script, ...args) =>
  execFileSync(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });

if (process.argv.includes('--if-missing') && existsSync(path.join(root, 'dist/sieve/tables.bin'))) process.exit(0);
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
// The tables of the sieve: choosing fingerprints and buckets for a thousand anchors takes longer than scanning a small dump.
const built = (file) => import(pathToFileURL(path.join(root, 'dist', file)).href);
const { DETECTORS } = await built('detect/registry.js');
const { digestOf, encodeTables, sieveEntries } = await built('sieve/tables.js');
const anchors = DETECTORS.flatMap((detector) => detector.anchors);
writeFileSync(
  path.join(root, 'dist/sieve/tables.bin'),
  Buffer.concat([Buffer.from(digestOf(anchors)), encodeTables(sieveEntries(anchors))]),
);
chmodSync(path.join(root, 'dist/bundle/cli.js'), 0o755);
