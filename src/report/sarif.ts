/**
 * SARIF 2.1.0 (OASIS Standard, errata 01) for code scanning dashboards: one run, one result for each secret in each
 * input, within the limits that GitHub documents for uploads.
 */
import type { Finding, InputReport, ScanReport, Warning } from '../types.js';
import { bySeverity, describeCoverage, describeFinding } from './describe.js';
import { keyOf } from './json.js';
import { safeJson } from './sanitize.js';
import { plain, sarifLocation, uriOf } from './sarif-location.js';
import { LEVELS, RuleTable, SECURITY_SEVERITY } from './sarif-rules.js';
import { plural } from './units.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const INFORMATION = 'https://www.npmjs.com/package/dumpsieve';

/** GitHub rejects an upload with more results in a run. */
const MAX_RESULTS = 25_000;
/** Further places of one secret. GitHub accepts 1,000 and shows 100; nobody reads so many. */
const MAX_RELATED = 20;
const MAX_NOTIFICATIONS = 1000;
/** Certificates named in a message; properties hold all of them. */
const MAX_NAMED = 2;
const RANKS = { proven: 100, parsed: 75, pattern: 50, heuristic: 25 } as const;

interface Place {
  readonly uri: string;
  readonly index: number;
}

export function renderSarif(report: ScanReport): string {
  const rules = new RuleTable();
  const places = report.inputs.map(({ path, file }, index): Place => ({ uri: uriOf(file ?? path), index }));
  const found = report.inputs.flatMap(({ findings }, index) =>
    findings.map((finding) => ({ finding, place: places[index] as Place })),
  );
  const kept = mostSevere(found, MAX_RESULTS);
  const results = kept.map(({ finding, place }) => resultOf(finding, place, rules));
  const notifications = report.inputs.flatMap((input, index) => notificationsOf(input, places[index] as Place));
  const cut = [
    ...cutNote(found.length - results.length, 'result', 'RESULTS_CUT'),
    ...cutNote(notifications.length - MAX_NOTIFICATIONS, 'notification', 'NOTIFICATIONS_CUT'),
  ];
  const run = {
    tool: {
      driver: {
        name: report.tool.name,
        version: report.tool.version,
        semanticVersion: report.tool.version,
        informationUri: INFORMATION,
        rules: rules.descriptors,
        properties: { ruleset: report.tool.ruleset },
      },
    },
    invocations: [
      {
        executionSuccessful: report.summary.errors === 0,
        startTimeUtc: report.startedAt,
        endTimeUtc: report.finishedAt,
        toolExecutionNotifications: [...cut, ...notifications.slice(0, MAX_NOTIFICATIONS)],
      },
    ],
    artifacts: report.inputs.map((input, index) => artifactOf(input, (places[index] as Place).uri)),
    results,
    columnKind: 'utf16CodeUnits',
    properties: { summary: report.summary, selfTest: report.selfTest },
  };
  return safeJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] });
}

/** The first `most` by severity, in the order in which they stood; what is waived goes first. */
function mostSevere<T extends { finding: Finding }>(found: readonly T[], most: number): readonly T[] {
  if (found.length <= most) return found;
  const { active, waived } = bySeverity(found.map(({ finding }) => finding));
  const kept = new Set([...active, ...waived].slice(0, most));
  return found.filter(({ finding }) => kept.has(finding));
}

function resultOf(finding: Finding, { uri, index }: Place, rules: RuleTable) {
  const { id, severity, confidence, evidence, key, locations, moreLocations = 0, waived } = finding;
  const [first, ...others] = locations.map((location) => sarifLocation(location, uri, index));
  const hash = id.replace(/^dsk1-/, '').slice(0, 16);
  return {
    ...rules.of(finding),
    level: LEVELS[severity],
    rank: RANKS[confidence],
    message: { text: messageOf(finding) },
    // Without a location GitHub drops the result.
    locations: [first ?? { physicalLocation: { artifactLocation: { uri, index }, region: { startLine: 1 } } }],
    ...(others.length > 0 && {
      relatedLocations: others.slice(0, MAX_RELATED).map((other, at) => ({ id: at + 1, ...other })),
    }),
    // GitHub reads only the second; without it, the uploader would hash the lines of the dump.
    partialFingerprints: { 'dumpsieveKey/v1': id, primaryLocationLineHash: `${hash}:1` },
    // Section 3.27.23: all results of a run have this property, or none has.
    suppressions: waived ? [suppressionOf(waived)] : [],
    properties: {
      'security-severity': SECURITY_SEVERITY[severity],
      severity,
      confidence,
      evidence,
      key: key && keyOf(key),
      moreLocations: Math.max(0, others.length - MAX_RELATED) + moreLocations || undefined,
    },
  };
}

function suppressionOf({ reason, expires }: NonNullable<Finding['waived']>) {
  return { kind: 'external', status: 'accepted', justification: reason, ...(expires && { properties: { expires } }) };
}

/** Sentences; GitHub shows the first as the alert's title. */
function messageOf(finding: Finding): string {
  const { confidence, evidence, key, locations, moreLocations = 0 } = finding;
  const sentences = [
    describeFinding(finding),
    [confidence, evidence.join('; ')].filter((part) => part !== '').join(': '),
  ];
  if (key?.known) sentences.push(`Published test key: ${key.known}`);
  if (key?.spkiSha256) sentences.push(`SPKI SHA-256 ${key.spkiSha256}`);
  if (key?.sshFingerprint) sentences.push(`SSH ${key.sshFingerprint}`);
  for (const { subject, serial, notAfter } of key?.certificates?.slice(0, MAX_NAMED) ?? []) {
    sentences.push(
      `Certificate ${subject.slice(0, 200)}, serial ${serial.slice(0, 64)}, until ${notAfter.slice(0, 10)}`,
    );
  }
  const places = locations.length + moreLocations;
  if (places > 1) sentences.push(`In ${places} places of this dump`);
  return `${sentences.map(plain).join('. ')}.`;
}

function artifactOf({ path, size, format, wrappers, verdict, coverage }: InputReport, uri: string) {
  const { bytes, scanned, holes } = coverage;
  return {
    location: { uri },
    length: size,
    roles: ['analysisTarget', ...(uri === 'stdin' && path === '-' ? ['standardStream'] : [])],
    mimeType: 'application/octet-stream',
    properties: { format, wrappers, verdict, coverage: { bytes, scanned, holes } },
  };
}

/** What a reader must know besides the results: warnings, and that something was not scanned. */
function notificationsOf({ verdict, warnings, coverage }: InputReport, { uri, index }: Place) {
  const notes: Array<[Warning['code'], 'error' | 'warning' | 'note', string]> = warnings.map(
    ({ code, message, incomplete }) => [code, verdict === 'error' ? 'error' : incomplete ? 'warning' : 'note', message],
  );
  if (coverage.skipped.length > 0) notes.push(['NOT_SCANNED', 'warning', describeCoverage(coverage)]);
  if (verdict === 'error' && warnings.length === 0) notes.push(['ERROR', 'error', 'the input could not be scanned']);
  return notes.map(([code, level, message]) => ({
    descriptor: { id: code },
    level,
    message: { text: plain(message) },
    locations: [{ physicalLocation: { artifactLocation: { uri, index } } }],
  }));
}

function cutNote(count: number, what: string, code: string) {
  if (count <= 0) return [];
  const text = `${plural(count, `more ${what}`)} left out: the limit is reached; the JSON report has all of them`;
  return [{ descriptor: { id: code }, level: 'warning', message: { text } }];
}
