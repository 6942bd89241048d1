/** The end of the text report, where eyes fall first: what the run amounts to, and what to do now. */

import type { ChalkInstance } from 'chalk';
import type { ScanReport, Verdict } from '../types.js';
import { byteCount } from './bytes.js';
import { adviceOn, conclusionOf, withFindings } from './conclusion.js';
import { wrap } from './layout.js';
import type { Style } from './text-style.js';
import { formatRate, formatSeconds, plural } from './units.js';

export function summaryLines(report: ScanReport, { chalk, width }: Style): string[] {
  const { summary, selfTest } = report;
  const tally = [
    [summary.findings, withFindings(report.inputs)],
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
  const { verdict, text } = conclusionOf(report);
  lines.push(...wrap(`VERDICT: ${text}`, width).map((line) => paintOf(verdict, chalk)(line)));
  return [...lines, ...adviceOn(report).flatMap((text) => wrap(text, width))];
}

function paintOf(verdict: Verdict, { red, magenta, yellow, green }: ChalkInstance): ChalkInstance {
  return { findings: red.bold, error: magenta.bold, incomplete: yellow.bold, clean: green.bold }[verdict];
}
