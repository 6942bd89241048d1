import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { accountFor } from '../../src/findings/coverage.js';
import { renderJunit } from '../../src/report/junit.js';
import { sanitize } from '../../src/report/sanitize.js';
import type { ScanReport } from '../../src/types.js';
import { everything, finding, HOSTILE, hostile, input, report } from './build.js';

interface TestCase {
  readonly name: string;
  readonly classname: string;
  readonly failure?: { readonly message: string };
  readonly error?: { readonly message: string };
  readonly skipped?: { readonly message: string };
}

interface Suite {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly skipped: string;
  readonly testcase: readonly TestCase[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  htmlEntities: true,
  isArray: (name) => name === 'testsuite' || name === 'testcase',
});

function parse(of: ScanReport, options = {}): Suite & { testsuite: Suite[] } {
  const xml = renderJunit(of, options);
  expect(XMLValidator.validate(xml)).toBe(true);
  return parser.parse(xml).testsuites;
}

describe('the JUnit report', () => {
  it('has a suite for each input that fails exactly when the input is not clean', () => {
    const { testsuite } = parse(everything);
    expect(testsuite.map(({ name }) => name)).toEqual(everything.inputs.map(({ path }) => path));
    expect(testsuite.map(({ failures, errors }) => `${failures} ${errors}`)).toEqual(['0 0', '3 0', '1 0', '0 1']);
  });

  it('counts right, in each suite and over all', () => {
    const { testsuite, ...all } = parse(everything);
    for (const { testcase, tests, failures, errors, skipped } of testsuite) {
      const count = (kind: 'failure' | 'error' | 'skipped') => String(testcase.filter((test) => kind in test).length);
      expect([tests, failures, errors, skipped]).toEqual([
        String(testcase.length),
        count('failure'),
        count('error'),
        count('skipped'),
      ]);
    }
    for (const kind of ['tests', 'failures', 'errors', 'skipped'] as const) {
      expect(Number(all[kind])).toBe(testsuite.reduce((sum, suite) => sum + Number(suite[kind]), 0));
    }
  });

  it('has one passing test case for a clean input', () => {
    const { testsuite } = parse(report([input('a')]));
    expect(testsuite[0]?.testcase.map(({ name }) => name)).toEqual(['coverage']);
    expect(testsuite[0]).toMatchObject({ tests: '1', failures: '0', errors: '0', skipped: '0' });
  });

  it('fails the coverage when something was not scanned, also where keys were found', () => {
    const skipped = accountFor(100, 200, 0, []);
    const inputs = [
      input('a', { findings: [finding('a')], coverage: skipped }),
      input('b', { verdict: 'incomplete' }),
      input('c', { findings: [finding('a')], warnings: [{ code: 'X', message: 'x', incomplete: true }] }),
    ];
    for (const { testcase } of parse(report(inputs)).testsuite) {
      expect(testcase.at(-1)).toMatchObject({ name: 'coverage', failure: { message: 'not everything was scanned' } });
    }
  });

  it('skips what is waived, with the reason', () => {
    const [, suite] = parse(everything).testsuite;
    expect(suite?.testcase.find((test) => test.skipped)?.skipped?.message).toContain('key of the integration tests');
  });

  it('passes published test keys, unless the scan was told to fail on them', () => {
    const low = finding('a', { severity: 'low' });
    const passed = report([input('a', { findings: [low], verdict: 'clean' })]);
    expect(parse(passed).failures).toBe('0');
    const failed = report([input('a', { findings: [low], verdict: 'findings' })]);
    expect(parse(failed).failures).toBe('1');
    expect(parse(everything, { failOn: 'low' }).testsuite[1]?.failures).toBe('4');
    expect(parse(everything, { failOn: 'critical' }).testsuite[1]?.failures).toBe('1');
  });

  it('is well-formed, and one line for each name, whatever the names are', () => {
    const xml = renderJunit(hostile);
    expect(XMLValidator.validate(xml)).toBe(true);
    // Section 2.2 of XML 1.0; a lenient parser would not mind.
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    expect(xml).not.toMatch(/\u009b|\u202e|\]\]>/);
    expect(parse(hostile).testsuite[0]?.name).toBe(sanitize(HOSTILE));
  });
});
