/** How reports speak of a finding's key. */
import type { Finding } from '../types.js';

/** `RSA 2048`, `EC P-256`, or what else is known. */
export function keyName({ key }: Pick<Finding, 'key'>): string {
  if (key === undefined) return 'a key without a public half';
  const { algorithm, curve, bits } = key;
  if (curve !== undefined) return `${algorithm} ${curve}`;
  return bits === undefined ? algorithm : `${algorithm} ${bits}`;
}

/** The shortest public name that tells keys apart. */
export function fingerprintOf(finding: Finding): string {
  return finding.key?.sshFingerprint ?? finding.key?.spkiSha256 ?? finding.id;
}
