/**
 * Seeds and scalars that public keys are hashed or multiplied from: Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748),
 * and the scalar that an Ed25519 seed hashes to.
 * They look like any random bytes, so they are tried where a second secret's length of random bytes stands next to them,
 * as programs keep both halves, and everywhere for public keys that are known. What is derived must lie in the dump.
 */
import { latin1 } from '../bytes/convert.js';
import { OKP_CURVES, okpPublicKey } from '../prove/curves.js';
import { ed25519YOfScalar, isClamped, withSign } from '../prove/ed25519-scalar.js';
import type { OkpCurve, OkpPrivateKey } from '../types.js';
import type { CurveInput, CurveResult, RelatedScalar } from './curves.js';
import { findNeedles } from './needles.js';
import type { NumberEntry } from './number-store.js';
import {
  alignedPlaces,
  edgePlaces,
  isRandom,
  lengthOf,
  lonePlaces,
  MAX_SLACK,
  markedPlaces,
  shiftedPlaces,
} from './scalars.js';

/** So much more is tried where there is a public key to find the private half of, or of the usual form of a key. */
const FOR_SURE = 20;
const SURE = 'Ed25519 seed';

interface Form {
  readonly curve: OkpCurve;
  readonly name: string;
  readonly expanded: boolean;
  readonly size: number;
  /** Bytes from the secret to a public key that follows it, where one does. */
  readonly stride: number;
  /** Microseconds of a derivation. */
  readonly cost: number;
  readonly accepts: (secret: Uint8Array) => boolean;
  /** The public key, or those that it can be. */
  readonly derive: (secret: Uint8Array) => readonly Uint8Array[];
}

const FORMS: readonly Form[] = [
  ...(['Ed25519', 'X25519', 'Ed448', 'X448'] as const).map((curve) => {
    const size = OKP_CURVES[curve].secret;
    const name = `${curve} ${curve.startsWith('Ed') ? 'seed' : 'scalar'}`;
    const derive = (secret: Uint8Array) => [okpPublicKey(curve, secret)];
    const cost = size === 32 ? 50 : 200;
    return { curve, name, expanded: false, size, stride: size, cost, accepts: () => true, derive };
  }),
  // The scalar, the prefix for nonces, the public key: as ring and others hold a key.
  {
    curve: 'Ed25519',
    name: 'Ed25519 scalar',
    expanded: true,
    size: 32,
    stride: 64,
    cost: 100,
    accepts: isClamped,
    derive: (secret) => {
      const y = ed25519YOfScalar(secret);
      return [y, withSign(y)];
    },
  },
];

/** `known`: hex of known public keys by curve. */
export function relateSeeds(
  input: CurveInput,
  curves: readonly OkpCurve[],
  known: ReadonlyMap<OkpCurve, ReadonlySet<string>>,
): CurveResult {
  const cuts: string[] = [];
  const forms: TriedForm[] = [];
  const shiftedLeft: string[] = [];
  for (const form of FORMS.filter(({ curve }) => curves.includes(curve))) {
    const publicKeys = known.get(form.curve) ?? new Set();
    const { tried, cut, left } = candidatesOf(input, form, publicKeys.size > 0);
    if (cut) cuts.push(`${form.name}s`);
    if (left) shiftedLeft.push(`${form.name}s`);
    forms.push({ form, tried, known: publicKeys });
  }
  const keys = present(input, forms);
  return { keys: everyPlace(keys, input), cuts, shiftedLeft };
}

interface Tried {
  readonly entry: NumberEntry;
  readonly at: number;
  readonly secret: Uint8Array;
  readonly publicKeys: readonly Uint8Array[];
}

/**
 * Pairs that fill their runs, and all aligned places for known keys, secrets alone first; then, as far as the bound allows, secrets alone,
 * those at the ends of longer runs, and odd places.
 */
function candidatesOf(
  { runs, memory, bounds }: CurveInput,
  form: Form,
  isKnown: boolean,
): { tried: Tried[]; cut: boolean; left: boolean } {
  const { size } = form;
  // A key of a server or a user, next to its public half, must not be passed over; the rest is over and above.
  const isSure = isKnown || form.name === SURE;
  const usual = bounds.seeds;
  const seen = new Set<string>();
  const tried: Tried[] = [];
  let max = isSure ? FOR_SURE * bounds.seeds : usual;
  const add = (entry: NumberEntry, at: number): 'tried' | 'none' | 'cut' => {
    const { memory: all, length } = entry;
    const from = entry.start + at;
    if (at + size > length || !isRandom(all, from, size)) return 'none';
    if (!form.accepts(all.subarray(from, from + size))) return 'none';
    const id = latin1(all, from, from + size);
    if (seen.has(id)) return 'none';
    if (tried.length * form.cost >= max) return 'cut';
    seen.add(id);
    const secret = all.slice(from, from + size);
    tried.push({ entry, at, secret, publicKeys: form.derive(secret) });
    return 'tried';
  };
  /** False where the bound cuts. */
  const collect = (
    entries: readonly NumberEntry[],
    places: (entry: NumberEntry, size: number, stride: number) => Iterable<number>,
  ): boolean => {
    for (const entry of entries) {
      for (const at of places(entry, size, form.stride)) if (add(entry, at) === 'cut') return false;
    }
    return true;
  };
  const sure = isKnown ? [markedPlaces, lonePlaces, pairPlaces, alignedPlaces] : [markedPlaces, pairPlaces];
  const whole = sure.every((places) => collect(runs, places));
  if (!isKnown) max = tried.length * form.cost + usual;
  const all =
    whole &&
    collect(runs, lonePlaces) &&
    collect([...runs, ...memory], endPlaces) &&
    (!isKnown || collect(runs, shiftedPlaces));
  return { tried, cut: isSure && !whole, left: !all };
}

/**
 * The first and the second of two halves next to each other, in a run of their length. In packed structures they begin in
 * the word before, behind a zero: of a length, a number, a pointer, the last byte mostly is one.
 */
function* pairPlaces(entry: NumberEntry, size: number, stride: number): Generator<number> {
  const { memory, lead } = entry;
  const length = lengthOf(entry);
  const words = (stride + size) & ~7;
  // A word with two zeros still counts as random.
  let start = lead + 2;
  while (start > 0 && memory[entry.start + start - 1] !== 0) start--;
  if (start > 0 && start !== lead && length >= words - 8 && length <= words + MAX_SLACK) {
    yield start;
    if (stride === size) yield start + stride;
  }
  if (length < words || length > words + MAX_SLACK) return;
  for (let at = lead; at + words <= lead + length; at += 8) {
    yield at;
    if (stride === size) yield at + stride;
  }
}

/** Both ends of a longer run, and the second of a pair at its beginning: numbers of the same structure follow. */
function* endPlaces(entry: NumberEntry, size: number, stride: number): Generator<number> {
  yield* edgePlaces(entry, size);
  if (stride === size && lengthOf(entry) >= ((2 * size) & ~7)) yield entry.lead + stride;
}

interface TriedForm {
  readonly form: Form;
  readonly tried: readonly Tried[];
  readonly known: ReadonlySet<string>;
}

/** Those of which a public key lies in the dump or is known: in one pass for all forms. */
function present({ runs, memory }: CurveInput, forms: readonly TriedForm[]): RelatedScalar[] {
  const all = forms.flatMap(({ form, tried, known }) =>
    tried.flatMap((each) => each.publicKeys.map((publicKey) => ({ form, known, publicKey, ...each }))),
  );
  const found = new Set<(typeof all)[number]>();
  findNeedles(
    [...runs, ...memory],
    all.map((of) => ({ form: of.publicKey, of })),
    (of) => void found.add(of),
  );
  return all.flatMap((each): RelatedScalar[] => {
    const { form, known, publicKey, entry, at, secret } = each;
    const isKnown = known.has(Buffer.from(publicKey).toString('hex'));
    if (!found.has(each) && !isKnown) return [];
    const { curve, name, expanded } = form;
    const key: OkpPrivateKey = { type: 'okp', curve, secret, publicKey, ...(expanded && { expanded }) };
    return [{ key, entry, at, size: secret.length, name, known: isKnown }];
  });
}

function everyPlace(found: readonly RelatedScalar[], { runs, memory }: CurveInput): RelatedScalar[] {
  const needles = found.map((seed) => ({ form: (seed.key as OkpPrivateKey).secret, of: seed }));
  const places: RelatedScalar[] = [];
  findNeedles([...runs, ...memory], needles, (seed, entry, at) => void places.push({ ...seed, entry, at }));
  return places;
}
