import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.js';
import { REPORT_SCHEMA } from '../../src/report/json-schema.js';
import type { Finding, ScanReport } from '../../src/types.js';
import { everything, finding, hostile, input, report } from './build.js';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);

/** The schema, with every object closed: what is not described must not be written. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, entry]) => [name, closed(entry)]));
  return 'properties' in schema ? { ...copy, additionalProperties: false } : copy;
}

const validate = ajv.compile(closed(REPORT_SCHEMA) as object);
const rendered = (of: ScanReport) => JSON.parse(renderJson(of)) as ScanReport;

describe('the JSON report', () => {
  it('is what its schema describes, and no more', () => {
    for (const of of [everything, report([input('a')])]) {
      expect(validate(rendered(of)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('says whose crash a dump is, where that is known', () => {
    const crash = { tool: 'abrt', program: '/usr/sbin/nginx', pid: 4711, signal: 'SIGSEGV' } as const;
    const of = report([input('a', { crash }), input('b', { crash: { tool: 'systemd-coredump', program: 'nginx' } })]);
    expect(validate(rendered(of)), JSON.stringify(validate.errors)).toBe(true);
    expect(rendered(of).inputs[0]?.crash).toEqual(crash);
  });

  it('loses nothing', () => {
    expect(rendered(everything)).toEqual(JSON.parse(JSON.stringify(everything)));
  });

  it('has the names of the contract', () => {
    const { inputs, ...head } = rendered(everything);
    expect(Object.keys(head)).toEqual(['schema', 'tool', 'startedAt', 'finishedAt', 'selfTest', 'summary']);
    const [found] = inputs[1]?.findings.slice(1) ?? [];
    expect(Object.keys(inputs[1] ?? {})).toEqual([
      'path',
      'size',
      'format',
      'wrappers',
      'verdict',
      'coverage',
      'findings',
      'warnings',
    ]);
    expect(found).toMatchObject({
      id: expect.any(String),
      key: { spkiSha256: expect.any(String), certificates: [{ subject: expect.any(String) }, {}] },
      locations: expect.arrayContaining([expect.objectContaining({ part: 'PKCS#8 DER', offset: 4096, length: 1218 })]),
      moreLocations: 4,
    });
  });

  it('carries no member that a stage hung on its objects', () => {
    const marked = {
      ...finding('a'),
      limbs: 'members that are not in the contract',
      key: { algorithm: 'RSA', d: 'x' },
    };
    const text = renderJson(report([input('a', { findings: [marked as Finding] })]));
    expect(text).not.toContain('limbs');
    expect(text).not.toContain('"d"');
  });

  it('gives hostile names back exactly, and shows nothing of them to a terminal', () => {
    const text = renderJson(hostile);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    const path = hostile.inputs[0]?.path.replace(/\p{Cs}/gu, '\ufffd');
    expect((JSON.parse(text) as ScanReport).inputs[0]?.path).toBe(path);
  });
});

describe('the schema', () => {
  it('refuses reports with wrong values', () => {
    const broken = (change: (copy: Record<string, unknown>) => void) => {
      const copy = JSON.parse(renderJson(everything)) as Record<string, unknown>;
      change(copy);
      return validate(copy);
    };
    expect(broken((copy) => (copy.schema = 'dumpsieve.report/2'))).toBe(false);
    expect(broken((copy) => delete copy.summary)).toBe(false);
    expect(broken((copy) => ((copy.inputs as Array<{ verdict: string }>)[0] = { verdict: 'fine' }))).toBe(false);
  });
});
