/** The rules of private keys, encoded and as numbers: identifier, title for people, and the severity of a key in the clear. */
import type { Severity } from '../types.js';

export interface KeyRule {
  readonly title: string;
  readonly severity: Severity;
  /** The structure's own arithmetic is the proof: there is no public half. */
  readonly provesItself?: boolean;
  /** Found as numbers: by runs of random bytes, and what relates them. */
  readonly asNumbers?: boolean;
  /** Programs hold many of them for a short time: all of one size in a dump are one finding, with their count. */
  readonly together?: boolean;
}

/** Severity of a key that is itself encrypted: an attacker needs the passphrase, too. */
export const ENCRYPTED_SEVERITY: Severity = 'medium';

const ALL = {
  'pem-private-key': { title: 'Private key in PEM', severity: 'critical' },
  'pkcs8-private-key': { title: 'Private key in PKCS#8 DER', severity: 'critical' },
  'pkcs1-private-key': { title: 'RSA private key in PKCS#1 DER', severity: 'critical' },
  'sec1-private-key': { title: 'EC private key in SEC1 DER', severity: 'critical' },
  'dsa-private-key': { title: 'DSA private key in traditional DER', severity: 'critical' },
  'base64-private-key': { title: 'Private key in base64 without PEM label', severity: 'critical' },
  'encrypted-private-key': { title: 'Encrypted private key', severity: 'medium' },
  'pkcs12-keystore': { title: 'PKCS#12 keystore', severity: 'high' },
  'java-keystore': { title: 'Java keystore (JKS or JCEKS)', severity: 'high' },
  'openssh-private-key': { title: 'OpenSSH private key', severity: 'critical' },
  'openssh-wire-private-key': { title: 'SSH private key in agent wire form', severity: 'critical' },
  'putty-private-key': { title: 'PuTTY private key', severity: 'critical' },
  'openpgp-secret-key': { title: 'OpenPGP secret key', severity: 'critical' },
  'jwk-private-key': { title: 'Private JSON Web Key', severity: 'critical' },
  'xml-private-key': { title: 'RSA private key in XML', severity: 'critical' },
  'cng-private-key': { title: 'Windows CNG private key blob', severity: 'critical' },
  'capi-private-key': { title: 'Windows CryptoAPI private key blob', severity: 'critical' },
  'libgcrypt-private-key': { title: 'libgcrypt private key s-expression', severity: 'critical' },
  'age-identity': { title: 'age identity', severity: 'critical' },
  'minisign-secret-key': { title: 'minisign secret key', severity: 'critical' },
  'wireguard-private-key': { title: 'WireGuard private key', severity: 'critical' },
  'kerberos-keytab': { title: 'Kerberos keytab: long-term key of a service', severity: 'high' },
  'kerberos-ticket': { title: 'Kerberos ticket and its session key', severity: 'high' },
  'kerberos-session-key': { title: 'Session key of Kerberos in a decrypted message', severity: 'high' },
  'dpapi-blob': { title: 'DPAPI blobs: secrets of Windows, sealed', severity: 'low', together: true },
  'rsa-numbers': { title: 'RSA private key as numbers', severity: 'critical', asNumbers: true },
  'ec-scalar': { title: 'EC private key as a number', severity: 'critical', asNumbers: true },
  'ec-session-scalar': {
    title: 'EC private key as a number, perhaps of one connection or signature',
    severity: 'high',
    asNumbers: true,
  },
  'ed25519-seed': { title: 'Ed25519 private key as a seed', severity: 'critical', asNumbers: true },
  'ed448-seed': { title: 'Ed448 private key as a seed', severity: 'critical', asNumbers: true },
  'x25519-scalar': { title: 'X25519 or X448 private key as a number', severity: 'critical', asNumbers: true },
  'x25519-session-scalar': {
    title: 'X25519 or X448 private key as a number, perhaps of one connection',
    severity: 'medium',
    asNumbers: true,
  },
  'pq-seed': {
    title: 'ML-KEM or ML-DSA private key as a seed',
    severity: 'critical',
    provesItself: true,
    asNumbers: true,
  },
  'openssh-shielded-key': {
    title: 'SSH private key in a shield that lies open',
    severity: 'critical',
    asNumbers: true,
  },
  'openssh-shield-closed': {
    title: 'Shielded SSH key, not recoverable from this dump',
    severity: 'low',
  },
  'aes-key-schedule': {
    title: 'AES key schedules: session or storage keys',
    severity: 'medium',
    provesItself: true,
    together: true,
    asNumbers: true,
  },
  'chacha20-state': {
    title: 'ChaCha20 states: session keys, or a random generator’s',
    severity: 'medium',
    together: true,
  },
} as const satisfies Record<string, KeyRule>;

export type RuleId = keyof typeof ALL;

export const RULES: Readonly<Record<RuleId, KeyRule>> = ALL;

/** Whether the rule is one of private keys; all others are of credentials. */
export function isKeyRule(rule: string): rule is RuleId {
  return Object.hasOwn(ALL, rule);
}

/** The id of a rule from a file of rules. Branded, so that a misspelled RuleId is still refused. */
export type CredentialRuleId = string & { readonly credential: true };
