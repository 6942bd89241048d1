/** What the build remembers of the self-test: slow fingerprints, which a self-test that knows none works out by itself. */
import { scryptSync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadShippedRules } from '../../src/detect/credentials/shipped.js';

const ALL = { shipped: true, more: [] };
/** Those in which there are credentials. */
const PARTS = ['encoded', 'tokens'] as const;

/** Modules that have remembered nothing, and for which the build has made these fingerprints. */
async function freshModules(fingerprints: ReadonlyArray<readonly [string, string]>) {
  vi.resetModules();
  vi.doMock('../../src/artifacts.js', async (original) => {
    const artifacts = await original<typeof import('../../src/artifacts.js')>();
    return { ...artifacts, loadRules: () => ({ ...(artifacts.loadRules() as object), fingerprints }) };
  });
  const scrypt = vi.fn(scryptSync);
  vi.doMock('node:crypto', async (original) => ({
    ...(await original<typeof import('node:crypto')>()),
    scryptSync: scrypt,
  }));
  const { rememberedFingerprints } = await import('../../src/detect/judge.js');
  const { runSelfTest } = await import('../../src/selftest/run.js');
  const { Scanner } = await import('../../src/sieve/scanner.js');
  return { rememberedFingerprints, runSelfTest, scrypt, scanner: await Scanner.create('auto', ALL) };
}

afterEach(() => {
  vi.doUnmock('../../src/artifacts.js');
  vi.doUnmock('node:crypto');
  vi.resetModules();
});

describe('the fingerprints of the self-test’s specimens', () => {
  it('are, as the build made them, those that a self-test works out by itself', async () => {
    const { rememberedFingerprints, runSelfTest, scrypt, scanner } = await freshModules([]);
    expect(rememberedFingerprints()).toEqual([]);
    for (const part of PARTS) expect((await runSelfTest(scanner, ALL, part)).missed).toEqual([]);
    const { fingerprints } = loadShippedRules();
    expect(scrypt.mock.calls.length).toBeGreaterThan(3);
    expect(fingerprints.length).toBeGreaterThanOrEqual(scrypt.mock.calls.length);
    expect(new Map(rememberedFingerprints())).toEqual(new Map(fingerprints));
    expect(new Set(fingerprints.map(([id]) => id)).size).toBe(fingerprints.length);
  });

  it('are all that it asks for: with them none is worked out', async () => {
    const { fingerprints } = loadShippedRules();
    const { rememberedFingerprints, runSelfTest, scrypt, scanner } = await freshModules(fingerprints);
    for (const part of PARTS) expect((await runSelfTest(scanner, ALL, part)).missed).toEqual([]);
    expect(rememberedFingerprints()).toEqual(fingerprints);
    expect(scrypt).not.toHaveBeenCalled();
  });
});
