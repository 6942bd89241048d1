/** Short phrases about findings that all formats for people share. They are sanitized, and may be put in any line. */

import { isKeyRule } from '../detect/rules.js';
import { severityRank } from '../findings/merge.js';
import type {
  CertificateName,
  Coverage,
  Crash,
  Finding,
  InputReport,
  KeyIdentity,
  Location,
  Verdict,
} from '../types.js';
import { byteCount } from './bytes.js';
import { sanitize } from './sanitize.js';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  clean: 'CLEAN',
  findings: 'KEYS FOUND',
  incomplete: 'INCOMPLETE',
  error: 'ERROR',
};

/** What an input amounts to, in capitals: keys are told before credentials. */
export function describeVerdict({ verdict, findings }: Pick<InputReport, 'verdict' | 'findings'>): string {
  const active = findings.filter(({ waived }) => waived === undefined);
  const onlyCredentials = active.length > 0 && active.every(({ rule }) => !isKeyRule(rule));
  return verdict === 'findings' && onlyCredentials ? 'CREDENTIALS FOUND' : VERDICTS[verdict];
}

/** `RSA, 2048 bits`, `EC, P-256`, `Ed25519`. */
export function describeKey({ algorithm, bits, curve }: KeyIdentity): string {
  const size = curve ?? (bits === undefined ? undefined : `${bits} bits`);
  return sanitize(size === undefined || size === algorithm ? algorithm : `${algorithm}, ${size}`);
}

/** `Private key in PKCS#8 DER: RSA, 2048 bits`. */
export function describeFinding({ title, key }: Finding): string {
  return key === undefined ? sanitize(title) : `${sanitize(title)}: ${describeKey(key)}`;
}

/** The path as people know it. */
export function describePath({ path }: InputReport): string {
  return path === '-' ? 'standard input' : sanitize(path);
}

const CRASH_TOOLS: Readonly<Record<Crash['tool'], string>> = {
  abrt: 'says ABRT',
  'systemd-coredump': 'says its name',
};

/** `/usr/sbin/nginx, process 4711, SIGSEGV (says ABRT)`. */
export function describeCrash({ tool, program, pid, signal }: Crash): string {
  const facts = [program, ...(pid === undefined ? [] : [`process ${pid}`]), ...(signal === undefined ? [] : [signal])];
  return `${sanitize(facts.join(', '))} (${CRASH_TOOLS[tool]})`;
}

/** The offset in the dump, as every tool for dumps writes it. */
export function hexOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}

/** Where in the process: `0x7f00 heap`, `thread 12`, the module's path; one item each, without commas of its own. */
export function describePlace(location: Omit<Location, 'part' | 'offset' | 'length'>) {
  const { address, physical, region, module, thread, process, object } = location;
  const place = [address ?? physical, region].filter((word) => word !== undefined).join(' ');
  const both = address !== undefined && physical !== undefined ? `physical ${physical}` : '';
  return [place, both, thread === undefined ? '' : `thread ${thread}`, module ?? '', object ?? '', process ?? '']
    .map(sanitize)
    .filter((item) => item !== '');
}

/** Expired at that time. A forger does not mind: it changes what to do, never how severe it is. */
export function isExpired({ notAfter }: CertificateName, at: string): boolean {
  return Date.parse(notAfter) < Date.parse(at);
}

/** Most severe first; those that are waived are given apart, in the same order. */
export function bySeverity(findings: readonly Finding[]): { active: Finding[]; waived: Finding[] } {
  const sorted = [...findings].sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return {
    active: sorted.filter((finding) => finding.waived === undefined),
    waived: sorted.filter((finding) => finding.waived !== undefined),
  };
}

/** `2 critical`, `1 low`. */
export function countBySeverity(findings: readonly Finding[]): string[] {
  const severities = findings.map(({ severity }) => severity);
  return [...new Set(severities)].map((kind) => `${severities.filter((severity) => severity === kind).length} ${kind}`);
}

/** `raw`, `gzip > elf-core`. */
export function describeFormat({ wrappers, format }: InputReport): string {
  return [...wrappers, format].map(sanitize).join(' > ');
}

/** `1.0 MiB scanned, 4.0 KiB not in the dump, 12 B skipped`; parts that are zero are left out. */
export function describeCoverage({ scanned, holes, skipped }: Coverage): string {
  const unread = skipped.reduce((sum, { length }) => sum + length, 0);
  const parts = [`${byteCount(scanned)} scanned`];
  if (holes > 0) parts.push(`${byteCount(holes)} in holes (memory that is not in the dump)`);
  if (unread > 0) parts.push(`${byteCount(unread)} skipped`);
  return parts.join(', ');
}

/** Bytes that were not scanned, by reason, the most first. */
export function skippedByReason({ skipped }: Coverage): Array<readonly [reason: string, bytes: number]> {
  const sums = new Map<string, number>();
  for (const { reason, length } of skipped) sums.set(reason, (sums.get(reason) ?? 0) + length);
  return [...sums].sort((a, b) => b[1] - a[1]);
}
