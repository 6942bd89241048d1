import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/source/discover.js';

let root: string;
const names = (found: ReadonlyArray<{ path: string }>) => found.map(({ path: file }) => path.relative(root, file));

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dumpsieve-discover-'));
  mkdirSync(path.join(root, 'a/.hidden'), { recursive: true });
  mkdirSync(path.join(root, 'logs'));
  for (const file of ['core.1', 'a/core.2', 'a/.hidden/core.3', 'a/notes.txt', 'logs/big.log', 'odd[1].dmp']) {
    writeFileSync(path.join(root, file), 'x');
  }
  symlinkSync('core.1', path.join(root, 'latest'));
  symlinkSync('a', path.join(root, 'linked'));
  symlinkSync('nowhere', path.join(root, 'broken'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('discover', () => {
  it('lists every file below a directory, hidden ones too, and no file twice', async () => {
    const found = await discover([root, path.join(root, 'core.1')], {});
    expect(names(found.filter(({ refused }) => !refused))).toEqual([
      'a/.hidden/core.3',
      'a/core.2',
      'a/notes.txt',
      'core.1',
      'logs/big.log',
      'odd[1].dmp',
    ]);
  });

  it('names what it does not follow or cannot read', async () => {
    const refused = (await discover([root], {})).filter((input) => input.refused);
    expect(refused.map((input) => [path.relative(root, input.path), input.refused?.code])).toEqual([
      ['broken', 'UNREADABLE'],
      ['linked', 'SYMLINK_DIRECTORY'],
    ]);
  });

  it('narrows directories by include and exclude, at any depth', async () => {
    const found = await discover([root], { include: ['core.*'], exclude: ['.hidden'] });
    expect(names(found)).toEqual(['a/core.2', 'core.1']);
    expect(names(await discover([root], { include: ['core.*', '*.log'], exclude: ['logs', 'a'] }))).toEqual(['core.1']);
  });

  it('lists names that no pattern can match', async () => {
    const odd = path.join(root, 'a', 'line\nbreak \u001b[2J');
    writeFileSync(odd, 'x');
    const found = await discover([root], {});
    rmSync(odd);
    expect(found.some((input) => input.path === odd)).toBe(true);
  });

  it('expands a pattern, and takes a name that exists as it is', async () => {
    const found = names(await discover([path.join(root, '**/core.[0-9]')], {}));
    expect(found).toEqual(expect.arrayContaining(['a/.hidden/core.3', 'a/core.2', 'core.1']));
    // A name with a line end may match or not: it is scanned.
    expect(found.filter((name) => !/[\r\n]/.test(name))).toHaveLength(3);
    expect(names(await discover([path.join(root, 'odd[1].dmp')], {}))).toEqual(['odd[1].dmp']);
  });

  it('reports a missing file, and finds nothing for a pattern without matches', async () => {
    const [missing] = await discover([path.join(root, 'gone')], {});
    expect(missing?.refused).toMatchObject({ verdict: 'error', code: 'UNREADABLE' });
    expect(await discover([path.join(root, 'gone-*')], {})).toEqual([]);
  });

  it('reports a directory that cannot be listed', async () => {
    const shut = path.join(root, 'shut');
    mkdirSync(shut);
    chmodSync(root, 0o755);
    chmodSync(shut, 0);
    // The superuser may list everything: be somebody else for a moment.
    const superuser = process.geteuid?.() === 0;
    if (superuser) process.seteuid?.(65534);
    const found = await discover([root], {}).finally(() => superuser && process.seteuid?.(0));
    chmodSync(shut, 0o700);
    rmSync(shut, { recursive: true });
    expect(found.find((input) => input.path === shut)?.refused?.verdict).toBe('error');
  });

  it('keeps standard input as itself', async () => {
    expect(await discover(['-', '-'], {})).toEqual([{ path: '-' }]);
  });
});
