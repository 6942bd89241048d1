import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeExample } from '../../../src/detect/credentials/examples.js';
import { type ScanOptions, scan } from '../../../src/engine.js';
import { readShippedRules } from '../../../src/rules.js';
import { Collector } from '../../../src/sieve/collector.js';
import { withFile } from '../../support/files.js';

const RULES = await readShippedRules();
const pem = Buffer.from(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
const token = Buffer.from(`${makeExample('ghp_<crc32-base62:30>', 'flood')} `);

async function reportOf(bytes: Uint8Array, options: Partial<ScanOptions> = {}) {
  const report = await withFile(bytes, (file) => scan({ targets: [file], ...options }));
  const input = report.inputs[0];
  return { rules: input?.findings.map(({ rule }) => rule) ?? [], warnings: input?.warnings ?? [], input };
}

describe('floods of credentials', () => {
  it('crowd out no key in their window, nor make what is told of it incomplete', async () => {
    const flood = Buffer.concat([...Array.from({ length: 5000 }, () => token), pem]);
    const { rules, input } = await reportOf(flood);
    expect(rules).toContain('pem-private-key');
    expect(rules).toContain('github-personal-token');
    expect(input?.coverage.skipped).toEqual([]);
  });

  it('crowd out no key of another window', async () => {
    const chunk = 16 * 1024;
    const windows = Array.from({ length: 400 }, () =>
      Buffer.concat(
        Array.from({ length: 100 }, () => token),
        chunk,
      ),
    );
    const { rules, warnings } = await reportOf(Buffer.concat([...windows, pem]), { chunkSize: chunk });
    expect(rules).toContain('pem-private-key');
    // Places of one token are told up to a bound, and the report says so.
    expect(warnings.every(({ code }) => code === 'TOO_MANY_FINDINGS' || code.startsWith('NUMBERS'))).toBe(true);
  });

  it('that are of no kubeconfig cost next to nothing, and leave what follows to be searched', async () => {
    const others = [
      (i: number) => `{"id":${i},"token":"string"}\n\0`,
      (i: number) => `- id: ${i}\n  token: string\n`,
      () => 'token: string\n',
    ];
    for (const other of others) {
      const flood = Array.from({ length: 20_000 }, (_, i) => other(i)).join('');
      const { rules, input } = await reportOf(Buffer.concat([Buffer.from(`${flood}\0`), token]));
      expect(input?.coverage.skipped).toEqual([]);
      expect(rules).toEqual(['github-personal-token']);
    }
  });

  it('that are given up on are told to the end of the window, beyond what a detector sees', () => {
    const size = 16 * 1024 * 1024;
    const collector = new Collector([{ offset: 1000, length: size }], size - 500);
    collector.sinkAt(2000).undecided(40, Number.POSITIVE_INFINITY, 'too many');
    expect(collector.undecided).toEqual([{ offset: 3040, length: size - 500 - 2040, reason: 'too many' }]);
  });
});

describe('passwords in URLs', () => {
  const find = async (password: string) => (await reportOf(Buffer.from(`postgres://app:${password}@db.corp/x`))).rules;

  it('are found where a word of examples is only a part of them', async () => {
    for (const password of ['Password123!', 'MySecretPw2024!', 'passwd-77']) {
      expect(await find(password), password.slice(0, 2)).toContain('postgresql-url');
    }
  });

  it('are none where they are such a word, or a template’s mark', async () => {
    for (const password of ['password', 'secret', '\u0024{DB_PASSWORD}']) expect(await find(password)).toEqual([]);
  });
});

describe('rules of the user', () => {
  it('are refused where one has the id of a rule that is shipped', async () => {
    const more = RULES.slice(0, 1);
    const again = withFile(token, (file) => scan({ targets: [file], credentials: { shipped: true, more } }));
    await expect(again).rejects.toMatchObject({ code: 'BAD_RULES' });
    const alone = await withFile(token, (file) => scan({ targets: [file], credentials: { shipped: false, more } }));
    expect(alone.inputs[0]?.verdict).toBe('clean');
  });
});
