/**
 * The report for people: findings by severity, what proves them, which key it is, where it lies, and what to do. Plain
 * lines that stay readable at 80 columns, in a pipe, and without colour.
 */

import { Chalk, type ChalkInstance } from 'chalk';
import { isQuiet } from '../findings/urgency.js';
import type { Finding, InputReport, ScanReport, Verdict } from '../types.js';
import { byteCount } from './bytes.js';
import {
  bySeverity,
  countBySeverity,
  describeCoverage,
  describeCrash,
  describeFinding,
  describeFormat,
  describePath,
  describeVerdict,
  skippedByReason,
} from './describe.js';
import { flow, shorten } from './layout.js';
import { findingLines } from './text-finding.js';
import { list, paragraph, type Style } from './text-style.js';
import { summaryLines } from './text-summary.js';
import { plural } from './units.js';

export interface TextOptions {
  /** ANSI colours. */
  readonly color: boolean;
  /** Columns; only fingerprints and paths are ever wider. */
  readonly width: number;
  /** List all findings, locations, certificates and warnings. */
  readonly details?: boolean;
}

/** Findings listed for one input; the rest are counted. */
const MAX_FINDINGS = 100;
/** More clean inputs than this are counted instead of listed. */
const MAX_CLEAN = 10;
/** Columns of the format's name. */
const MAX_FORMAT = 30;
/** Narrower than this, nothing is readable. */
const MIN_WIDTH = 60;

export function renderText(report: ScanReport, options: TextOptions): string {
  const style: Style = {
    chalk: new Chalk({ level: options.color ? 1 : 0 }),
    width: Math.max(MIN_WIDTH, Math.floor(options.width) || 80),
    details: options.details === true,
    now: report.finishedAt,
  };
  const quiet = report.inputs.filter(isQuiet);
  const lines = quiet.length > MAX_CLEAN && !style.details ? [] : quiet.flatMap((input) => quietLines(input, style));
  for (const input of report.inputs) {
    if (isQuiet(input)) continue;
    if (lines.length > 0) lines.push('');
    lines.push(...inputLines(input, style));
  }
  if (quiet.length < report.inputs.length) lines.push('');
  lines.push(...summaryLines(report, style));
  return `${lines.join('\n')}\n`;
}

function quietLines(input: InputReport, { chalk, width }: Style): string[] {
  const facts = [shorten(describeFormat(input), MAX_FORMAT), byteCount(input.size)];
  if (input.coverage.holes > 0) facts.push(`${byteCount(input.coverage.holes)} in holes`);
  const [first = '', ...rest] = flow([describePath(input), ...facts], width - 7);
  return [`${chalk.green('clean')}  ${first}`, ...rest.map((line) => `       ${line}`)];
}

function inputLines(input: InputReport, style: Style): string[] {
  const { active, waived } = bySeverity(input.findings);
  const lines = headerLines(input, active, style);
  if (input.crash) lines.push(...paragraph('crash', describeCrash(input.crash), style));
  const listed = style.details ? active : active.slice(0, MAX_FINDINGS);
  for (const finding of listed) lines.push('', ...findingLines(finding, style));
  if (active.length > listed.length) {
    lines.push('', `  and ${plural(active.length - listed.length, 'more finding')} (see --format json)`);
  }
  if (active.length > 0) lines.push('');
  lines.push(...list('waived', waived.map(waiverOf), style));
  // What could not be opened has no bytes to account for.
  if (input.coverage.bytes > 0) lines.push(...paragraph('coverage', describeCoverage(input.coverage), style));
  const reasons = skippedByReason(input.coverage).map(([reason, bytes]) => `${byteCount(bytes)} ${reason}`);
  lines.push(...list('skipped', reasons, style));
  const warnings = input.warnings.map(({ code, message }) => `${message} [${code}]`);
  return [...lines, ...list('warning', warnings, style)];
}

function headerLines(input: InputReport, active: readonly Finding[], { chalk, width }: Style): string[] {
  const verdict = `${describeVerdict(input)}: `;
  const counts = countBySeverity(active);
  const facts = [shorten(describeFormat(input), MAX_FORMAT), byteCount(input.size), ...counts];
  if (input.verdict === 'findings' && active.length === 0) facts.push('in its members');
  const [first = '', ...rest] = flow(facts, width - 2 - verdict.length);
  return [
    chalk.bold(describePath(input)),
    `  ${paint(input.verdict, verdict, chalk)}${first}`,
    ...rest.map((line) => `    ${line}`),
  ];
}

function paint(verdict: Verdict, text: string, { red, green, yellow, magenta }: ChalkInstance): string {
  return { findings: red.bold, clean: green.bold, incomplete: yellow.bold, error: magenta.bold }[verdict](text);
}

function waiverOf(finding: Finding): string {
  const until = finding.waived?.expires === undefined ? '' : ` (until ${finding.waived.expires})`;
  return `${finding.severity}: ${describeFinding(finding)}; ${finding.waived?.reason}${until}`;
}
