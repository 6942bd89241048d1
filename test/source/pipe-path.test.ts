import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine.js';
import { specimens } from '../../src/selftest/specimens.js';

describe('a FIFO named by its path', () => {
  it('is read to its end and closed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-test-'));
    try {
      const fifo = path.join(folder, 'pipe');
      execFileSync('mkfifo', [fifo]);
      const writer = spawn('sh', ['-c', `cat > '${fifo}'`], { stdio: ['pipe', 'ignore', 'inherit'] });
      writer.stdin.end(specimens()[0]?.bytes);
      const { inputs } = await scan({ targets: [fifo], jobs: 1 });
      expect(inputs[0]).toMatchObject({ verdict: 'findings', findings: [{ rule: 'pem-private-key' }] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('options of the library', () => {
  it('that are misspelled are refused, and do not let everything pass', async () => {
    await expect(scan({ targets: ['x'], failOn: 'bogus' as 'low' })).rejects.toThrow(/failOn/);
    await expect(scan({ targets: 'x' as unknown as string[] })).rejects.toThrow(/targets/);
    await expect(scan({ targets: ['x'], jobs: 0 })).rejects.toThrow(/jobs/);
  });
});
