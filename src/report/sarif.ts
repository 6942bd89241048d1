/**
 * SARIF 2.1.0 (OASIS) as GitHub code scanning accepts it: byte regions with a synthetic first line, which it insists on,
 * and fingerprints that do not depend on path or offset.
 */
import { RULES, type RuleId } from '../detect/rules.js';
import type { Finding, InputReport, Location, ScanReport, Severity } from '../types.js';
import { fingerprintOf, keyName } from './names.js';
import { sanitize } from './sanitize.js';

/** GitHub refuses files with more results in a run, and cuts locations. */
const MAX_RESULTS = 25_000;
const MAX_RELATED = 20;

const LEVELS: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
const SCORES: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.0', low: '2.0' };
const ADVICE =
  'Treat the key as exposed: replace it, revoke its certificates, and find out where the dump has been. Removing the dump is not enough.';

export function renderSarif(report: ScanReport): string {
  const rules = Object.keys(RULES) as RuleId[];
  const all = report.inputs.flatMap((input) => input.findings.map((finding) => resultOf(finding, input, rules)));
  const notifications = report.inputs.flatMap(notificationsOf);
  if (all.length > MAX_RESULTS) {
    notifications.push(notification(`${all.length - MAX_RESULTS} results are left out: see the JSON report`, 'warning'));
  }
  const run = {
    tool: {
      driver: {
        name: 'dumpsieve',
        version: report.tool.version,
        semanticVersion: report.tool.version,
        informationUri: 'https://www.npmjs.com/package/dumpsieve',
        rules: rules.map(ruleOf),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: report.summary.errors === 0,
        startTimeUtc: report.startedAt,
        endTimeUtc: report.finishedAt,
        toolExecutionNotifications: notifications,
      },
    ],
    artifacts: report.inputs.map(({ path, size }) => ({ location: { uri: uriOf(path) }, length: size })),
    results: all.slice(0, MAX_RESULTS),
  };
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

function ruleOf(id: RuleId): object {
  const { title, severity } = RULES[id];
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: `${title}, found in a memory or crash dump.` },
    help: { text: ADVICE, markdown: ADVICE },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'secret'], precision: 'very-high', 'security-severity': SCORES[severity] },
  };
}

function resultOf(finding: Finding, { path }: InputReport, rules: readonly RuleId[]): object {
  const [first, ...more] = finding.locations;
  const related = more.slice(0, MAX_RELATED).map((location, id) => ({ id, ...locationOf(location, path) }));
  const certificate = finding.key?.certificates?.[0];
  const text = [
    `${finding.title}: ${keyName(finding)} (${finding.confidence}), ${fingerprintOf(finding)}`,
    certificate ? `, certificate ${sanitize(certificate.subject)}` : '',
    finding.key?.known ? `, a published test key: ${finding.key.known}` : '',
    `, in ${finding.locations.length + (finding.moreLocations ?? 0)} place(s).`,
  ].join('');
  return {
    ruleId: finding.rule,
    ruleIndex: rules.indexOf(finding.rule as RuleId),
    level: LEVELS[finding.severity],
    message: { text },
    locations: first ? [locationOf(first, path)] : [],
    ...(related.length > 0 && { relatedLocations: related }),
    partialFingerprints: { 'dumpsieveKey/v1': finding.id, primaryLocationLineHash: `${finding.id.replace(/^.*-/, '')}:1` },
    properties: {
      confidence: finding.confidence,
      evidence: finding.evidence,
      'security-severity': SCORES[finding.severity],
      ...(finding.key && { key: finding.key }),
    },
    ...(finding.waived && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: sanitize(finding.waived.reason) }],
    }),
  };
}

function locationOf({ part, offset, length, address, region, module }: Location, path: string): object {
  const place = [part, address && `address ${address}`, region, module].filter(Boolean).map((text) => sanitize(`${text}`));
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path) },
      region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2, byteOffset: offset, byteLength: length },
    },
    message: { text: place.join(', ') },
  };
}

function notificationsOf({ path, warnings, coverage }: InputReport): object[] {
  const notes = warnings.map(({ code, message, incomplete }) =>
    notification(`${sanitize(path)}: ${sanitize(message)} [${code}]`, incomplete ? 'warning' : 'note'),
  );
  for (const { offset, length, reason } of coverage.skipped.slice(0, MAX_RELATED)) {
    notes.push(notification(`${sanitize(path)}: ${length} bytes at ${offset} not scanned: ${sanitize(reason)}`, 'warning'));
  }
  return notes;
}

function notification(text: string, level: 'warning' | 'note'): object {
  return { level, message: { text } };
}

/** A relative or file: URI reference, each segment percent-encoded. */
function uriOf(path: string): string {
  const encoded = Buffer.from(path.replaceAll('\\', '/'), 'utf8')
    .toString('utf8')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  if (path.startsWith('/')) return `file://${encoded}`;
  return encoded === '-' ? 'stdin' : encoded;
}
