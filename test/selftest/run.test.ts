import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/detect/rules.js';
import { scan } from '../../src/index.js';
import { CLOSED_SHIELD } from '../../src/selftest/closed-shield.js';
import { runSelfTest } from '../../src/selftest/run.js';
import type { Kernel } from '../../src/sieve/kernel.js';
import { PARTS } from '../../src/sieve/parts.js';
import { loadRoutes } from '../../src/sieve/routes.js';
import { Scanner } from '../../src/sieve/scanner.js';

const KEYS_ALONE = { shipped: false, more: [] };
const ALL = { shipped: true, more: [] };
const NOTHING: Kernel = { kind: 'scalar', scan: () => {}, runs: { find: () => {} }, factors: { find: () => {} } };
const routes = await loadRoutes(KEYS_ALONE);
const scanner = new Scanner('auto', routes);

/** All parts. */
async function outcomeOf(tested: Scanner, credentials: typeof ALL) {
  const parts = await Promise.all(PARTS.map((part) => runSelfTest(tested, credentials, part)));
  return {
    planted: parts.reduce((sum, { planted }) => sum + planted, 0),
    missed: parts.flatMap(({ missed }) => missed),
  };
}

/** A scanner with another kernel. */
function scannerWith(createKernel: Scanner['createKernel']): Scanner {
  return Object.assign(new Scanner('auto', routes), { createKernel });
}

describe('the self-test', () => {
  it.each(['auto', 'scalar'] as const)('finds every specimen by the kernel %s', async (kind) => {
    const { planted, missed } = await outcomeOf(await Scanner.create(kind, ALL), ALL);
    expect(missed).toEqual([]);
    // Of credentials nearly every rule has one.
    expect(planted).toBeGreaterThanOrEqual(Object.keys(RULES).length + 200);
  });

  it('misses every rule with a kernel that sees nothing', async () => {
    const { missed } = await outcomeOf(
      scannerWith(() => NOTHING),
      KEYS_ALONE,
    );
    expect([...missed].sort()).toEqual(Object.keys(RULES).sort());
  });

  it('misses encoded keys, or numbers, where only one half of the kernel is blind', async () => {
    const numbers = Object.keys(RULES).filter((rule) => RULES[rule as keyof typeof RULES].asNumbers);
    const numbersAlone = scannerWith((memory) => {
      const { runs, factors } = scanner.createKernel(memory);
      return { ...NOTHING, runs, factors };
    });
    const noAnchors = await outcomeOf(numbersAlone, KEYS_ALONE);
    // Of these rules the public key tells that the scalar is no session's.
    expect(noAnchors.missed.filter((rule) => numbers.includes(rule)).sort()).toEqual(['ec-scalar', 'x25519-scalar']);
    expect(noAnchors.missed).toContain('pkcs1-private-key');
    const anchorsAlone = scannerWith((memory) => {
      const kernel = scanner.createKernel(memory);
      return { ...NOTHING, scan: (...args) => kernel.scan(...args) };
    });
    const noRuns = await outcomeOf(anchorsAlone, KEYS_ALONE);
    expect(noRuns.missed.length).toBeGreaterThan(0);
    expect(noRuns.missed.filter((rule) => !numbers.includes(rule))).toEqual([CLOSED_SHIELD]);
  });

  it('misses keys of RSA, and those alone, where candidates for primes are not seen', async () => {
    const noFactors = scannerWith((memory) => {
      const kernel = scanner.createKernel(memory);
      return { ...NOTHING, runs: kernel.runs, scan: (...args) => kernel.scan(...args) };
    });
    expect((await outcomeOf(noFactors, KEYS_ALONE)).missed).toEqual(['rsa-numbers']);
  });

  it('is run and told even where there is nothing to scan', async () => {
    const report = await scan({ targets: ['/dev/null'] });
    expect(report.selfTest.planted).toBeGreaterThanOrEqual(Object.keys(RULES).length);
    expect(report.selfTest.found).toBe(report.selfTest.planted);
  });
});
