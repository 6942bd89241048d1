/** One finding in the text report: which key, what proves it, its public names, and where it lies. */
import type { ChalkInstance } from 'chalk';
import { isKeyRule } from '../detect/rules.js';
import type { CertificateName, Finding, Location, Severity } from '../types.js';
import { describeKey, describePlace, hexOffset, isExpired } from './describe.js';
import { flow, shorten, wrap } from './layout.js';
import { sanitize } from './sanitize.js';
import { field, paragraph, type Style, VALUE_COLUMN, whole } from './text-style.js';
import { plural } from './units.js';

const MAX_LOCATIONS = 8;
const MAX_CERTIFICATES = 4;
/** Further addresses of the same bytes. */
const MAX_ALSO = 2;
/** Columns of a part's name; its file offset stands before it. */
const MAX_PART = 40;
const FULL = 'see --format json';

export function findingLines(finding: Finding, style: Style): string[] {
  const { title, severity, confidence, evidence, key, id, rule } = finding;
  const label = `${severity.toUpperCase()}: `;
  const [first = '', ...rest] = wrap(sanitize(title), style.width - 2 - label.length);
  const lines = [`  ${paint(severity, label, style.chalk)}${style.chalk.bold(first)}`];
  lines.push(...rest.map((line) => `    ${line}`));
  if (key) lines.push(...paragraph('key', describeKey(key), style));
  if (key?.known) lines.push(...paragraph('published', `${key.known}: a test key that is no secret`, style));
  const proof = evidence.length > 0 ? `${confidence}: ${evidence.join('; ')}` : confidence;
  lines.push(...paragraph('confidence', proof, style));
  for (const [name, value] of [
    ['SPKI SHA256', key?.spkiSha256],
    ['SSH', key?.sshFingerprint],
    ['JWK', key?.jwkThumbprint],
    ['id', id],
    ['rule', isKeyRule(rule) ? undefined : rule],
  ] as const) {
    if (value !== undefined) lines.push(...whole(name, sanitize(value), style));
  }
  lines.push(...certificateLines(key?.certificates ?? [], style));
  lines.push(...locationLines(finding, style));
  return lines;
}

function paint(severity: Severity, text: string, chalk: ChalkInstance): string {
  const colors = { critical: chalk.red.bold, high: chalk.red, medium: chalk.yellow, low: chalk.cyan };
  return colors[severity](text);
}

function certificateLines(certificates: readonly CertificateName[], style: Style): string[] {
  const listed = style.details ? certificates : certificates.slice(0, MAX_CERTIFICATES);
  const lines = listed.flatMap((certificate) => [
    ...paragraph('certificate', certificate.subject || '(no subject)', style),
    ...paragraph('', `serial ${certificate.serial}, ${validity(certificate, style)}`, style),
    ...(style.details ? whole('cert SHA256', sanitize(certificate.sha256), style) : []),
  ]);
  const more = certificates.length - listed.length;
  return more > 0 ? [...lines, ...field('', [`and ${plural(more, 'more certificate')} (${FULL})`])] : lines;
}

function validity(certificate: CertificateName, { now }: Style): string {
  const day = certificate.notAfter.slice(0, 10);
  return isExpired(certificate, now) ? `expired on ${day}` : `valid until ${day}`;
}

function locationLines({ locations, moreLocations = 0 }: Finding, style: Style): string[] {
  const listed = style.details ? locations : locations.slice(0, MAX_LOCATIONS);
  const lines = listed.flatMap((location) => {
    const [first = '', ...rest] = flow(itemsOf(location), style.width - VALUE_COLUMN - 2);
    return [first, ...rest.map((line) => `  ${line}`)];
  });
  const more = locations.length - listed.length + moreLocations;
  if (more > 0) lines.push(`and ${more} more (${FULL})`);
  return field('found at', lines);
}

function itemsOf(location: Location): string[] {
  const { part, offset, length, container, also = [] } = location;
  const items = [
    `${hexOffset(offset)} ${shorten(sanitize(part), MAX_PART)}`,
    plural(length, 'byte'),
    ...describePlace(location),
  ];
  if (container !== undefined) items.push(`in ${sanitize(container)}`);
  items.push(...also.slice(0, MAX_ALSO).map((other) => `also ${describePlace(other).join(' ')}`));
  if (also.length > MAX_ALSO) items.push(`and at ${plural(also.length - MAX_ALSO, 'more address', 'more addresses')}`);
  return items;
}
