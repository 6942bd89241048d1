import { spawn } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { specimens } from '../../src/selftest/specimens.js';
import type { ScanReport } from '../../src/types.js';

const CLI = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
const keyed = Buffer.concat([Buffer.alloc(5000), ...specimens().map(({ bytes }) => bytes), Buffer.alloc(5000)]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-cli-'));
  writeFileSync(path.join(folder, 'keys.bin'), keyed);
  writeFileSync(path.join(folder, 'clean.bin'), Buffer.alloc(100_000, 'nothing to see '));
  writeFileSync(path.join(folder, 'empty.bin'), '');
  // The first bytes of a gzip stream: recognised, and not opened.
  writeFileSync(path.join(folder, 'packed.gz'), Buffer.from('1f8b0800000000000003', 'hex'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], input?: Uint8Array, user?: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, uid: user, env: { PATH: process.env.PATH } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

async function json(args: readonly string[], input?: Uint8Array): Promise<ScanReport & { code: number | null }> {
  const { code, out } = await run(['scan', ...args, '--format', 'json'], input);
  return { ...(JSON.parse(out) as ScanReport), code };
}

describe('dumpsieve scan', () => {
  it('ends with 1 and names the keys when there are some', async () => {
    const { code, out, err } = await run(['scan', 'keys.bin']);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toContain('keys.bin');
  });

  it('ends with 0 when clean and complete', async () => {
    expect(await json(['clean.bin'])).toMatchObject({ code: 0, summary: { clean: 1, inputs: 1 } });
  });

  it('overwrites no dump with a report, wherever it is named', async () => {
    const share = path.join(folder, 'share');
    mkdirSync(share);
    const dump = path.join(share, 'a.core');
    writeFileSync(dump, keyed);
    linkSync(dump, path.join(share, 'second-name'));
    for (const target of [dump, 'share', 'share/*.core', 'share/second-name']) {
      for (const option of ['--output', '--write-baseline']) {
        const { code, err } = await run(['scan', target, option, dump, '--reason', 'test']);
        expect([target, code]).toEqual([target, 2]);
        expect(err).toContain('must not overwrite');
      }
    }
    expect(readFileSync(dump)).toEqual(keyed);
    const left = await run(['scan', 'share', '--exclude', 'report.json', '-f', 'json=share/report.json']);
    const again = await run(['scan', 'share', '--exclude', 'report.json', '-f', 'json=share/report.json']);
    expect([left.code, again.code]).toEqual([1, 1]);
    rmSync(share, { recursive: true });
  });

  it('ends with 3 when something could not be opened up', async () => {
    const { code, inputs } = await json(['packed.gz']);
    expect(code).toBe(3);
    expect(inputs[0]?.verdict).toBe('incomplete');
  });

  it('ends with 2 for a file that cannot be read, and scans the others', async () => {
    const shut = path.join(folder, 'shut.bin');
    writeFileSync(shut, 'x');
    chmodSync(shut, 0);
    chmodSync(folder, 0o755);
    const user = process.getuid?.() === 0 ? 65534 : undefined;
    const { code, out } = await run(['scan', 'shut.bin', 'clean.bin', '-f', 'json'], undefined, user);
    rmSync(shut, { force: true });
    expect(code).toBe(2);
    expect((JSON.parse(out) as ScanReport).inputs.map(({ verdict }) => verdict)).toEqual(['error', 'clean']);
  });

  it('ends with 2 and a hint for wrong arguments', async () => {
    for (const args of [
      [],
      ['scan'],
      ['scan', 'clean.bin', '--nonsense'],
      ['scan', 'clean.bin', '--jobs', '0'],
      ['scan', 'clean.bin', '--format', 'yaml'],
      ['scan', 'clean.bin', '--fail-on', 'never'],
      ['scan', 'missing.bin'],
      ['scan', 'missing-*'],
      ['scan', 'clean.bin', '--baseline', 'missing.json'],
      ['scan', 'clean.bin', '--output', 'no/such/folder/report'],
      ['explode'],
    ]) {
      const { code, out, err } = await run(args);
      expect(code, args.join(' ')).toBe(2);
      expect(out + err, args.join(' ')).not.toBe('');
    }
  }, 60_000);

  it('reads standard input, in one piece or byte by byte', async () => {
    const whole = await json(['-'], keyed);
    const file = await json(['keys.bin']);
    const facts = (report: ScanReport) => report.inputs[0]?.findings.map(({ id, locations }) => [id, locations]);
    expect(whole.code).toBe(1);
    expect(facts(whole)).toEqual(facts(file));
    expect(whole.inputs[0]?.coverage.scanned).toBe(keyed.length);
  });

  it('does not call an empty stream clean: what should have filled it has failed', async () => {
    const { code, inputs } = await json(['-'], Buffer.alloc(0));
    expect(code).toBe(3);
    expect(inputs[0]?.warnings.map((warning) => warning.code)).toEqual(['EMPTY_STREAM']);
  });

  it('says that an empty file holds nothing', async () => {
    expect(await json(['empty.bin'])).toMatchObject({ code: 0, inputs: [{ size: 0, verdict: 'clean' }] });
  });

  it('scans a directory', async () => {
    const { inputs, code } = await json(['.']);
    expect(code).toBe(1);
    expect(inputs.map((input) => [input.path, input.verdict])).toEqual([
      ['clean.bin', 'clean'],
      ['empty.bin', 'clean'],
      ['keys.bin', 'findings'],
      ['packed.gz', 'incomplete'],
    ]);
  });

  it('waives what a baseline lists, and nothing else', async () => {
    const written = await run([
      'scan',
      'keys.bin',
      '--write-baseline',
      'b.json',
      '--reason',
      'throwaway keys',
      '-f',
      'json',
    ]);
    expect(written.code).toBe(1);
    const { code, inputs } = await json(['keys.bin', '--baseline', 'b.json']);
    expect(code).toBe(0);
    expect(inputs[0]?.findings.every((finding) => finding.waived?.reason === 'throwaway keys')).toBe(true);
    const baseline = JSON.parse(readFileSync(path.join(folder, 'b.json'), 'utf8'));
    baseline.waivers.pop();
    writeFileSync(path.join(folder, 'b.json'), JSON.stringify(baseline));
    expect((await json(['keys.bin', '--baseline', 'b.json'])).code).toBe(1);
    rmSync(path.join(folder, 'b.json'));
  });

  it('writes several reports in one run', async () => {
    const files = ['-f', 'sarif=k.sarif', '-f', 'junit=k.xml', '-f', 'html=k.html'];
    const { code, out } = await run(['scan', 'keys.bin', '-f', 'text', ...files]);
    expect(code).toBe(1);
    expect(out).toContain('keys.bin');
    expect(JSON.parse(readFileSync(path.join(folder, 'k.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readFileSync(path.join(folder, 'k.xml'), 'utf8')).toContain('<testsuite');
    expect(readFileSync(path.join(folder, 'k.html'), 'utf8')).toContain('Map of the dump');
    for (const file of ['k.sarif', 'k.xml', 'k.html']) rmSync(path.join(folder, file));
  });

  it('prints no colour and no progress when piped', async () => {
    const { out, err } = await run(['scan', 'keys.bin']);
    expect(out.includes('\u001b')).toBe(false);
    expect(err).toBe('');
  });

  it('ends at Ctrl-C with 130 and no report', async () => {
    const child = spawn(process.execPath, [CLI, 'scan', '-'], { cwd: folder });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    // More than a pipe holds: when all of it is taken, the scan is under way.
    child.stdin.write(Buffer.alloc(1 << 20), () => child.kill('SIGINT'));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    expect(out).toBe('');
    expect(err).toContain('INTERRUPTED');
  });
});

describe('dumpsieve', () => {
  it('explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Exit codes');
    expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect((await run(['scan', '--help'])).out).toContain('--fail-on');
  });

  it('tells its version', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('inspects a dump', async () => {
    const { code, out } = await run(['inspect', 'clean.bin']);
    expect(code).toBe(0);
    expect(out).toContain('raw');
    expect((await run(['inspect', 'packed.gz'])).code).toBe(3);
    expect((await run(['inspect', 'missing.bin'])).code).toBe(2);
    expect((await run(['inspect', '.'])).code).toBe(2);
    expect((await run(['inspect', 'empty.bin'])).code).toBe(2);
  });
});

describe('dumpsieve rules', () => {
  it('shows a rule of private keys as well as one of credentials', async () => {
    expect(await run(['rules', 'show', 'pem-private-key'])).toMatchObject({ code: 0, err: '' });
    expect((await run(['rules', 'show', 'github-personal-token'])).out).toContain('ghp_');
    expect(await run(['rules', 'show', 'toString'])).toMatchObject({ code: 2, out: '' });
  });

  it('says that none names no rules', async () => {
    const { code, err } = await run(['rules', 'list', '--rules', 'none']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('[USAGE]') });
  });
});

describe('dumpsieve inspect', () => {
  it('names the file that cannot be read', async () => {
    const { code, err } = await run(['inspect', 'nothere']);
    expect({ code, err }).toEqual({ code: 2, err: 'dumpsieve: nothere: cannot be read: ENOENT [UNREADABLE]\n' });
  });
});
