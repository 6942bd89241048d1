import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { scan } from '../src/engine.js';
import { SievePool } from '../src/sieve/pool.js';
import type { InputReport } from '../src/types.js';
import { buildTar } from './support/build-tar.js';
import { essence } from './support/essence.js';
import { withFile } from './support/files.js';
import { spkiSha256Of } from './support/keys.js';
import { Random } from './support/random.js';

const random = new Random(31);
const text = (length: number) => Buffer.from(Array.from({ length }, () => 97 + random.below(26)));
const pemOf = (key: KeyObject) => Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }) as string);
const scanBytes = (bytes: Uint8Array, jobs: number) =>
  withFile(bytes, async (file) => (await scan({ targets: [file], jobs })).inputs);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an archive of many small members', () => {
  const members = Array.from({ length: 120 }, (_, i): [string, Uint8Array] => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const content = Buffer.concat([text(300), i % 7 === 3 ? pemOf(privateKey) : text(100), text(500)]);
    return [`log/${i}${i % 5 === 0 ? '.gz' : ''}`, i % 5 === 0 ? gzipSync(content) : content];
  });
  // Between them one that is not small, one that is empty, and an archive.
  const large = Buffer.concat([random.bytes(100), Buffer.alloc(2_000_000), (members[3] as [string, Buffer])[1]]);
  members.splice(50, 0, ['large', large], ['empty', new Uint8Array(0)], ['inner.tar', buildTar(members.slice(0, 12))]);
  const archive = buildTar(members);

  it.each([1, 3])('tells of each, in its order, what it would tell of a file (%i workers)', async (jobs) => {
    const reports = await scanBytes(archive, jobs);
    const names = members.filter(([, { length }]) => length > 0).map(([name]) => name);
    const inner = members.slice(0, 12).map(([name]) => `inner.tar!/${name}`);
    names.splice(names.indexOf('inner.tar') + 1, 0, ...inner);
    const pathOf = ({ path, file }: InputReport) => path.slice((file?.length ?? path.length) + 2);
    expect(reports.map(pathOf)).toEqual(['', ...names]);
    const bytesOf = new Map(members);
    for (const report of reports.filter((_, index) => index % 9 === 4 || index === 51)) {
      const bytes = bytesOf.get(pathOf(report));
      if (bytes === undefined) continue;
      const [alone] = (await scanBytes(bytes, 1)) as [InputReport];
      expect(essence(report)).toEqual(essence(alone));
      expect(report.verdict).toBe(alone.verdict);
    }
    expect(reports.filter(({ verdict, file }) => file && verdict === 'findings').length).toBeGreaterThan(15);
    expect(reports[0]?.verdict).toBe('findings');
  });

  it('is scanned side by side, with what stands between members in few windows', async () => {
    let [windows, running, most] = [0, 0, 0];
    const scanWindow = SievePool.prototype.scan;
    vi.spyOn(SievePool.prototype, 'scan').mockImplementation(async function (this: SievePool, ...task) {
      windows++;
      most = Math.max(most, ++running);
      try {
        return await scanWindow.apply(this, task);
      } finally {
        running--;
      }
    });
    const plain = members.filter(([name]) => !/large|inner|gz/.test(name));
    await scanBytes(buildTar(plain), 2);
    // Beside the members': those of the self-test, and of headers.
    expect(windows).toBeLessThan(plain.length + 15);
    expect(most).toBeGreaterThan(1);
  });

  it('ends with what it failed with, when a worker fails', async () => {
    const scanWindow = SievePool.prototype.scan;
    let windows = 0;
    vi.spyOn(SievePool.prototype, 'scan').mockImplementation(async function (this: SievePool, ...task) {
      const result = await scanWindow.apply(this, task);
      if (++windows > 40) throw new Error('out of order');
      return result;
    });
    const reports = await scanBytes(archive, 1);
    expect(reports.at(-1)).toMatchObject({ warnings: [{ code: 'INTERNAL' }], size: 0 });
    expect(reports.length).toBeLessThan(60);
  });
});

describe('keys in what fills the blocks between members', () => {
  const encoded = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const seed = generateKeyPairSync('ed25519');
  const der = encoded.privateKey.export({ type: 'pkcs8', format: 'der' });
  const jwk = seed.privateKey.export({ format: 'jwk' });
  const pair = Buffer.concat([Buffer.from(jwk.d as string, 'base64url'), Buffer.from(jwk.x as string, 'base64url')]);

  it('are found where they stand, encoded and as numbers', async () => {
    const archive = buildTar([
      ['a', text(700)],
      ['b', text(704), Buffer.concat([Buffer.alloc(32), der])],
      ['c', text(1000)],
      ['d', text(712), Buffer.concat([Buffer.alloc(40), pair])],
      ['e', text(900)],
    ]);
    const [own, ...others] = (await scanBytes(archive, 1)) as [InputReport];
    expect(own.findings.map(({ key, locations }) => [key?.spkiSha256, locations[0]?.offset]).sort()).toEqual(
      [
        [spkiSha256Of(encoded.publicKey), archive.indexOf(der)],
        [spkiSha256Of(seed.publicKey), archive.indexOf(pair)],
      ].sort(),
    );
    expect(own.coverage.scanned).toBe(own.size);
    expect(others.map(({ verdict }) => verdict)).toEqual(Array(5).fill('clean'));
  });
});
