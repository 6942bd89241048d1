import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/detect/rules.js';
import { renderSarif } from '../../src/report/sarif.js';
import { uriOf } from '../../src/report/sarif-location.js';
import type { ScanReport } from '../../src/types.js';
import { certificate, everything, finding, hostile, input, location, report } from './build.js';

/** The schema of the OASIS Standard; see README.md beside it. It uses nothing of draft-04 that draft-07 lacks. */
const {
  $schema: _draft,
  id: _id,
  ...schema
} = JSON.parse(readFileSync(new URL('../fixtures/sarif/sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

interface Place {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index: number };
    readonly region: { readonly startLine: number; readonly byteOffset?: number; readonly byteLength?: number };
    readonly address?: { readonly absoluteAddress?: number; readonly fullyQualifiedName: string };
  };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [Place];
  readonly relatedLocations?: readonly Place[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: ReadonlyArray<{ readonly kind: string; readonly justification: string }>;
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: ReadonlyArray<Rule> } };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: ReadonlyArray<{
        readonly descriptor: { readonly id: string };
        readonly level: string;
      }>;
    },
  ];
  readonly artifacts: ReadonlyArray<{ readonly location: { readonly uri: string } }>;
  readonly results: readonly Result[];
}

interface Rule {
  readonly id: string;
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly 'security-severity': string };
}

function run(of: ScanReport): Run {
  const log = JSON.parse(renderSarif(of));
  expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

describe('the schema of the standard', () => {
  it('refuses what is no SARIF', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: [{}] }] })).toBe(false);
    expect(validate({ version: '2.0.0', runs: [] })).toBe(false);
  });
});

describe('the SARIF report', () => {
  it('is valid SARIF 2.1.0 for every verdict, and for none', () => {
    expect(run(everything).results).toHaveLength(5);
    expect(run(report([input('a')])).results).toEqual([]);
    expect(run(report([])).results).toEqual([]);
  });

  it('gives each result its rule, and each rule the severity that GitHub shows', () => {
    const { results, tool } = run(everything);
    for (const { ruleId, ruleIndex, level } of results) {
      const rule = tool.driver.rules[ruleIndex];
      expect(rule?.id).toBe(ruleId);
      expect(rule?.defaultConfiguration.level).toBe(level);
    }
    const shown = results.map(({ ruleId, ruleIndex, level }) => [
      ruleId,
      level,
      tool.driver.rules[ruleIndex]?.properties['security-severity'],
    ]);
    expect(shown).toEqual([
      ['pem-private-key/low', 'note', '2.0'],
      ['pkcs8-private-key', 'error', '9.5'],
      ['pkcs12-keystore', 'error', '8.0'],
      ['encrypted-private-key', 'warning', '5.0'],
      ['pkcs8-private-key', 'error', '9.5'],
    ]);
  });

  it('describes every rule once', () => {
    const ids = run(report([])).tool.driver.rules.map(({ id }) => id);
    expect(ids).toEqual(Object.keys(RULES));
    const all = run(everything).tool.driver.rules.map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
  });

  it('tells the place in bytes, and the first line for GitHub', () => {
    const [, result] = run(everything).results;
    expect(result?.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'dumps/core.1234', index: 1 },
      region: { startLine: 1, byteOffset: 0x1000, byteLength: 1218 },
      address: { absoluteAddress: 0x7f001000 },
    });
    expect(result?.relatedLocations).toHaveLength(10);
    expect(run(everything).artifacts[1]?.location.uri).toBe('dumps/core.1234');
  });

  it('states kernel addresses by name, since a JSON number cannot hold them', () => {
    const kernel = finding('a', { locations: [location(1, { address: '0xffff888000001001' })] });
    const [result] = run(report([input('a', { findings: [kernel] })])).results;
    expect(result?.locations[0].physicalLocation.address).toEqual({
      fullyQualifiedName: '0xffff888000001001',
      length: 1218,
      name: 'heap',
    });
  });

  it('has fingerprints that depend on the key only', () => {
    const at = (path: string, offset: number, name: string) =>
      run(report([input(path, { findings: [finding(name, { locations: [location(offset)] })] })])).results[0]
        ?.partialFingerprints;
    expect(at('a', 1, 'key')).toEqual(at('b/c', 99, 'key'));
    expect(at('a', 1, 'key')).not.toEqual(at('a', 1, 'other'));
    expect(at('a', 1, 'key')?.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}:1$/);
  });

  it('suppresses what is waived, and says so for each result', () => {
    const { results } = run(everything);
    expect(results.map(({ suppressions }) => suppressions.length)).toEqual([0, 0, 0, 0, 1]);
    expect(results.at(-1)?.suppressions[0]).toMatchObject({
      kind: 'external',
      justification: 'key of the integration tests',
    });
  });

  it('notifies of what was not scanned or could not be read', () => {
    const [invocation] = run(everything).invocations;
    expect(invocation.executionSuccessful).toBe(false);
    const notes = invocation.toolExecutionNotifications.map(({ descriptor, level }) => [descriptor.id, level]);
    expect(notes).toEqual([
      ['TRUNCATED', 'warning'],
      ['NOT_SCANNED', 'warning'],
      ['UNREADABLE', 'error'],
    ]);
    expect(run(report([input('a')])).invocations[0].executionSuccessful).toBe(true);
  });

  it('names the certificate in the message, with nothing that is a link or a placeholder', () => {
    const certificates = [certificate('CN=[click](https://example.org) {0}')];
    const one = finding('a', { key: { algorithm: 'RSA', bits: 4096, certificates } });
    const [result] = run(report([input('a', { findings: [one] })])).results;
    expect(result?.message.text).toContain('RSA, 4096 bits');
    expect(result?.message.text).toContain('CN=(click)(https://example.org) (0)');
  });

  it('stays within the limits of uploads, keeps the most severe, and says what it cut', () => {
    const low = finding('low', { severity: 'low', locations: [location(1)] });
    const places = Array.from({ length: 1000 }, (_, index) => location(index));
    const findings = [
      ...Array.from({ length: 25_001 }, (_, index) => ({ ...low, id: `dsk1-${index}` })),
      finding('critical', { locations: places }),
    ];
    const warnings = Array.from({ length: 1500 }, () => ({ code: 'W', message: 'w', incomplete: false }));
    const { results, invocations } = run(report([input('a', { findings, warnings })]));
    expect(results).toHaveLength(25_000);
    expect(results.at(-1)?.level).toBe('error');
    expect(results.at(-1)?.relatedLocations).toHaveLength(20);
    const notes = invocations[0].toolExecutionNotifications.map(({ descriptor }) => descriptor.id);
    expect(notes.slice(0, 2)).toEqual(['RESULTS_CUT', 'NOTIFICATIONS_CUT']);
    expect(notes).toHaveLength(1002);
  });

  it('is valid for hostile names, and shows nothing of them to a terminal', () => {
    expect(run(hostile).results).toHaveLength(2);
    expect(renderSarif(hostile).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });
});

describe('uriOf', () => {
  it('keeps relative paths relative and makes absolute ones file: URIs', () => {
    expect(uriOf('dumps/core 1#2?.dmp', '/')).toBe('dumps/core%201%232%3F.dmp');
    expect(uriOf('./a//b', '/')).toBe('a/b');
    expect(uriOf('/var/crash/ä%', '/')).toBe('file:///var/crash/%C3%A4%25');
    expect(uriOf('a:b', '/')).toBe('a%3Ab');
    expect(uriOf('back\\slash', '/')).toBe('back%5Cslash');
    expect(uriOf('-', '/')).toBe('stdin');
    expect(uriOf('\ud800', '/')).toBe('%EF%BF%BD');
  });

  it('knows the paths of Windows', () => {
    expect(uriOf('C:\\dumps\\a b.dmp', '\\')).toBe('file:///C:/dumps/a%20b.dmp');
    expect(uriOf('\\\\server\\share\\a.dmp', '\\')).toBe('file://server/share/a.dmp');
    expect(uriOf('dumps\\a.dmp', '\\')).toBe('dumps/a.dmp');
  });

  it('names the same file as the platform does', () => {
    for (const file of ['/var/crash/core 1', '/a#b/ä?', '/%41']) {
      expect(new URL(uriOf(file, '/')).pathname.split('/').map(decodeURIComponent).join('/')).toBe(file);
    }
  });
});
