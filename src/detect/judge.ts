/**
 * From a parsed secret to a judgement that may leave the worker: proven or not, how severe, which public key. This is
 * where secrets end: nothing that is returned holds a byte of one.
 */
import { createHash, scryptSync } from 'node:crypto';
import { identify } from '../prove/identity.js';
import { prove } from '../prove/prove.js';
import type { Detection, KeyIdentity, ParsedSecret, PrivateKey, PublicKey, Severity } from '../types.js';
import { entropyOf } from './entropy.js';
import { PUBLISHED_SECRETS } from './published-secrets.js';
import { type CredentialRuleId, ENCRYPTED_SEVERITY, RULES, type RuleId } from './rules.js';

export type Judgement = Omit<Detection, 'offset' | 'length'>;

/** Undefined when the numbers are no key. `onPublicKey` is told the public half of a key that is not encrypted. */
export function judgeSecret(
  of: RuleId | CredentialRuleId,
  secret: ParsedSecret,
  onPublicKey?: (key: PublicKey) => void,
): Judgement | undefined {
  if (secret.kind === 'credential') return judgeCredential(of, secret);
  const rule = of as RuleId;
  const notes = secret.notes ?? [];
  if (secret.kind === 'encrypted-key') {
    const key = secret.publicKey && identify(secret.publicKey);
    return {
      rule,
      part: secret.form,
      severity: key?.known || RULES[rule].severity === 'low' ? 'low' : ENCRYPTED_SEVERITY,
      confidence: 'parsed',
      fingerprint: key ? publicFingerprint(key) : digest('encrypted', secret.form, secret.identity),
      key,
      evidence: [`encrypted: ${secret.protection}`, ...notes],
    };
  }
  const proof = prove(secret.key);
  if (proof === undefined) return undefined;
  if (proof.publicKey) onPublicKey?.(proof.publicKey);
  const fingerprint = proof.publicKey ? undefined : secretFingerprint(secret.key);
  const key = proof.publicKey ? identify(proof.publicKey) : anonymous(secret.key, fingerprint ?? '');
  const checked = secret.checked ? [secret.checked] : [];
  const whole = secret.whole ? [] : ['structure cut or damaged'];
  return {
    rule,
    part: secret.form,
    severity: key.known ? 'low' : severityOf(rule, secret.key),
    confidence: RULES[rule].provesItself ? 'proven' : proof.confidence,
    fingerprint: fingerprint ?? publicFingerprint(key),
    key,
    evidence: [...(RULES[rule].provesItself ? [] : proof.evidence), ...checked, ...whole, ...notes],
  };
}

/** Of one secret all rules give one fingerprint, so that it is one finding, whichever found it. */
function judgeCredential(rule: string, secret: ParsedSecret & { kind: 'credential' }): Judgement {
  const { form, title, severity, confidence, material, guessable, notes = [], context } = secret;
  const fingerprint = credentialFingerprint(material, guessable);
  const where = context === undefined ? {} : { context };
  return { rule, part: form, title, severity, confidence, fingerprint, evidence: notes, ...where };
}

/** Bits of Shannon's entropy over the whole text under which a credential counts as guessable, whatever its rule says. */
const STRONG_BITS = 80;

/** What the issuer made at random cannot be guessed from its hash; all else must cost time for each guess. */
function credentialFingerprint(material: string, guessable: boolean): string {
  const bytes = Buffer.from(material, 'utf8');
  if (!guessable && entropyOf(material) * material.length >= STRONG_BITS) return digest('credential', '', bytes);
  return remembered(createHash('sha256').update('credential').update(bytes).digest('base64'), () =>
    scryptSync(bytes, 'dumpsieve/1 credential', 32, { N: 1024, r: 8, p: 1 }).toString('hex'),
  );
}

/** A symmetric key in a structure for private ones opens less than they do. */
function severityOf(rule: RuleId, key: PrivateKey): Severity {
  const { severity } = RULES[rule];
  return key.type === 'symmetric' && severity === 'critical' ? 'high' : severity;
}

/** What can be said of a key whose public half is not known here. */
function anonymous(key: PrivateKey, fingerprint: string): KeyIdentity {
  const published = PUBLISHED_SECRETS.get(fingerprint);
  const known = published && { known: published };
  if (key.type === 'ec') return { algorithm: 'EC', curve: key.curve, ...known };
  if (key.type === 'other') return { algorithm: key.algorithm, ...known };
  if (key.type === 'symmetric') return { algorithm: 'symmetric', bits: key.secret.length * 8 };
  return { algorithm: key.type.toUpperCase() };
}

function publicFingerprint(key: KeyIdentity): string {
  return digest('public-key', '', Buffer.from(key.spkiSha256 ?? '', 'latin1'));
}

/** One secret stands in a dump many times. */
const FINGERPRINT_CACHE = 4096;
const fingerprints = new Map<string, string>();

/**
 * A stable identity for a secret that has no public half. A plain hash would let a weak secret be guessed from a
 * report, so each guess is made to cost milliseconds.
 */
function secretFingerprint(key: PrivateKey): string {
  const material = materialOf(key);
  return remembered(createHash('sha256').update(key.type).update(material).digest('base64'), () =>
    // What looks random cannot be guessed, and needs no slow hash.
    key.type === 'symmetric' && !isStrong(key.secret)
      ? scryptSync(material, 'dumpsieve/1 symmetric', 32, { N: 4096, r: 8, p: 1 }).toString('hex')
      : digest(`secret ${key.type}`, '', material),
  );
}

/** `id` tells one secret from another within this process, and never leaves it but for those of specimens, in the build. */
function remembered(id: string, make: () => string): string {
  const known = fingerprints.get(id);
  if (known !== undefined) return known;
  const fingerprint = make();
  if (fingerprints.size >= FINGERPRINT_CACHE) fingerprints.clear();
  fingerprints.set(id, fingerprint);
  return fingerprint;
}

/** What this thread worked out slowly, for the build: of the specimens of the self-test. */
export function rememberedFingerprints(): Array<[id: string, fingerprint: string]> {
  return [...fingerprints];
}

/** Takes fingerprints that were worked out before, so that no thread has to. */
export function rememberFingerprints(entries: Iterable<readonly [id: string, fingerprint: string]>): void {
  for (const [id, fingerprint] of entries) fingerprints.set(id, fingerprint);
}

/** 16 bytes or more, and about as many different ones as random bytes have. */
function isStrong(secret: Uint8Array): boolean {
  const text = secret.every((byte) => byte >= 0x20 && byte < 0x7f);
  return !text && secret.length >= 16 && new Set(secret).size >= Math.min(secret.length, 64) * 0.75;
}

/** What tells one secret from another: not whether its structure also carries a public key. */
function materialOf(key: PrivateKey): Uint8Array {
  if (key.type === 'symmetric' || key.type === 'other') return key.secret;
  if (key.type === 'ec') return Buffer.from(`${key.curve} ${key.d.toString(16)}`, 'latin1');
  return Buffer.from(JSON.stringify(key, (_name, value) => (typeof value === 'bigint' ? value.toString(16) : value)));
}

function digest(kind: string, form: string, bytes: Uint8Array): string {
  return createHash('sha256').update(`dumpsieve/1 ${kind} ${form}\0`).update(bytes).digest('hex');
}
