import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHIPPED_RULES_PATH } from '../../../src/artifacts.js';
import { checkRules, encode, encodingsOf } from '../../../src/detect/credentials/check.js';
import { credentialDetector } from '../../../src/detect/credentials/detector.js';
import { makeExample } from '../../../src/detect/credentials/examples.js';
import { loadShippedRules } from '../../../src/detect/credentials/shipped.js';
import { DETECTORS } from '../../../src/detect/registry.js';
import { scan } from '../../../src/engine.js';
import { readShippedRules } from '../../../src/rules.js';
import { loadRoutes } from '../../../src/sieve/routes.js';
import { encodeTables, sieveEntries } from '../../../src/sieve/tables.js';
import { withFile } from '../../support/files.js';
import { Random } from '../../support/random.js';

const RULES = await readShippedRules();
const CHUNK = 8192;

describe('the shipped rules', () => {
  it('find their examples in every encoding within binary bytes, and pass over their counterexamples', () => {
    expect(checkRules(RULES)).toEqual([]);
  });

  it('know the formats of 150 issuers', () => {
    expect(new Set(RULES.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(150);
  });

  it('find every example across the border of two chunks, in every encoding', async () => {
    const planted: { rule: string; from: number; to: number }[] = [];
    const places = RULES.flatMap(({ rule, positive }) =>
      encodingsOf(rule).map((encoding) => ({
        rule: rule.id,
        bytes: encode(makeExample(positive[0] ?? '', rule.id), encoding),
      })),
    );
    const dump = Buffer.from(new Random(5).bytes(CHUNK * (places.length + 2)));
    places.forEach(({ rule, bytes }, index) => {
      const from = CHUNK * (index + 1) - (bytes.length >> 1);
      dump.fill(0, from - 4, from + bytes.length + 4);
      bytes.copy(dump, from);
      planted.push({ rule, from, to: from + bytes.length });
    });
    const report = await withFile(dump, (file) => scan({ targets: [file], chunkSize: CHUNK, jobs: 2 }));
    const findings = report.inputs[0]?.findings ?? [];
    const missed = planted.filter(
      ({ from, to }) =>
        !findings.some(({ locations }) => locations.some((at) => at.offset < to && at.offset + at.length > from)),
    );
    expect(missed).toEqual([]);
  }, 120_000);

  it('are in the build as the sources have them, and so are the tables of the sieve', async () => {
    const built = loadShippedRules();
    const rules = RULES.map(({ rule }) => rule);
    const { anchors } = credentialDetector(rules);
    expect(built.rules).toEqual(rules);
    expect(built.tags).toEqual(anchors.map(({ tag }) => tag));
    const entries = sieveEntries([...DETECTORS.flatMap((detector) => detector.anchors), ...anchors]);
    const { tables } = await loadRoutes({ shipped: true, more: [] });
    expect(tables !== undefined && Buffer.from(encodeTables(entries)).equals(tables)).toBe(true);
  });

  it('hold no text that a scanner of source code would take for a token', () => {
    const detector = credentialDetector(RULES.filter(({ rule }) => !rule.guessable).map(({ rule }) => rule));
    const files = readdirSync(SHIPPED_RULES_PATH).map((name) => readFileSync(path.join(SHIPPED_RULES_PATH, name)));
    const found: string[] = [];
    for (const file of files) {
      for (const anchor of detector.anchors) {
        for (let at = file.indexOf(anchor.literal); at >= 0; at = file.indexOf(anchor.literal, at + 1)) {
          const sink = { certificate() {}, publicKey() {}, undecided() {} };
          detector.detect({ bytes: file, at, anchor }, { ...sink, secret: (rule) => void found.push(rule) });
        }
      }
    }
    expect(found).toEqual([]);
  });
});
