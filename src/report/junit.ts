/** JUnit XML: a suite for each input, a failing case for each finding, and one case for its coverage. */
import type { Finding, InputReport, ScanReport } from '../types.js';
import { keyName } from './names.js';
import { sanitize } from './sanitize.js';

export function renderJunit(report: ScanReport): string {
  const suites = report.inputs.map(suite);
  const sum = (pick: (counts: Counts) => number) => suites.reduce((total, { counts }) => total + pick(counts), 0);
  const { seconds } = report.summary;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="dumpsieve" tests="${sum((c) => c.tests)}" failures="${sum((c) => c.failures)}" ` +
      `errors="${sum((c) => c.errors)}" skipped="${sum((c) => c.skipped)}" time="${seconds}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suite(input: InputReport): { xml: string; counts: Counts } {
  const cases = [...input.findings.map((finding) => findingCase(finding, input.path)), coverageCase(input)];
  const count = (element: string) => cases.filter((text) => text.includes(`<${element}`)).length;
  const counts = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
  const attributes = Object.entries(counts).map(([name, value]) => `${name}="${value}"`);
  const xml = [`  <testsuite name="${escape(input.path)}" ${attributes.join(' ')}>`, ...cases, '  </testsuite>'].join('\n');
  return { xml, counts };
}

function findingCase(finding: Finding, path: string): string {
  const name = `${finding.title}: ${keyName(finding)}`;
  const open = `    <testcase classname="${escape(path)}" name="${escape(name)} ${finding.id}">`;
  if (finding.waived) return `${open}<skipped message="${escape(`waived: ${finding.waived.reason}`)}"/></testcase>`;
  if (finding.severity === 'low') return `${open}<skipped message="low severity, does not fail"/></testcase>`;
  const places = finding.locations.slice(0, 20).map(({ part, offset, address }) => {
    return `${part} at offset 0x${offset.toString(16)}${address ? `, address ${address}` : ''}`;
  });
  const text = [`${finding.severity}, ${finding.confidence}`, ...finding.evidence, ...places].join('\n');
  return `${open}<failure type="${finding.rule}" message="${escape(name)}">${escape(text)}</failure></testcase>`;
}

function coverageCase({ path, verdict, coverage, warnings }: InputReport): string {
  const open = `    <testcase classname="${escape(path)}" name="coverage">`;
  const text = [
    `${coverage.scanned} of ${coverage.bytes} bytes scanned`,
    ...coverage.skipped.slice(0, 20).map(({ offset, length, reason }) => `${length} bytes at ${offset}: ${reason}`),
    ...warnings.map(({ code, message }) => `${code}: ${message}`),
  ].join('\n');
  if (verdict === 'error') return `${open}<error message="not scanned">${escape(text)}</error></testcase>`;
  const incomplete = coverage.skipped.length > 0 || warnings.some((warning) => warning.incomplete);
  if (!incomplete) return `${open}</testcase>`;
  return `${open}<failure type="incomplete" message="not completely scanned">${escape(text)}</failure></testcase>`;
}

/** XML 1.0 text; characters that XML cannot hold have been turned into their codes. */
function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const lines = text.split('\n').map(sanitize).join('&#10;');
  return lines.replace(/&(?!#10;)|[<>"]/g, (character) => entities[character] as string);
}
