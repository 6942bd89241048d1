import { describe, expect, it } from 'vitest';
import { type ScanOptions, scan } from '../src/engine.js';
import { type Specimen, specimens } from '../src/selftest/specimens.js';
import type { Finding, InputReport } from '../src/types.js';
import { withFile } from './support/files.js';
import { Random } from './support/random.js';

interface Planted {
  readonly specimen: Specimen;
  readonly offset: number;
}

/** Rules of keys that have several numbers, or several parts. */
const NUMBERS = new Set([
  'rsa-numbers',
  'ec-scalar',
  'ec-session-scalar',
  'ed25519-seed',
  'openssh-shielded-key',
  'aes-key-schedule',
  'ed448-seed',
  'x25519-scalar',
  'x25519-session-scalar',
  'pq-seed',
]);

/** A dump of random and empty stretches with one specimen of each rule at a random offset, some across `border`s. */
function plant(seed: number, size: number, border: number): { bytes: Uint8Array; planted: Planted[] } {
  const random = new Random(seed);
  const all = specimens();
  const bytes = random.bytes(size);
  for (let i = 0; i < 20; i++) bytes.fill(0, random.below(size), random.below(size));
  const slot = Math.floor(size / all.length / border) * border;
  const planted = all.map((specimen, index) => {
    const middle = index * slot + border;
    // Every other one lies across a multiple of `border`, at a random point of its own.
    const offset =
      index % 2 === 0
        ? middle - 1 - random.below(Math.min(specimen.bytes.length - 1, border - 1))
        : middle + random.below(slot - border - specimen.bytes.length);
    const at = NUMBERS.has(specimen.rule) ? offset & ~15 : offset;
    // Numbers stand out of what surrounds them by zeros, structures by themselves.
    if (NUMBERS.has(specimen.rule)) bytes.fill(0, at - 64, at + specimen.bytes.length + 64);
    bytes.set(specimen.bytes, at);
    return { specimen, offset: at };
  });
  return { bytes, planted };
}

function summary(findings: readonly Finding[]): unknown[] {
  return findings.map(({ id, rule, confidence, locations }) => [
    id,
    rule,
    confidence,
    locations.map(({ part, offset, length }) => `${part} ${offset}+${length}`),
  ]);
}

async function scanOne(file: string, options: Partial<ScanOptions> = {}): Promise<InputReport> {
  const { inputs } = await scan({ targets: [file], ...options });
  return inputs[0] as InputReport;
}

const BORDER = 65_536;
const SIZE = 6_000_000;

describe('a scan', () => {
  it.each([1, 2, 3])('finds a specimen of every rule once, where it was planted (seed %i)', async (seed) => {
    const { bytes, planted } = plant(seed, SIZE, BORDER);
    const { findings, coverage } = await withFile(bytes, (file) => scanOne(file, { chunkSize: BORDER }));
    expect(coverage).toEqual({ bytes: SIZE, scanned: SIZE, holes: 0, skipped: [] });
    for (const { specimen, offset } of planted) {
      const places = findings.flatMap((finding) =>
        finding.locations
          .filter((place) => place.offset < offset + specimen.bytes.length && place.offset + place.length > offset)
          .map((place) => ({ finding, place })),
      );
      const what = `${specimen.rule} at ${offset}`;
      expect(places.length, what).toBeGreaterThan(0);
      // One secret, one place: nothing inside it is told a second time. A transferable key holds several secrets.
      const secrets = new Set(places.map(({ finding }) => finding.id));
      if (!NUMBERS.has(specimen.rule)) expect(places.length, what).toBe(secrets.size);
      if (specimen.rule !== 'openpgp-secret-key') expect(secrets.size, what).toBe(1);
      for (const { finding, place } of places) {
        if (specimen.spkiSha256 !== undefined) expect(finding.key?.spkiSha256, what).toBe(specimen.spkiSha256);
        expect(place.offset, what).toBeGreaterThanOrEqual(offset);
        expect(place.offset + place.length, what).toBeLessThanOrEqual(offset + specimen.bytes.length);
        if (specimen.exact) expect([place.offset - offset, place.length], what).toEqual([0, specimen.bytes.length]);
      }
    }
  });

  it('finds the same for any chunk size, worker count and kernel, and from a pipe', async () => {
    const { bytes } = plant(9, 3_000_000, 4096);
    await withFile(bytes, async (file) => {
      const reference = await scanOne(file);
      expect(reference.findings.length).toBeGreaterThan(10);
      const variants: Array<Partial<ScanOptions>> = [
        { chunkSize: 4096, jobs: 2 },
        { chunkSize: 100_003, jobs: 1 },
        { chunkSize: 65_536, jobs: 3 },
        { chunkSize: 1_000_000, jobs: 2, kernel: 'scalar' },
        { kernel: 'scalar', jobs: 1 },
      ];
      for (const variant of variants) {
        const { findings, coverage } = await scanOne(file, variant);
        expect(summary(findings), JSON.stringify(variant)).toEqual(summary(reference.findings));
        expect(coverage).toEqual(reference.coverage);
      }
    });
  }, 120_000);

  it('of more keys than anybody has stays short, and says what it left undecided', async () => {
    const random = new Random(4);
    const keys = Array.from({ length: 6000 }, () => {
      const secret = Buffer.from(random.bytes(16)).toString('base64url');
      return `{"kty":"oct","k":"${secret}"}`;
    }).join('');
    const started = performance.now();
    const { verdict, findings, coverage } = await withFile(Buffer.from(keys), (file) => scanOne(file));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(verdict).toBe('findings');
    expect(findings.length).toBe(4096);
    expect(coverage.skipped).toHaveLength(1);
    const skipped = coverage.skipped.reduce((sum, part) => sum + part.length, 0);
    expect(coverage.scanned + skipped).toBe(keys.length);
  });
});
