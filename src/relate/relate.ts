/**
 * The relating stage: candidates of a whole dump to keys. Runs in one worker when all windows have been read; what it
 * returns are public facts, as from the detectors.
 */
import { type Judgement, judgeSecret } from '../detect/judge.js';
import type { RuleId } from '../detect/rules.js';
import type { Detection, EcCurve, ParsedSecret, PrivateKey } from '../types.js';
import { PREKEY } from './collect.js';
import { relateCurves } from './curves.js';
import { knownKeys, publicKeyOfSpki } from './known.js';
import { KIND, type NumberKind, type NumberStore } from './number-store.js';
import { relateRsa } from './rsa.js';
import { relateShields } from './shield.js';

export interface Related {
  readonly detections: readonly Detection[];
  readonly cuts: readonly string[];
  /** Points around which not every byte was tried: an extra, over what is looked for everywhere. */
  readonly pointsLeft: number;
}

/** Kinds without which a search is not complete. */
const KIND_NAMES: ReadonlyMap<NumberKind, string> = new Map<NumberKind, string>([
  [KIND.run, 'short runs of random bytes'],
  [KIND.factor, 'candidates for factors'],
  [KIND.shield, 'prekeys of shields'],
  [KIND.ciphertext, 'ciphertexts of shields'],
  [KIND.packed, 'places where numbers may be packed together'],
]);

/** What each share of the work looks for, so that two workers take about the same time. */
const CURVES: ReadonlyArray<ReadonlySet<EcCurve | 'Ed25519'>> = [
  new Set(['P-256', 'Ed25519']),
  new Set(['P-384', 'P-521', 'secp256k1']),
];

/** `spkis`: public keys known from the dump or from the user. `share`: 0 or 1. */
export function relateNumbers(store: NumberStore, spkis: readonly Uint8Array[], share: number): Related {
  const entries = store.entries();
  const of = (kind: NumberKind) => entries.filter((entry) => entry.kind === kind);
  const known = knownKeys(spkis.flatMap((spki) => publicKeyOfSpki(spki) ?? []));
  const curves = relateCurves(of(KIND.run), known.points, CURVES[share] ?? new Set());
  const detections: Detection[] = [];
  for (const { key, entry, at, size, name, known: isKnown } of curves.keys) {
    const rule = key.type === 'okp' ? 'ed25519-seed' : isKnown ? 'ec-scalar' : 'ec-session-scalar';
    detections.push(...place(judge(rule, key, name), entry.offset + at - entry.lead, size, name));
  }
  if (share > 0) return { detections, cuts: curves.cuts, pointsLeft: 0 };

  const dropped = [...KIND_NAMES]
    .filter(([kind]) => store.dropped(kind) > 0)
    // Without a prekey there is no shield to open.
    .filter(([kind]) => kind !== KIND.ciphertext || of(KIND.shield).length > 0)
    .map(([kind, name]) => `${store.dropped(kind)} ${name}`);
  const rsa = relateRsa(of(KIND.factor), known.moduli, [...of(KIND.run), ...of(KIND.ciphertext)]);
  for (const { key, places } of rsa.keys) {
    const judged = judge('rsa-numbers', key, 'RSA numbers');
    for (const { name, entry } of places) detections.push(...place(judged, entry.offset, entry.bytes.length, name));
  }
  const shields = relateShields(of(KIND.shield), of(KIND.ciphertext));
  for (const { key, whole, prekey, entry, at, size } of shields.keys) {
    const judged = judge('openssh-shielded-key', key, 'OpenSSH shielded key', whole);
    detections.push(...place(judged, entry.offset + at - entry.lead, size, 'OpenSSH shielded key'));
    detections.push(...place(judged, prekey.offset, PREKEY, 'OpenSSH shield prekey'));
  }
  return {
    detections,
    cuts: [...dropped, ...rsa.cuts, ...curves.cuts, ...shields.cuts],
    pointsLeft: store.dropped(KIND.point),
  };
}

function judge(rule: RuleId, key: PrivateKey, form: string, whole = true): Judgement | undefined {
  const secret: ParsedSecret = { kind: 'private-key', form, length: 0, key, whole };
  return judgeSecret(rule, secret);
}

function place(judged: Judgement | undefined, offset: number, length: number, part: string): Detection[] {
  return judged ? [{ ...judged, part, offset, length }] : [];
}
