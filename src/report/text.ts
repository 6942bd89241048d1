/** The report for people: most severe first, readable at 80 columns, nothing that an escape sequence could hide in. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Finding, InputReport, Location, ScanReport, Severity, Verdict } from '../types.js';
import { byteCount } from './bytes.js';
import { keyName } from './names.js';
import type { RenderOptions } from './render.js';
import { sanitize } from './sanitize.js';
import { wrap } from './wrap.js';

/** Places listed for one key. */
const FEW_PLACES = 8;
/** With more inputs than this, clean ones are only counted. */
const FEW_INPUTS = 12;

type Paint = (text: string) => string;

interface Style {
  readonly severity: Readonly<Record<Severity, Paint>>;
  readonly verdict: Readonly<Record<Verdict, Paint>>;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly width: number;
}

export function renderText(report: ScanReport, { color, width }: RenderOptions): string {
  const style = styleOf(new Chalk({ level: color ? 1 : 0 }), width);
  const quiet = report.inputs.length > FEW_INPUTS;
  const shown = report.inputs.filter((input) => !quiet || input.verdict !== 'clean' || input.findings.length > 0);
  const blocks = shown.map((input) => inputLines(input, style));
  const lines = blocks.flatMap((block, index) => {
    const spaced = index > 0 && (block.length > 1 || (blocks[index - 1] as string[]).length > 1);
    return spaced ? ['', ...block] : block;
  });
  return `${[...lines, ...(lines.length > 0 ? [''] : []), ...summaryLines(report, style)].join('\n')}\n`;
}

function styleOf(chalk: ChalkInstance, width: number): Style {
  return {
    severity: { critical: chalk.red.bold, high: chalk.red, medium: chalk.yellow, low: chalk.cyan },
    verdict: { clean: chalk.green, findings: chalk.red.bold, incomplete: chalk.yellow, error: chalk.magenta },
    bold: chalk.bold,
    dim: chalk.dim,
    width: Math.max(width, 60),
  };
}

function inputLines(input: InputReport, style: Style): string[] {
  const name = input.path === '-' ? 'standard input' : sanitize(input.path);
  const head = `${style.bold(name)}  ${style.dim(`${input.format}, ${byteCount(input.size)}`)}  ${style.verdict[input.verdict](input.verdict)}`;
  return [head, ...input.findings.flatMap((finding) => ['', ...findingLines(finding, style)]), ...accountLines(input, style)];
}

function findingLines(finding: Finding, style: Style): string[] {
  const { key, severity, confidence } = finding;
  const tag = style.severity[severity](severity.toUpperCase());
  const lines = [`  ${tag}  ${style.bold(keyName(finding))}  ${finding.title} ${style.dim(`(${confidence})`)}`];
  const say = (label: string, text: string) => lines.push(...wrap(`    ${label.padEnd(9)}`, sanitize(text), style.width));
  if (finding.waived) say('waived', finding.waived.reason + (finding.waived.expires ? `, until ${finding.waived.expires}` : ''));
  if (key?.known) say('published', `${key.known}: a test key that everybody has`);
  if (finding.evidence.length > 0) say(confidence === 'proven' ? 'proof' : 'evidence', finding.evidence.join('; '));
  if (key?.spkiSha256) say('spki', key.spkiSha256);
  if (key?.sshFingerprint) say('ssh', key.sshFingerprint);
  for (const { subject, serial, notAfter } of key?.certificates ?? []) {
    say('cert', `${subject}, serial ${serial}, valid until ${notAfter.slice(0, 10)}`);
  }
  for (const place of finding.locations.slice(0, FEW_PLACES)) say('at', placeText(place));
  const more = finding.locations.length - FEW_PLACES + (finding.moreLocations ?? 0);
  if (more > 0) say('', `and ${more} more places (--format json lists them)`);
  return lines;
}

function placeText({ part, offset, length, address, region, module, thread }: Location): string {
  const where = [
    address && `address ${address}`,
    region === 'raw' ? undefined : region,
    thread === undefined ? undefined : `thread ${thread}`,
    module,
  ].filter((text) => text !== undefined);
  return `0x${offset.toString(16)} +${length}  ${part}${where.length > 0 ? `  (${where.join(', ')})` : ''}`;
}

function accountLines({ coverage, warnings, verdict }: InputReport, style: Style): string[] {
  const lines: string[] = [];
  const say = (label: string, text: string) => lines.push(...wrap(`  ${label.padEnd(11)}`, sanitize(text), style.width));
  if (verdict !== 'error' && (coverage.skipped.length > 0 || verdict !== 'clean')) {
    const holes = coverage.holes > 0 ? `, ${byteCount(coverage.holes)} of memory not in the dump` : '';
    say('scanned', `${byteCount(coverage.scanned)}${holes}`);
  }
  for (const { offset, length, reason } of coverage.skipped.slice(0, FEW_PLACES)) {
    say('not read', `${byteCount(length)} at 0x${offset.toString(16)}: ${reason}`);
  }
  if (coverage.skipped.length > FEW_PLACES) say('', `and ${coverage.skipped.length - FEW_PLACES} more`);
  for (const { code, message } of warnings) say('warning', `${message} [${code}]`);
  return lines.length > 0 ? ['', ...lines] : lines;
}

function summaryLines({ summary, inputs, selfTest }: ScanReport, style: Style): string[] {
  const parts = [
    [summary.findings, 'with keys', 'findings'],
    [summary.errors, 'unreadable', 'error'],
    [summary.incomplete, 'incomplete', 'incomplete'],
    [summary.clean, 'clean', 'clean'],
  ] as const;
  const counted = parts.filter(([count]) => count > 0).map(([count, word, verdict]) => style.verdict[verdict](`${count} ${word}`));
  const rate = summary.seconds > 0 ? `, ${byteCount(summary.bytes / summary.seconds)}/s` : '';
  const lines = [
    `${summary.inputs} ${summary.inputs === 1 ? 'input' : 'inputs'}: ${counted.join(', ')}`,
    style.dim(`${byteCount(summary.bytes)} scanned in ${summary.seconds.toFixed(2)} s${rate}; self-test ${selfTest.found} of ${selfTest.planted}`),
  ];
  const keys = new Set(inputs.flatMap(({ findings }) => findings.filter((f) => !f.waived && f.severity !== 'low').map((f) => f.id)));
  if (keys.size > 0) {
    const text = `${keys.size === 1 ? 'A private key is' : `${keys.size} private keys are`} in reach of whoever has the dump. Do not pass it on. Where it has been already, replace the key and revoke its certificates: deleting the dump is not enough.`;
    lines.push('', ...wrap('', text, style.width));
  }
  return lines;
}
