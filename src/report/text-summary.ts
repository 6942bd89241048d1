/** The end of the text report, where eyes fall first: what the run amounts to, and what to do now. */

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
  const { summary, selfTest, inputs } = report;
  const tally = [
    [summary.findings, 'with keys'],
    [summary.incomplete, 'incomplete'],
    [summary.errors, 'with errors'],
    [summary.clean, 'clean'],
  ] as const;
  const told = tally.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const rate = summary.seconds > 0 ? `, ${formatRate(summary.bytes / summary.seconds)}` : '';
  const lines = [
    ...wrap(`${plural(summary.inputs, 'input')}: ${told.join(', ')}`, width),
    ...wrap(`${byteCount(summary.bytes)} scanned in ${formatSeconds(summary.seconds)}${rate}`, width),
    ...wrap(`self-test: ${selfTest.found} of ${selfTest.planted} planted specimens found`, width),
  ];
  const advice = [];
  if (summary.findings > 0) {
    lines.push(...wrap(`VERDICT: ${plural(countKeys(inputs), 'key')} found`, width).map((l) => chalk.red.bold(l)));
    advice.push(ROTATE, HOLD);
  } else if (summary.errors > 0) {
    lines.push(...wrap('VERDICT: not all inputs could be read', width).map((line) => chalk.magenta.bold(line)));
  } else if (summary.incomplete > 0) {
    lines.push(
      ...wrap('VERDICT: nothing found, but not everything was scanned', width).map((l) => chalk.yellow.bold(l)),
    );
  } else {
    lines.push(...wrap('VERDICT: clean, every byte was scanned', width).map((line) => chalk.green.bold(line)));
  }
  if (summary.errors > 0) advice.push(UNREAD);
  if (summary.incomplete > 0) advice.push(NOT_CLEAN);
  return [...lines, ...advice.flatMap((text) => wrap(text, width))];
}

/** Different secrets over all inputs; published test keys only where there is nothing else. */
function countKeys(inputs: readonly InputReport[]): number {
  const found = inputs.flatMap(({ findings }) => findings).filter(({ waived }) => waived === undefined);
  const secret = found.filter(({ key }) => key?.known === undefined);
  return new Set((secret.length > 0 ? secret : found).map(({ id }) => id)).size;
}
