/** Builds dist/: TypeScript, then the WebAssembly kernel. `--if-missing` leaves a build that is there alone. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (script, ...args) =>
  execFileSync(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });

if (process.argv.includes('--if-missing') && existsSync(path.join(root, 'dist/sieve/kernel.wasm'))) process.exit(0);
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'tsconfig.json');
run(
  'assemblyscript/bin/asc.js',
  'src/sieve/kernel/index.ts',
  ...['--outFile', 'dist/sieve/kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory'],
  ...['--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '64'],
);
chmodSync(path.join(root, 'dist/cli/main.js'), 0o755);
