/** The end of the text report, where eyes fall first: what the run amounts to, and what to do now. */

import type { ChalkInstance } from 'chalk';
import type { InputReport, ScanReport } from '../types.js';
import { byteCount } from './bytes.js';
import { wrap } from './layout.js';
import type { Style } from './text-style.js';
import { formatRate, formatSeconds, plural } from './units.js';

const ROTATE =
  'Rotate every key listed: make a new one, revoke the certificates of the old one, and remove it wherever it is ' +
  'trusted. To delete the dump is not enough: whoever could read it may hold the key.';
const HOLD = 'Until then, keep these dumps where they are.';
const NOT_CLEAN =
  'What was not scanned may hold keys. Do not take an incomplete result for a clean one: unpack or repair the dump, ' +
  'and scan it again.';
const UNREAD = 'See to it that the inputs with errors can be read, and scan them again.';

export function summaryLines(report: ScanReport, { chalk, width }: Style): string[] {
  const { summary, selfTest } = report;
  const tally = [
    [summary.findings, 'with keys'],
    [summary.incomplete, 'incomplete'],
    [summary.errors, 'with errors'],
    [summary.clean, 'clean'],
  ] as const;
  const told = tally.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  // Of less than a megabyte, only the start of the program was timed.
  const timed = summary.seconds > 0 && summary.bytes >= 1e6;
  const rate = timed ? `, ${formatRate(summary.bytes / summary.seconds)}` : '';
  const lines = [
    ...wrap(`${plural(summary.inputs, 'input')}: ${told.join(', ')}`, width),
    ...wrap(`${byteCount(summary.bytes)} scanned in ${formatSeconds(summary.seconds)}${rate}`, width),
    ...wrap(`self-test: ${selfTest.found} of ${selfTest.planted} planted specimens found`, width),
  ];
  const [paint, verdict] = verdictOf(report, chalk);
  lines.push(...wrap(`VERDICT: ${verdict}`, width).map((line) => paint(line)));
  return [...lines, ...adviceOn(report).flatMap((text) => wrap(text, width))];
}

function verdictOf({ summary, inputs }: ScanReport, { red, magenta, yellow, green }: ChalkInstance) {
  if (summary.findings > 0) return [red.bold, `${plural(countKeys(inputs), 'key')} found`] as const;
  if (summary.errors > 0) return [magenta.bold, 'not all inputs could be read'] as const;
  if (summary.incomplete > 0) return [yellow.bold, 'nothing found, but not everything was scanned'] as const;
  const listed = inputs.some(({ findings }) => findings.length > 0);
  return [
    green.bold,
    `${listed ? 'nothing that counts was found' : 'clean'}, every byte was scanned for private keys`,
  ] as const;
}

function adviceOn({ summary, inputs }: ScanReport): string[] {
  const unscanned = inputs.some(({ verdict, coverage }) => verdict === 'incomplete' || coverage.skipped.length > 0);
  return [
    ...(summary.findings > 0 ? [ROTATE, HOLD] : []),
    ...(summary.errors > 0 ? [UNREAD] : []),
    ...(unscanned ? [NOT_CLEAN] : []),
  ];
}

/** Different secrets over all inputs; published test keys only where there is nothing else. */
function countKeys(inputs: readonly InputReport[]): number {
  const found = inputs.flatMap(({ findings }) => findings).filter(({ waived }) => waived === undefined);
  const secret = found.filter(({ key }) => key?.known === undefined);
  return new Set((secret.length > 0 ? secret : found).map(({ id }) => id)).size;
}
