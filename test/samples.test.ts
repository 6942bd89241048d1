import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scan } from '../src/engine.js';
import type { InputReport, ScanReport } from '../src/types.js';
import { type Sample, unpackSamples } from './support/samples.js';

let unpacked: ReturnType<typeof unpackSamples>;
let report: ScanReport;
let pairs: ReadonlyArray<readonly [Sample, InputReport]>;

beforeAll(async () => {
  unpacked = unpackSamples();
  report = await scan({ targets: unpacked.samples.map((sample) => sample.path) });
  pairs = unpacked.samples.map((sample, index) => [sample, report.inputs[index] as InputReport]);
}, 120_000);
afterAll(() => unpacked.dispose());

/** Places of all findings that overlap a byte, with their finding. */
function placesAt({ findings }: InputReport, offset: number) {
  return findings.flatMap((finding) =>
    finding.locations
      .filter((place) => offset >= place.offset && offset < place.offset + place.length)
      .map((place) => ({ finding, place })),
  );
}

describe('the samples', () => {
  it('are the ones that their manifest describes', () => {
    for (const [sample] of pairs) {
      expect(createHash('sha256').update(sample.bytes).digest('hex'), sample.file).toBe(sample.sha256);
    }
  });

  it('have the format that their manifest says', () => {
    expect(pairs.map(([, { format }]) => format)).toEqual(pairs.map(([{ format }]) => format));
  });

  it('give up every key by name', () => {
    for (const [sample, input] of pairs) {
      const names = new Set(input.findings.map(({ key }) => key?.spkiSha256));
      for (const { name, spkiSha256 } of sample.keys) {
        if (spkiSha256 !== undefined) expect(names.has(spkiSha256), `${sample.file}: ${name}`).toBe(true);
      }
    }
  });

  it('give up the AES keys that another program finds', () => {
    for (const [sample, input] of pairs) {
      const schedules = input.findings.filter(({ rule }) => rule === 'aes-key-schedule');
      // Keys of 192 bits are none of that program's.
      const others = schedules.filter(({ locations }) => !/192/.test(locations[0]?.part ?? ''));
      const counts = others.map(({ evidence }) => Number(/^(\d+) different keys$/.exec(evidence[0] ?? '')?.[1] ?? 1));
      expect(
        counts.reduce((sum, count) => sum + count, 0),
        sample.file,
      ).toBe(sample.aesKeys ?? 0);
    }
  });

  it('give up each key: named, once, where an exact byte search found it', () => {
    for (const [sample, input] of pairs) {
      for (const key of sample.keys) {
        for (const form of key.forms) {
          const what = `${sample.file}: ${key.name} as ${form.form}`;
          const places = placesAt(input, form.offset);
          expect(places.length, what).toBe(1);
          if (key.spkiSha256 !== undefined) expect(places[0]?.finding.key?.spkiSha256, what).toBe(key.spkiSha256);
        }
      }
    }
  });

  it('have their keys at the addresses that readelf and another minidump reader tell', () => {
    let checked = 0;
    for (const [sample, input] of pairs) {
      for (const form of sample.keys.flatMap(({ forms }) => forms)) {
        if (form.address === undefined) continue;
        const [{ place }] = placesAt(input, form.offset) as [ReturnType<typeof placesAt>[number]];
        const shift = form.offset - place.offset;
        const what = `${sample.file}: ${form.form} at ${form.offset}`;
        expect(BigInt(place.address ?? 0) + BigInt(shift), what).toBe(BigInt(form.address));
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('hold no other key above low: every finding belongs to a key of the manifest', () => {
    for (const [sample, input] of pairs) {
      const known = new Set(sample.keys.map(({ spkiSha256 }) => spkiSha256));
      const strangers = input.findings.filter(
        ({ severity, rule, key }) =>
          severity !== 'low' &&
          // Keys of one connection: nobody knows them but the dump.
          rule !== 'ec-session-scalar' &&
          key?.spkiSha256 !== undefined &&
          !known.has(key.spkiSha256),
      );
      expect(
        strangers.map(({ id }) => id),
        sample.file,
      ).toEqual([]);
    }
  });

  it('are clean where no key was put', () => {
    for (const [sample, input] of pairs) {
      if (sample.keys.length > 0) continue;
      expect(input.verdict, sample.file).toBe('clean');
      expect(input.findings.filter(({ severity }) => severity !== 'low')).toEqual([]);
    }
  });

  it('are accounted for: scanned, holes and skipped sum to the bytes, and a truncated one says so', () => {
    for (const [sample, { coverage, size, warnings }] of pairs) {
      const skipped = coverage.skipped.reduce((sum, part) => sum + part.length, 0);
      expect(coverage.scanned + coverage.holes + skipped, sample.file).toBe(coverage.bytes);
      expect(size, sample.file).toBe(sample.bytes.length);
      expect(coverage.scanned, sample.file).toBe(sample.bytes.length);
      expect(
        warnings.some(({ code }) => code === 'TRUNCATED'),
        sample.file,
      ).toBe(sample.truncated === true);
    }
  });

  it('name the published keys of OpenSSL as such, low', () => {
    const [, server] = pairs.find(([{ file }]) => file.startsWith('openssl')) as (typeof pairs)[number];
    expect(server.findings.length).toBeGreaterThan(5);
    const published = server.findings.filter(({ key }) => key?.known);
    expect(published.length).toBeGreaterThan(5);
    expect(published.every(({ severity }) => severity === 'low')).toBe(true);
  });

  it('tell heap, stack and thread where the format does', () => {
    const regions = pairs.flatMap(([, { findings }]) => findings.flatMap(({ locations }) => locations));
    expect(new Set(regions.map(({ region }) => region))).toEqual(
      new Set(['heap', 'stack', 'anonymous', 'module', 'raw']),
    );
    expect(regions.filter(({ region }) => region === 'stack').every(({ thread }) => thread !== undefined)).toBe(true);
  });
});
