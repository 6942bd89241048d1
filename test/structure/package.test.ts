/** What is packed for others: all that the program loads from the build. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the package holds each module, table and bundle that the build made', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(packed) as [{ files: ReadonlyArray<{ path: string }> }];
  const names = new Set(files.map((file) => file.path));
  const built = ['dist/sieve', 'dist/relate', 'dist/bundle', 'dist'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((name) => /\.(wasm|bin|json)$/.test(name) || (folder === 'dist/bundle' && name.endsWith('.js')))
      .map((name) => `${folder}/${name}`),
  );
  // Kernels and tables of the sieve and of five curves, the rules, the bundles.
  expect(built.length).toBeGreaterThan(20);
  expect(built.filter((name) => !names.has(name))).toEqual([]);
});
