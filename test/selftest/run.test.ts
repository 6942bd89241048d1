import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/detect/rules.js';
import { scan } from '../../src/index.js';
import { CLOSED_SHIELD } from '../../src/selftest/closed-shield.js';
import { runSelfTest } from '../../src/selftest/run.js';
import type { Kernel } from '../../src/sieve/kernel.js';
import { Kernels } from '../../src/sieve/window.js';

const NOTHING: Kernel = { kind: 'scalar', scan: () => {}, runs: { find: () => {} } };

describe('the self-test', () => {
  it.each(['auto', 'scalar'] as const)('finds every specimen by the kernel %s', async (kind) => {
    const { planted, missed } = await runSelfTest(new Kernels(kind));
    expect(missed).toEqual([]);
    expect(planted).toBeGreaterThanOrEqual(Object.keys(RULES).length);
  });

  it('misses every rule with a kernel that sees nothing', async () => {
    const { missed } = await runSelfTest({ create: () => NOTHING });
    expect([...missed].sort()).toEqual(Object.keys(RULES).sort());
  });

  it('misses encoded keys, or numbers, where only one half of the kernel is blind', async () => {
    const kernels = new Kernels('auto');
    const numbers = Object.keys(RULES).filter((rule) => RULES[rule as keyof typeof RULES].asNumbers);
    const noAnchors = await runSelfTest({ create: (memory) => ({ ...NOTHING, runs: kernels.create(memory).runs }) });
    // Of these rules the public key tells that the scalar is no session's.
    expect(noAnchors.missed.filter((rule) => numbers.includes(rule)).sort()).toEqual(['ec-scalar', 'x25519-scalar']);
    expect(noAnchors.missed).toContain('pkcs1-private-key');
    const noRuns = await runSelfTest({
      create: (memory) => ({ ...NOTHING, scan: (...args) => kernels.create(memory).scan(...args) }),
    });
    expect(noRuns.missed.length).toBeGreaterThan(0);
    expect(noRuns.missed.filter((rule) => !numbers.includes(rule))).toEqual([CLOSED_SHIELD]);
  });

  it('is run and told even where there is nothing to scan', async () => {
    const report = await scan({ targets: ['/dev/null'] });
    expect(report.selfTest.planted).toBeGreaterThanOrEqual(Object.keys(RULES).length);
    expect(report.selfTest.found).toBe(report.selfTest.planted);
  });
});
