/**
 * How programs and libraries lay out their keys: pieces of real memory, with the places of the numbers told by an exact
 * byte search (test/fixtures/memory/README.md).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine.js';
import { hunt } from '../../src/hunt.js';
import { parseKnownFile } from '../../src/relate/known-files.js';
import type { Finding } from '../../src/types.js';
import { withFile } from '../support/files.js';

interface Excerpt {
  readonly file: string;
  readonly library: string;
  readonly key: string;
  readonly spkiSha256: string;
  /** Present where the piece holds no public half, in no form: then nothing can be proven without it. */
  readonly spki?: string;
  readonly parts: ReadonlyArray<{ readonly part: string; readonly offset: number; readonly order: string }>;
}

const FOLDER = 'test/fixtures/memory';
const EXCERPTS = JSON.parse(readFileSync(`${FOLDER}/manifest.json`, 'utf8')) as Excerpt[];
/** Parts that give a key away, by the names of the manifest. */
const SECRET = /^(?:[pqd]|dp|dq|qinv|d·R mod order|secret|clamped|seed.*)$/;
/** RSA's n is public, and the scalar's clamped form is the scalar. */
const byNumber = ({ rule }: Finding) => /numbers|scalar|seed/.test(rule);

/** The offset of an expected number lies where a location of the finding does. */
function agrees({ locations }: Finding, { parts }: Excerpt): boolean {
  const secrets = parts.filter(({ part }) => SECRET.test(part));
  return secrets.some((part) =>
    locations.some(({ offset, length }) => part.offset >= offset && part.offset < offset + length),
  );
}

describe('memory of real programs', () => {
  it.each(EXCERPTS.filter(({ spki }) => spki === undefined).map((excerpt) => [excerpt.library, excerpt.key, excerpt]))(
    '%s: %s is found and proven where an exact search finds its numbers',
    async (_library, _key, excerpt) => {
      const { inputs } = await scan({ targets: [`${FOLDER}/${excerpt.file}`], jobs: 1 });
      const finding = inputs[0]?.findings.find(({ key }) => key?.spkiSha256 === excerpt.spkiSha256);
      expect(finding, excerpt.file).toBeDefined();
      if (finding === undefined) return;
      expect(agrees(finding, excerpt), excerpt.file).toBe(true);
      if (byNumber(finding)) expect(finding.confidence, excerpt.file).toBe('proven');
    },
  );

  it('is found in one dump as piece by piece, whatever the chunks and workers are', async () => {
    const pieces = EXCERPTS.flatMap(({ file }) => {
      const bytes = readFileSync(`${FOLDER}/${file}`);
      return [bytes, Buffer.alloc((4096 - (bytes.length % 4096)) % 4096)];
    });
    await withFile(Buffer.concat(pieces), async (file) => {
      const reports = [];
      for (const options of [{ jobs: 1 }, { jobs: 2, chunkSize: 65_536 }]) {
        const { inputs } = await scan({ targets: [file], thorough: true, ...options });
        reports.push(inputs[0]?.findings.map(({ id, locations }) => [id, locations]));
      }
      expect(reports[1]).toEqual(reports[0]);
      const ids = new Set(reports[0]?.map(([id]) => id));
      expect(ids.size).toBeGreaterThan(8);
    });
  }, 120_000);

  it.each(EXCERPTS.filter(({ spki }) => spki !== undefined).map((excerpt) => [excerpt.library, excerpt.key, excerpt]))(
    '%s: %s, of which no public half is there, is found when it is known',
    async (_library, _key, excerpt) => {
      const targets = [`${FOLDER}/${excerpt.file}`];
      const known = parseKnownFile(Buffer.from(excerpt.spki ?? '', 'base64'), 'known');
      const { wanted } = await hunt({ targets, known, jobs: 1 });
      const finding = wanted[0]?.places[0]?.finding;
      expect(finding?.confidence, excerpt.file).toBe('proven');
      expect(finding && agrees(finding, excerpt), excerpt.file).toBe(true);
    },
  );
});
