import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import type { InputReport } from '../src/types.js';
import { essence } from './support/essence.js';
import { withFile } from './support/files.js';

const FOLDER = fileURLToPath(new URL('fixtures/unwrap/dump/', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../samples/windows-stacks.dmp.gz', import.meta.url));
const plain = gunzipSync(readFileSync(SAMPLE));
const MEMBER = 'windows-stacks.dmp';

const inputsOf = async (file: string) => (await scan({ targets: [file] })).inputs;

let expected: InputReport;
beforeAll(async () => {
  [expected] = (await withFile(plain, inputsOf)) as [InputReport];
});

describe('a real minidump, packed by the program that defines the format', () => {
  it('holds keys at addresses', () => {
    expect(expected.findings.length).toBeGreaterThan(2);
    expect(expected.findings.every(({ locations }) => locations.every(({ address }) => address))).toBe(true);
  });

  it.each([
    ['dump.zst', 'zstd'],
    ['dump.xz', 'xz'],
    ['dump.bz2', 'bzip2'],
    ['dump.lz4', 'lz4'],
    ['dump.lzo', 'lzop'],
    ['dump.sz', 'snappy'],
  ])('is told of as if it were not: %s', async (file, wrapper) => {
    const inputs = await inputsOf(path.join(FOLDER, file));
    expect(inputs.map(essence)).toEqual([essence(expected)]);
    expect(inputs[0]?.wrappers).toEqual([wrapper]);
    expect(inputs[0]?.path).toBe(path.join(FOLDER, file));
  });

  it('is told of as if it were not: gzip', async () => {
    expect((await inputsOf(SAMPLE)).map(essence)).toEqual([essence(expected)]);
  });

  it.each([
    ['dump.tar.gz', ['gzip'], 'tar'],
    ['dump.zip', [], 'zip'],
    ['dump.cab', [], 'cab'],
    ['dump.7z', [], '7z'],
  ])('is a member of %s, with a report of its own', async (file, outer, archive) => {
    const name = path.join(FOLDER, file);
    const [own, member, ...more] = (await inputsOf(name)) as [InputReport, InputReport];
    expect(more).toEqual([]);
    expect(own).toMatchObject({ path: name, format: archive, wrappers: outer, findings: [], verdict: 'findings' });
    expect(own.coverage.scanned).toBe(own.size);
    expect(essence(member)).toEqual(essence(expected));
    expect(member).toMatchObject({ path: `${name}!/${MEMBER}`, file: name, wrappers: [...outer, archive] });
    expect(new Set(member.findings.flatMap(({ locations }) => locations.map(({ container }) => container)))).toEqual(
      new Set([MEMBER]),
    );
  });

  it('is found in archives within archives', async () => {
    const inputs = await inputsOf(path.join(FOLDER, 'nested.tar.xz'));
    expect(inputs.map(({ path: name, wrappers, format }) => [path.basename(name), wrappers.join(' '), format])).toEqual(
      [
        ['nested.tar.xz', 'xz', 'tar'],
        ['inner.zip', 'xz tar', 'zip'],
        [MEMBER, 'xz tar zip', 'minidump'],
        ['core.zst', 'xz tar zstd', 'minidump'],
      ],
    );
    expect(inputs.slice(2).map(essence)).toEqual([essence(expected), essence(expected)]);
    expect(inputs.map(({ verdict }) => verdict)).toEqual(['findings', 'findings', 'findings', 'findings']);
  });

  it('is never clean where the packing is cut, wherever that is', async () => {
    for (const file of readdirSync(FOLDER).filter((name) => !name.endsWith('.sh'))) {
      const bytes = readFileSync(path.join(FOLDER, file));
      for (const share of [0.05, 0.5, 0.97]) {
        const inputs = await withFile(bytes.subarray(0, Math.floor(bytes.length * share)), inputsOf);
        expect(inputs[0]?.verdict, `${file} at ${share}`).not.toBe('clean');
        for (const { coverage } of inputs) {
          const skipped = coverage.skipped.reduce((sum, { length }) => sum + length, 0);
          expect(coverage.scanned + coverage.holes + skipped).toBe(coverage.bytes);
        }
      }
    }
  }, 120_000);
});

describe('limits of unpacking', () => {
  it('end a bomb with an incomplete report, and tell', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(50_000_000)));
    const unpackLimits = { most: 1e12, ratio: 100, allowance: 10_000_000 };
    const [report] = await withFile(bomb, async (file) => (await scan({ targets: [file], unpackLimits })).inputs);
    expect(report?.verdict).toBe('incomplete');
    expect(report?.warnings.map(({ code }) => code)).toContain('UNPACK_LIMIT');
    expect(report?.size).toBeLessThanOrEqual(10_000_000);
  });

  it('end what is packed in itself too often', async () => {
    let bytes: Buffer = Buffer.from('at the bottom');
    for (let level = 0; level < 12; level++) bytes = gzipSync(bytes);
    const [report] = await withFile(bytes, inputsOf);
    expect(report?.verdict).toBe('incomplete');
    expect(report?.warnings.map(({ code }) => code)).toContain('NESTED_TOO_DEEP');
  });
});

it('what stands between the members of an archive is scanned where it stands', async () => {
  const zip = readFileSync(path.join(FOLDER, 'dump.zip'));
  const pem = readFileSync(new URL('fixtures/text/ec-with-parameters.pem', import.meta.url));
  const behind = Buffer.concat([zip, pem]);
  await withFile(behind, async (file) => {
    writeFileSync(file, behind);
    const [own] = (await inputsOf(file)) as [InputReport];
    expect(own.format).toBe('zip');
    expect(own.findings.map(({ locations }) => (locations[0]?.offset ?? 0) >= zip.length)).toEqual([true]);
  });
});
