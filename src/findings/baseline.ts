/**
 * Baselines: findings that someone decided to live with, each with a reason. A waiver names the secret, not a place:
 * its id is the same in every dump and at every offset.
 */
import { DumpsieveError } from '../errors.js';
import type { Finding, ScanReport, Severity, Warning } from '../types.js';
import { severityRank } from './merge.js';

const SCHEMA = 'dumpsieve.baseline/1';
const SEVERITIES: readonly unknown[] = ['critical', 'high', 'medium', 'low'] satisfies Severity[];

export interface Waiver {
  /** The finding's id. */
  readonly id: string;
  /** Rule and public name of the key, for whoever reads the file. */
  readonly rule?: string;
  readonly key?: string;
  /**
   * The severity that was waived. A finding that is more severe is not: who accepts an encrypted key has not accepted
   * the same key in the clear.
   */
  readonly severity?: Severity;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which the waiver holds. */
  readonly expires?: string;
  /** `YYYY-MM-DD` */
  readonly added: string;
}

export interface Baseline {
  readonly waivers: readonly Waiver[];
}

export interface Waived {
  readonly findings: Finding[];
  /** Waivers that would hold for one of the findings, had they not expired. */
  readonly expired: Waiver[];
  /** Waivers that do not reach the severity of their finding. */
  readonly exceeded: Waiver[];
  /** Waivers without a finding. Over several inputs, only what is unused in each of them is unused. */
  readonly unused: Waiver[];
  /** One for each expired and exceeded waiver. None makes a scan incomplete: the finding itself counts again. */
  readonly warnings: Warning[];
}

const MEMBERS: Readonly<
  Record<keyof Waiver, { readonly required: boolean; readonly check: (text: unknown) => boolean }>
> = {
  id: { required: true, check: (text) => isText(text) && /^[\w.:-]{1,128}$/.test(text) },
  rule: { required: false, check: isText },
  key: { required: false, check: isText },
  severity: { required: false, check: (text) => SEVERITIES.includes(text) },
  reason: { required: true, check: (text) => isText(text) && text.trim() !== '' },
  expires: { required: false, check: isDate },
  added: { required: true, check: isDate },
};

/**
 * Strict: a misspelt `expires` would otherwise waive for ever. Throws DumpsieveError BAD_BASELINE with the number of
 * the entry, counted from 1.
 */
export function parseBaseline(text: string): Baseline {
  let file: unknown;
  try {
    // Editors on Windows write a byte order mark.
    file = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw bad('not JSON');
  }
  if (!isObject(file)) throw bad('an object is needed');
  if (file.schema !== SCHEMA) throw bad(`"schema" must be "${SCHEMA}"`);
  if (!Array.isArray(file.waivers)) throw bad('"waivers" must be a list');
  const surplus = Object.keys(file).filter((name) => name !== 'schema' && name !== 'waivers');
  if (surplus.length > 0) throw bad('members other than "schema" and "waivers"');
  const seen = new Map<string, number>();
  const waivers = file.waivers.map((entry: unknown, index) => {
    const waiver = parseWaiver(entry, index + 1);
    const first = seen.get(waiver.id);
    if (first !== undefined) throw bad(`entry ${index + 1}: has the id of entry ${first}`);
    seen.set(waiver.id, index + 1);
    return waiver;
  });
  return { waivers };
}

function parseWaiver(entry: unknown, number: number): Waiver {
  if (!isObject(entry)) throw bad(`entry ${number}: an object is needed`);
  for (const name of Object.keys(entry)) {
    if (!Object.hasOwn(MEMBERS, name))
      throw bad(`entry ${number}: unknown member ${JSON.stringify(name).slice(0, 40)}`);
  }
  for (const [name, { required, check }] of Object.entries(MEMBERS)) {
    const value = Object.hasOwn(entry, name) ? entry[name] : undefined;
    if (value === undefined && required) throw bad(`entry ${number}: "${name}" is missing`);
    if (value !== undefined && !check(value)) throw bad(`entry ${number}: wrong value for "${name}"`);
  }
  return { ...entry } as unknown as Waiver;
}

function bad(message: string): DumpsieveError {
  return new DumpsieveError('BAD_BASELINE', `baseline: ${message}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

/** A day of the calendar: no 30th of February. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** Marks the findings that a waiver of the baseline holds for. `today`: `YYYY-MM-DD`. */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline, today: string): Waived {
  const waivers = new Map(baseline.waivers.map((waiver) => [waiver.id, waiver]));
  const [expired, exceeded, used] = [new Set<Waiver>(), new Set<Waiver>(), new Set<Waiver>()];
  const marked = findings.map((finding) => {
    const waiver = waivers.get(finding.id);
    if (waiver === undefined) return finding;
    used.add(waiver);
    if (isExpired(waiver, today)) expired.add(waiver);
    else if (isExceeded(waiver, finding.severity)) exceeded.add(waiver);
    else return { ...finding, waived: { reason: waiver.reason, ...(waiver.expires && { expires: waiver.expires }) } };
    return finding;
  });
  const warnings = [
    ...[...expired].map(({ id, expires }) => warning('WAIVER_EXPIRED', `the waiver of ${id} expired on ${expires}`)),
    ...[...exceeded].map(({ id, severity }) =>
      warning(
        'WAIVER_EXCEEDED',
        `the waiver of ${id} was given for a finding of severity ${severity}; it is more severe now`,
      ),
    ),
  ];
  const unused = baseline.waivers.filter((waiver) => !used.has(waiver));
  return { findings: marked, expired: [...expired], exceeded: [...exceeded], unused, warnings };
}

function warning(code: string, message: string): Warning {
  return { code, message, incomplete: false };
}

function isExpired({ expires }: Waiver, today: string): boolean {
  return expires !== undefined && expires < today;
}

function isExceeded(waiver: Waiver, severity: Severity): boolean {
  return waiver.severity !== undefined && severityRank(severity) < severityRank(waiver.severity);
}

/**
 * A baseline that waives all findings of the report, in the order of their ids. Waivers of `previous` that still hold
 * keep reason, expiry and date, also when this scan did not meet them; for the others `reason` is recorded. Throws
 * DumpsieveError BAD_BASELINE when the reason is blank.
 */
export function writeBaseline(
  report: Pick<ScanReport, 'inputs'>,
  previous: Baseline | undefined,
  today: string,
  reason: string,
): string {
  if (reason.trim() === '') throw bad('a reason is needed');
  const waivers = new Map((previous?.waivers ?? []).map((waiver) => [waiver.id, waiver]));
  const worst = new Map<string, Finding>();
  for (const finding of report.inputs.flatMap(({ findings }) => findings)) {
    const other = worst.get(finding.id);
    if (!other || severityRank(finding.severity) < severityRank(other.severity)) worst.set(finding.id, finding);
  }
  for (const finding of worst.values()) {
    const old = waivers.get(finding.id);
    if (old !== undefined && !isExpired(old, today) && !isExceeded(old, finding.severity)) continue;
    waivers.set(finding.id, waiverOf(finding, today, reason));
  }
  const sorted = [...waivers.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return `${JSON.stringify({ schema: SCHEMA, waivers: sorted.map(inOrder) }, undefined, 2)}\n`;
}

function waiverOf({ id, rule, key, severity }: Finding, today: string, reason: string): Waiver {
  const name = key?.spkiSha256 ?? key?.algorithm;
  return { id, rule, ...(name && { key: name }), severity, reason, added: today };
}

/** The members in one order, whatever the order in the file they came from. */
function inOrder({ id, rule, key, severity, reason, expires, added }: Waiver): Waiver {
  return { id, rule, key, severity, reason, expires, added };
}
