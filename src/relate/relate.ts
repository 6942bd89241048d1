/**
 * The relating stage: candidates of a whole dump to keys. Runs in one worker when all windows have been read; what it
 * returns are public facts, as from the detectors.
 */
import { type Judgement, judgeSecret } from '../detect/judge.js';
import type { RuleId } from '../detect/rules.js';
import type { Detection, ParsedSecret, PrivateKey } from '../types.js';
import { PREKEY } from './collect.js';
import { relateCurves } from './curves.js';
import { knownKeys, publicKeyOfSpki } from './known.js';
import { KIND, type NumberKind, type NumberStore } from './number-store.js';
import { relateRsa } from './rsa.js';
import { relateShields } from './shield.js';

export interface Related {
  readonly detections: readonly Detection[];
  readonly cuts: readonly string[];
}

const KIND_NAMES: Readonly<Record<NumberKind, string>> = {
  [KIND.run]: 'short runs of random bytes',
  [KIND.factor]: 'candidates for factors',
  [KIND.shield]: 'prekeys of shields',
  [KIND.ciphertext]: 'ciphertexts of shields',
};

/** `spkis`: public keys known from the dump or from the user. */
export function relateNumbers(store: NumberStore, spkis: readonly Uint8Array[]): Related {
  const entries = store.entries();
  const of = (kind: NumberKind) => entries.filter((entry) => entry.kind === kind);
  const known = knownKeys(spkis.flatMap((spki) => publicKeyOfSpki(spki) ?? []));
  const detections: Detection[] = [];
  const cuts = Object.values(KIND)
    .filter((kind) => store.dropped(kind) > 0)
    .map((kind) => `${store.dropped(kind)} ${KIND_NAMES[kind]}`);

  const rsa = relateRsa(of(KIND.factor), known.moduli);
  for (const { key, places } of rsa.keys) {
    const judged = judge('rsa-numbers', key, 'RSA numbers');
    for (const { name, entry } of places) detections.push(...place(judged, entry.offset, entry.bytes.length, name));
  }
  const curves = relateCurves(of(KIND.run), known.points);
  for (const { key, entry, at, size, name } of curves.keys) {
    const judged = judge(key.type === 'ec' ? 'ec-scalar' : 'ed25519-seed', key, name);
    detections.push(...place(judged, entry.offset + at - entry.lead, size, name));
  }
  const shields = relateShields(of(KIND.shield), of(KIND.ciphertext));
  for (const { key, whole, prekey, entry, at, size } of shields.keys) {
    const judged = judge('openssh-shielded-key', key, 'OpenSSH shielded key', whole);
    detections.push(...place(judged, entry.offset + at - entry.lead, size, 'OpenSSH shielded key'));
    detections.push(...place(judged, prekey.offset, PREKEY, 'OpenSSH shield prekey'));
  }
  return { detections, cuts: [...cuts, ...rsa.cuts, ...curves.cuts, ...shields.cuts] };
}

function judge(rule: RuleId, key: PrivateKey, form: string, whole = true): Judgement | undefined {
  const secret: ParsedSecret = { kind: 'private-key', form, length: 0, key, whole };
  return judgeSecret(rule, secret);
}

function place(judged: Judgement | undefined, offset: number, length: number, part: string): Detection[] {
  return judged ? [{ ...judged, part, offset, length }] : [];
}
