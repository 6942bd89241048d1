/**
 * The relating stage: candidates of a whole dump to keys. Runs in the workers when all windows have been read; what it
 * returns are public facts, as from the detectors.
 */
import { type Judgement, judgeSecret } from '../detect/judge.js';
import type { RuleId } from '../detect/rules.js';
import { spki } from '../prove/identity.js';
import type { Detection, ParsedSecret, PrivateKey, Span } from '../types.js';
import { boundsFor, type Effort } from './bounds.js';
import { type CurveInput, type CurveResult, type RelatedScalar, relateCurves } from './curves.js';
import { type KnownKeys, knownKeys, publicKeyOfSpki } from './known.js';
import { KIND, type NumberEntry, type NumberKind, type NumberStore } from './number-store.js';
import { relatePqSeeds } from './pq-seeds.js';
import { relateRsa } from './rsa.js';
import { likelyFirst } from './scalars.js';
import { relateSeeds } from './seeds.js';
import { type Share, WORK } from './shares.js';
import { relateShields } from './shield.js';
import { PREKEY } from './shield-parts.js';

export interface Related {
  readonly detections: readonly Detection[];
  readonly cuts: readonly string[];
  /** What was looked for over and above, and not to the end, for people. */
  readonly extras: readonly string[];
  /** SubjectPublicKeyInfo of the keys that were found. */
  readonly signers: readonly Uint8Array[];
}

/** What to relate. */
export interface RelateOrder {
  /** Public keys known from the dump or from the user. */
  readonly spkis: readonly Uint8Array[];
  /** Only these keys are wanted. */
  readonly hunted?: readonly Uint8Array[];
  /** Which share of the work, below SHARES. */
  readonly share: number;
  readonly effort?: Effort;
  /** Parts of the dump, by offset, that the program could not write to. */
  readonly constants?: readonly Span[];
}

/** Kinds without which a search is not complete. */
const KIND_NAMES: ReadonlyMap<NumberKind, string> = new Map<NumberKind, string>([
  [KIND.run, 'short runs of random bytes'],
  [KIND.limbs, 'runs of limbs'],
  [KIND.factor, 'candidates for factors'],
  [KIND.shield, 'prekeys of shields'],
  [KIND.ciphertext, 'ciphertexts of shields'],
  [KIND.packed, 'places where numbers may be packed together'],
]);

export function relateNumbers(
  store: NumberStore,
  { spkis, hunted, share, effort, constants = [] }: RelateOrder,
): Related {
  const bounds = boundsFor(effort);
  const known = knownKeys(publicKeysOf(hunted ?? spkis));
  const { factors, shields: prekeys, ciphertexts, pieces, runs, memory, numberRuns } = candidatesOf(store, constants);
  const input: CurveInput = { runs, memory, bounds };
  const numbers: CurveInput = { ...input, runs: numberRuns };
  const work = hunted ? onlyFor(known, WORK[share] as Share) : (WORK[share] as Share);
  const results = [
    relateCurves(numbers, work.curves, known.points),
    relateSeeds(input, work.okp, known.okp),
    ...(work.pq && (hunted === undefined || known.rho.size > 0) ? [relatePqSeeds(input, known.rho)] : []),
  ];
  const judge = new Judge();
  const detections = results.flatMap(({ keys }) => keys.flatMap((key) => placeScalar(key, judge)));
  const cuts = results.flatMap((result) => result.cuts);
  const extras = shiftedLeft(results);
  if (!work.others) return { detections, cuts, extras, signers: judge.signers };

  const rsa = relateRsaOf(factors, known, numbers, judge);
  detections.push(...rsa.detections);
  const shields = relateShields(prekeys, ciphertexts, pieces, bounds.trials);
  for (const { key, whole, prekey, entry, at, size } of shields.keys) {
    const judged = judge.of('openssh-shielded-key', key, 'OpenSSH shielded key', whole);
    detections.push(...place(judged, entry.offset + at - entry.lead, size, 'OpenSSH shielded key'));
    detections.push(...place(judged, prekey.offset, PREKEY, 'OpenSSH shield prekey'));
  }
  const dropped = hunted ? onlyRuns(store, known) : droppedFrom(store, prekeys.length > 0);
  return {
    detections,
    cuts: [...dropped, ...rsa.cuts, ...cuts, ...shields.cuts],
    extras: [...pointsLeft(store), ...rsa.left, ...extras],
    signers: judge.signers,
  };
}

interface Candidates {
  readonly factors: readonly NumberEntry[];
  readonly shields: readonly NumberEntry[];
  readonly ciphertexts: readonly NumberEntry[];
  /** Ciphertexts, and runs that may be pieces of one. */
  readonly pieces: readonly NumberEntry[];
  /** Short runs, longer ones, and short ones with those of swapped words, the likely ones first. */
  readonly runs: readonly NumberEntry[];
  readonly memory: readonly NumberEntry[];
  readonly numberRuns: readonly NumberEntry[];
}

/** Read once for all shares that this worker takes of a dump. Views of the store: nothing is kept of its bytes. */
function candidatesOf(store: NumberStore, constants: readonly Span[]): Candidates {
  if (latest?.buffer !== store.buffer || latest.stamp !== store.stamp) {
    const byKind: NumberEntry[][] = Object.values(KIND).map(() => []);
    const entries = store.entries();
    for (const entry of entries) byKind[entry.kind]?.push(entry);
    const of = (kind: NumberKind) => byKind[kind] as NumberEntry[];
    const both = (a: NumberKind, b: NumberKind) => entries.filter(({ kind }) => kind === a || kind === b);
    const runs = likelyFirst(of(KIND.run), constants);
    const candidates = {
      factors: of(KIND.factor),
      shields: of(KIND.shield),
      ciphertexts: of(KIND.ciphertext),
      pieces: of(KIND.shield).length > 0 ? both(KIND.run, KIND.ciphertext) : [],
      runs,
      memory: likelyFirst(both(KIND.ciphertext, KIND.head), constants),
      numberRuns: of(KIND.limbs).length > 0 ? likelyFirst(both(KIND.run, KIND.limbs), constants) : runs,
    };
    latest = { buffer: store.buffer, stamp: store.stamp, candidates };
  }
  return latest.candidates;
}

let latest: { buffer: SharedArrayBuffer; stamp: number; candidates: Candidates } | undefined;

function publicKeysOf(spkis: readonly Uint8Array[]) {
  return spkis.flatMap((spki) => publicKeyOfSpki(spki) ?? []);
}

/** The curves that wanted keys are on. */
function onlyFor({ points, okp }: KnownKeys, { curves, okp: others, ...share }: Share): Share {
  return {
    ...share,
    curves: curves.filter((curve) => points.has(curve)),
    okp: others.filter((curve) => okp.has(curve)),
  };
}

function droppedFrom(store: NumberStore, hasPrekeys: boolean): string[] {
  return (
    [...KIND_NAMES]
      .filter(([kind]) => store.dropped(kind) > 0)
      // Without a prekey there is no shield to open.
      .filter(([kind]) => kind !== KIND.ciphertext || hasPrekeys)
      .map(([kind, name]) => `${store.dropped(kind)} ${name}`)
  );
}

/** RSA keys are hunted at every byte; scalars, seeds and limbs depend on the runs that were kept. */
function onlyRuns(store: NumberStore, { points, okp, rho }: KnownKeys): string[] {
  const kinds = [...(points.size + okp.size + rho.size > 0 ? [KIND.run] : []), KIND.limbs];
  return kinds.flatMap((kind) => (store.dropped(kind) > 0 ? [`${store.dropped(kind)} ${KIND_NAMES.get(kind)}`] : []));
}

function pointsLeft(store: NumberStore): string[] {
  const count = store.dropped(KIND.point);
  return count > 0 ? [`all bytes around ${count} public points`] : [];
}

function shiftedLeft(results: readonly CurveResult[]): string[] {
  return results.flatMap((result) => result.shiftedLeft);
}

function relateRsaOf(
  factors: readonly NumberEntry[],
  known: KnownKeys,
  { runs, memory, bounds }: CurveInput,
  judge: Judge,
): { detections: Detection[]; cuts: readonly string[]; left: readonly string[] } {
  const rsa = relateRsa(factors, known.moduli, [...runs, ...memory], bounds);
  const detections = rsa.keys.flatMap(({ key, places }) => {
    const judged = judge.of('rsa-numbers', key, 'RSA numbers');
    return places.flatMap(({ name, offset, length }) => place(judged, offset, length, name));
  });
  return { detections, cuts: rsa.cuts, left: rsa.left };
}

function placeScalar({ key, entry, at, size, name, known }: RelatedScalar, judge: Judge): Detection[] {
  const judged = judge.of(ruleOf(key, known), key, name, true, RHO_LIES_HERE);
  return place(judged, entry.offset + at - entry.lead, size, name);
}

/** What proves a seed whose rule has no other proof. */
const RHO_LIES_HERE = 'ρ of the public key derives from the seed, and lies in the dump or is known';

function ruleOf(key: RelatedScalar['key'], known: boolean): RuleId {
  if (key.type === 'pq') return 'pq-seed';
  if (key.type === 'ec') return known ? 'ec-scalar' : 'ec-session-scalar';
  if (key.curve === 'Ed25519') return 'ed25519-seed';
  if (key.curve === 'Ed448') return 'ed448-seed';
  return known ? 'x25519-scalar' : 'x25519-session-scalar';
}

/** Judges keys, and keeps the public halves of those that are some. */
class Judge {
  readonly #signers = new Map<string, Uint8Array>();

  get signers(): Uint8Array[] {
    return [...this.#signers.values()];
  }

  of(rule: RuleId, key: PrivateKey, form: string, whole = true, checked?: string): Judgement | undefined {
    const secret: ParsedSecret = {
      kind: 'private-key',
      form,
      length: 0,
      key,
      whole,
      ...(key.type === 'pq' && { checked }),
    };
    return judgeSecret(rule, secret, (publicKey) => {
      const encoded = spki(publicKey);
      this.#signers.set(Buffer.from(encoded).toString('base64'), encoded);
    });
  }
}

function place(judged: Judgement | undefined, offset: number, length: number, part: string): Detection[] {
  return judged ? [{ ...judged, part, offset, length }] : [];
}
