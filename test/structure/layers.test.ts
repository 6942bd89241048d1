import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Down the data's way: a layer may import from itself and from what stands before it. */
const LAYERS = [
  ['errors', 'key-types', 'types', 'joins', 'picture', 'version', 'jobs', 'artifacts'],
  ['bytes'],
  ['source'],
  ['dump'],
  ['prove'],
  ['detect'],
  ['relate'],
  ['sieve'],
  ['findings'],
  ['scan-dump'],
  ['scan-input'],
  ['selftest'],
  ['worker'],
  ['engine'],
  ['hunt', 'inspect', 'rules'],
  ['report'],
  ['index'],
  ['cli'],
];

const rank = new Map(LAYERS.flatMap((names, index) => names.map((name) => [name, index] as const)));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.split(path.sep).includes('kernel'),
);

function layerOf(file: string): string {
  return (file.split(path.sep)[0] as string).replace(/\.ts$/, '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(
    (match) => match[1] as string,
  );
  return specifiers.map((specifier) => path.relative(SRC, path.resolve(SRC, path.dirname(file), specifier)));
}

function textOf(file: string): string {
  return readFileSync(path.join(SRC, file), 'utf8');
}

describe('the layers', () => {
  it('know every folder and file of src', () => {
    expect(files.map(layerOf).filter((layer) => !rank.has(layer))).toEqual([]);
  });

  it('point down the data’s way only', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => (rank.get(layerOf(target.replace(/\.js$/, '.ts'))) ?? -1) > (rank.get(layerOf(file)) ?? -1))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('leave the terminal and the exit code to cli/', () => {
    const offenders = files.filter(
      (file) => layerOf(file) !== 'cli' && /process\.(stdout|stderr|exit|exitCode)|console\./.test(textOf(file)),
    );
    expect(offenders).toEqual([]);
  });

  it('leave bulk reads to source/ and to the sieve, which fills its own slots', () => {
    const readers = files.filter((file) => /from 'node:fs(\/promises)?'/.test(textOf(file)));
    const allowed = new Set(['source', 'sieve', 'cli', 'version', 'artifacts']);
    expect(readers.filter((file) => !allowed.has(layerOf(file)))).toEqual([]);
  });

  it('keep files to one subject: none over 400 lines, but for tables of data', () => {
    const long = files.filter((file) => !/test-keys|\.data\.ts$/.test(file) && textOf(file).split('\n').length > 400);
    expect(long).toEqual([]);
  });
});
