import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashOf } from '../../src/source/crash.js';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'dumpsieve-crash-')), 'ccpp-2026-01-02-03:04:05-4711');
  mkdirSync(folder);
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

const keep = (elements: Readonly<Record<string, string>>) => {
  for (const [name, content] of Object.entries(elements)) writeFileSync(path.join(folder, name), content);
};

describe('crashOf', () => {
  it('reads program, number and signal of an ABRT directory, and nothing that may hold a secret', async () => {
    keep({
      executable: '/usr/sbin/nginx',
      pid: '4711',
      reason: 'nginx killed by SIGSEGV',
      cmdline: 'nginx --token=abc',
      environ: 'PASSWORD=abc\n',
    });
    const crash = { tool: 'abrt', program: '/usr/sbin/nginx', pid: 4711, signal: 'SIGSEGV' };
    for (const name of ['coredump', 'coredump.zst', 'coredump.lz4']) {
      expect(await crashOf(path.join(folder, name))).toEqual(crash);
    }
    expect(await crashOf(path.join(folder, 'maps'))).toBeUndefined();
    // As reason, words of an exception.
    keep({ reason: 'login.py:3:check:ValueError: no such password: abc\nSIGNED', pid: 'x'.repeat(50) });
    expect(await crashOf(path.join(folder, 'coredump'))).toEqual({ tool: 'abrt', program: '/usr/sbin/nginx' });
  });

  it('says nothing of a core that lies alone, or beside what is no element', async () => {
    const core = path.join(folder, 'coredump');
    expect(await crashOf(core)).toBeUndefined();
    for (const content of ['', 'nginx', 'x'.repeat(5000), `/${'x'.repeat(5000)}`]) {
      keep({ executable: content });
      expect(await crashOf(core)).toBeUndefined();
    }
    rmSync(path.join(folder, 'executable'));
    symlinkSync('/etc/passwd', path.join(folder, 'executable'));
    expect(await crashOf(core)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [path.join(folder, 'executable')]);
    expect(await crashOf(path.join(folder, 'coredump'))).toBeUndefined();
  });

  // As systemd-coredump 252 names them.
  it.each([
    ['core.nginx.0.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.4711.1700000000000000.zst', 'nginx', 4711],
    ['core.nginx.0.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.4711.1700000000000000', 'nginx', 4711],
    ['core.a\\x2eb\\x20c.1000.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.12.1700000000000000.lz4', 'a.b c', 12],
  ])('takes %s apart', async (name, program, pid) => {
    expect(await crashOf(path.join('/var/lib/systemd/coredump', name))).toEqual({
      tool: 'systemd-coredump',
      program,
      pid,
    });
  });

  it.each(['core', 'core.4711', 'core.nginx.4711', 'core.zst', '-'])('takes %s as it is', async (name) => {
    expect(await crashOf(name)).toBeUndefined();
  });
});
