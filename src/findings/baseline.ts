/** Waivers: findings that somebody has accepted, each with a reason, and until when. */
import { DumpsieveError } from '../errors.js';
import type { Finding, ScanReport } from '../types.js';

const SCHEMA = 'dumpsieve.baseline/1';

export interface Waiver {
  /** The finding's id: does not depend on path or offset. */
  readonly id: string;
  /** For the reader: which rule, and which public key. */
  readonly rule?: string;
  readonly key?: string;
  readonly reason: string;
  /** YYYY-MM-DD, the last day on which it holds. */
  readonly expires?: string;
  readonly added?: string;
}

export interface Baseline {
  readonly waivers: readonly Waiver[];
}

/** Throws BAD_BASELINE with the number of the waiver that is wrong. */
export function parseBaseline(text: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DumpsieveError('BAD_BASELINE', 'baseline: not JSON');
  }
  const { schema, waivers } = (value ?? {}) as { schema?: unknown; waivers?: unknown };
  if (schema !== SCHEMA || !Array.isArray(waivers)) {
    throw new DumpsieveError('BAD_BASELINE', `baseline: schema ${SCHEMA} and a list of waivers are needed`);
  }
  const seen = new Set<string>();
  return {
    waivers: waivers.map((entry: unknown, index) => {
      const problem = problemOf(entry, seen);
      if (problem !== undefined) throw new DumpsieveError('BAD_BASELINE', `baseline: waiver ${index + 1}: ${problem}`);
      return entry as Waiver;
    }),
  };
}

function problemOf(entry: unknown, seen: Set<string>): string | undefined {
  if (typeof entry !== 'object' || entry === null) return 'not an object';
  const { id, reason, expires } = entry as Record<string, unknown>;
  if (typeof id !== 'string' || id === '') return 'no id';
  if (seen.has(id)) return 'the same id twice';
  seen.add(id);
  if (typeof reason !== 'string' || reason.trim() === '') return 'no reason';
  if (expires !== undefined && !isDate(expires)) return 'expires is no date (YYYY-MM-DD)';
  return undefined;
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

export interface Applied {
  readonly findings: Finding[];
  /** Waivers that would have applied, had they not run out. */
  readonly expired: readonly Waiver[];
}

/** Marks waived findings. `today`: YYYY-MM-DD. */
export function applyBaseline(findings: readonly Finding[], { waivers }: Baseline, today: string): Applied {
  const byId = new Map(waivers.map((waiver) => [waiver.id, waiver]));
  const expired: Waiver[] = [];
  const marked = findings.map((finding) => {
    const waiver = byId.get(finding.id);
    if (waiver === undefined) return finding;
    if (waiver.expires !== undefined && waiver.expires < today) {
      expired.push(waiver);
      return finding;
    }
    const { reason, expires } = waiver;
    return { ...finding, waived: { reason, ...(expires !== undefined && { expires }) } };
  });
  return { findings: marked, expired };
}

/** All findings of the report as waivers, in order of id; those of `previous` keep their reason, expiry and date. */
export function writeBaseline(
  report: Pick<ScanReport, 'inputs'>,
  previous: Baseline | undefined,
  today: string,
  reason: string,
): string {
  const waivers = new Map((previous?.waivers ?? []).map((waiver) => [waiver.id, waiver]));
  for (const { id, rule, key } of report.inputs.flatMap(({ findings }) => findings)) {
    if (waivers.has(id)) continue;
    waivers.set(id, { id, rule, ...(key?.spkiSha256 && { key: key.spkiSha256 }), reason, added: today });
  }
  const sorted = [...waivers.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return `${JSON.stringify({ schema: SCHEMA, waivers: sorted }, undefined, 2)}\n`;
}
