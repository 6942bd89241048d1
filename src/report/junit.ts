/**
 * JUnit XML, as CI systems read it: a test suite for each input, a test case for each finding and one for the coverage.
 * A suite fails exactly when its input is not clean.
 */

import { counts, DEFAULT_FAIL_ON } from '../findings/verdict.js';
import type { Finding, InputReport, ScanReport, Severity } from '../types.js';
import { byteCount } from './bytes.js';
import { describeCoverage, describeFinding, describePlace, hexOffset, skippedByReason } from './describe.js';
import { xmlText } from './sanitize.js';
import { plural } from './units.js';

export interface JunitOptions {
  /** The least severity that fails a test case, as given to the scan; `medium` when absent. */
  readonly failOn?: Severity;
}

/** Places named in one failure. */
const MAX_LOCATIONS = 20;

interface TestCase {
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly xml: string;
}

export function renderJunit(report: ScanReport, options: JunitOptions = {}): string {
  const failOn = options.failOn ?? DEFAULT_FAIL_ON;
  const timestamp = report.startedAt.slice(0, 19);
  const suites = report.inputs.map((input) => ({ input, cases: casesOf(input, failOn) }));
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  const all = suites.flatMap(({ cases }) => cases);
  lines.push(`<testsuites ${attributes({ name: 'dumpsieve', ...tally(all), time: seconds(report.summary.seconds) })}>`);
  for (const { input, cases } of suites) {
    // The engine does not time single inputs.
    lines.push(`  <testsuite ${attributes({ name: input.path, ...tally(cases), time: seconds(0), timestamp })}>`);
    lines.push(...cases.map(({ xml }) => xml), '  </testsuite>');
  }
  lines.push('</testsuites>');
  return `${lines.join('\n')}\n`;
}

function seconds(value: number): string {
  return value.toFixed(3);
}

function tally(cases: readonly TestCase[]): Record<string, string> {
  const count = (outcome: TestCase['outcome']) => String(cases.filter((test) => test.outcome === outcome).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xmlText(value)}"`)
    .join(' ');
}

function casesOf(input: InputReport, failOn: Severity): TestCase[] {
  const counting = new Set(countingFindings(input, failOn));
  return [...input.findings.map((finding) => findingCase(input, finding, counting.has(finding))), coverageCase(input)];
}

/** Which findings fail. The verdict has the last word: it knows with which severity the scan was made. */
function countingFindings({ verdict, findings }: InputReport, failOn: Severity): readonly Finding[] {
  if (verdict !== 'findings') return [];
  const counting = findings.filter((finding) => counts(finding, failOn));
  return counting.length > 0 ? counting : findings.filter(({ waived }) => waived === undefined);
}

function findingCase(input: InputReport, finding: Finding, fails: boolean): TestCase {
  const { id, severity, rule, waived } = finding;
  const name = `${severity.toUpperCase()} ${describeFinding(finding)} (${id})`;
  if (waived !== undefined) {
    const message = `waived: ${waived.reason}${waived.expires === undefined ? '' : ` (until ${waived.expires})`}`;
    return testCase(input, name, 'skipped', `<skipped ${attributes({ message })}/>`);
  }
  const text = factsOf(finding).map(xmlText).join('\n');
  if (!fails) return testCase(input, name, 'passed', `<system-out>${text}</system-out>`);
  const message = `${describeFinding(finding)}; rotate this key`;
  return testCase(input, name, 'failure', `<failure ${attributes({ message, type: rule })}>${text}</failure>`);
}

function factsOf({ confidence, evidence, key, locations, moreLocations = 0 }: Finding): string[] {
  const facts = [`confidence: ${[confidence, ...evidence].join('; ')}`];
  if (key?.known) facts.push(`published test key: ${key.known}`);
  if (key?.spkiSha256) facts.push(`SPKI SHA-256: ${key.spkiSha256}`);
  if (key?.sshFingerprint) facts.push(`SSH: ${key.sshFingerprint}`);
  for (const { subject, serial, notAfter } of key?.certificates ?? []) {
    facts.push(`certificate: ${subject}, serial ${serial}, until ${notAfter.slice(0, 10)}`);
  }
  for (const location of locations.slice(0, MAX_LOCATIONS)) {
    const { part, offset, length } = location;
    facts.push(`at ${[`${hexOffset(offset)} ${part}`, plural(length, 'byte'), ...describePlace(location)].join(', ')}`);
  }
  const more = Math.max(0, locations.length - MAX_LOCATIONS) + moreLocations;
  return more > 0 ? [...facts, `and ${more} more`] : facts;
}

/** Fails when not every byte was scanned; an error when the input could not be read at all. */
function coverageCase(input: InputReport): TestCase {
  const { verdict, coverage, warnings } = input;
  const lines = [
    describeCoverage(coverage),
    ...skippedByReason(coverage).map(([reason, bytes]) => `${byteCount(bytes)} skipped: ${reason}`),
    ...warnings.map(({ code, message }) => `${message} [${code}]`),
  ];
  const text = lines.map(xmlText).join('\n');
  if (verdict === 'error') {
    const { code = 'ERROR', message = 'the input could not be scanned' } = warnings[0] ?? {};
    return testCase(input, 'coverage', 'error', `<error ${attributes({ message, type: code })}>${text}</error>`);
  }
  const incomplete = verdict === 'incomplete' || coverage.skipped.length > 0 || warnings.some((one) => one.incomplete);
  if (!incomplete) return testCase(input, 'coverage', 'passed', `<system-out>${text}</system-out>`);
  const message = 'not everything was scanned';
  return testCase(
    input,
    'coverage',
    'failure',
    `<failure ${attributes({ message, type: 'coverage' })}>${text}</failure>`,
  );
}

function testCase(input: InputReport, name: string, outcome: TestCase['outcome'], body: string): TestCase {
  const tag = attributes({ name, classname: input.path, time: seconds(0) });
  return { outcome, xml: `    <testcase ${tag}>${body}</testcase>` };
}
