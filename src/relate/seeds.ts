/**
 * Seeds and scalars that public keys are hashed or multiplied from: Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748),
 * and the scalar that an Ed25519 seed hashes to.
 * They look like any random bytes, so they are tried where a second secret's length of random bytes stands next to them,
 * as programs keep both halves, and everywhere for public keys that are known. What is derived must lie in the dump.
 */
import { hex } from '../bytes/convert.js';
import { OKP_CURVES, okpPublicKey } from '../prove/curves.js';
import { isClamped, withSign } from '../prove/ed25519-scalar.js';
import type { OkpCurve, OkpPrivateKey } from '../types.js';
import type { CurveInput, CurveResult, RelatedScalar } from './curves.js';
import { findHeads, findNeedles, headOf, headsOfHex, standsAt } from './needles.js';
import type { NumberEntry } from './number-store.js';
import { publicHalves } from './okp-keys.js';
import {
  alignedPlaces,
  edgePlaces,
  isRandom,
  lengthOf,
  lonePlaces,
  MAX_SLACK,
  markedPlaces,
  type PlacesIn,
  shiftedPlaces,
  visitPlaces,
} from './scalars.js';
import { SecretSet } from './secret-set.js';

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
  readonly accepts: (bytes: Uint8Array, at: number) => boolean;
}

const FORMS: readonly Form[] = [
  ...(['Ed25519', 'X25519', 'Ed448', 'X448'] as const).map((curve) => {
    const size = OKP_CURVES[curve].secret;
    const name = `${curve} ${curve.startsWith('Ed') ? 'seed' : 'scalar'}`;
    const cost = size === 32 ? 20 : 200;
    return { curve, name, expanded: false, size, stride: size, cost, accepts: () => true };
  }),
  // The scalar, the prefix for nonces, the public key: as ring and others hold a key.
  {
    curve: 'Ed25519',
    name: 'Ed25519 scalar',
    expanded: true,
    size: 32,
    stride: 64,
    cost: 20,
    accepts: (bytes, at) => isClamped(bytes.subarray(at, at + 32)),
  },
];

/** Secrets that are looked for in one pass over the runs at most: only a thorough search has more. */
const PORTION = 2 ** 18;

/** `known`: hex of known public keys by curve. `most`: for tests, the secrets of a portion. */
export function relateSeeds(
  input: CurveInput,
  curves: readonly OkpCurve[],
  known: ReadonlyMap<OkpCurve, ReadonlySet<string>>,
  most = PORTION,
): CurveResult {
  const cuts: string[] = [];
  const forms: TriedForm[] = [];
  const shiftedLeft: string[] = [];
  const keys: RelatedScalar[] = [];
  for (const form of FORMS.filter(({ curve }) => curves.includes(curve))) {
    const publicKeys = known.get(form.curve) ?? new Set();
    const { tried, cut, left } = candidatesOf(input, form, publicKeys.size > 0, most, (portion) => {
      keys.push(...present(input, [{ form, tried: portion, known: publicKeys }]));
    });
    if (cut) cuts.push(`${form.name}s`);
    if (left) shiftedLeft.push(`${form.name}s`);
    forms.push({ form, tried, known: publicKeys });
  }
  keys.push(...present(input, forms));
  return { keys: everyPlace(distinct(keys), input), cuts, shiftedLeft };
}

/** Secrets with the places that they were read from. */
interface Tried {
  readonly secrets: SecretSet;
  readonly entries: readonly NumberEntry[];
  readonly places: readonly number[];
}

/**
 * Pairs that fill their runs, and all aligned places for known keys, secrets alone first; then, as far as the bound
 * allows, secrets alone, those at the ends of longer runs, and odd places. All but the last are handed over in portions,
 * so that a search without end needs no memory without end; what was in an earlier portion is tried again.
 */
function candidatesOf(
  { runs: all, memory, bounds }: CurveInput,
  form: Form,
  isKnown: boolean,
  most: number,
  onPortion: (tried: Tried) => void,
): { tried: Tried; cut: boolean; left: boolean } {
  const { size } = form;
  const runs = all.filter(({ length }) => length >= size);
  // A key of a server or a user, next to its public half, must not be passed over; the rest is over and above.
  const isSure = isKnown || form.name === SURE;
  const usual = bounds.seeds;
  const secrets = new SecretSet(size);
  let entries: NumberEntry[] = [];
  let places: number[] = [];
  let count = 0;
  let max = isSure ? FOR_SURE * bounds.seeds : usual;
  /** False where the bound cuts. */
  const add = (entry: NumberEntry, at: number): boolean => {
    const { memory: bytes, length } = entry;
    const from = entry.start + at;
    if (at + size > length || !isRandom(bytes, from, size) || !form.accepts(bytes, from)) return true;
    if (secrets.has(bytes, from)) return true;
    if (count * form.cost >= max) return false;
    if (secrets.count >= most) {
      onPortion({ secrets, entries, places });
      [entries, places] = [[], []];
    }
    secrets.add(bytes, from);
    entries.push(entry);
    places.push(at);
    count++;
    return true;
  };
  /** False where the bound cuts. */
  const collect = (among: readonly NumberEntry[], placesIn: PlacesIn): boolean =>
    visitPlaces(among, placesIn, size, form.stride, add);
  const sure = isKnown ? [markedPlaces, lonePlaces, pairPlaces, alignedPlaces] : [markedPlaces, pairPlaces];
  const whole = sure.every((placesIn) => collect(runs, placesIn));
  if (!isKnown) max = count * form.cost + usual;
  const isAll =
    whole &&
    collect(runs, lonePlaces) &&
    collect([...runs, ...memory], endPlaces) &&
    (!isKnown || collect(runs, shiftedPlaces));
  return { tried: { secrets, entries, places }, cut: isSure && !whole, left: !isAll };
}

/**
 * The first and the second of two halves next to each other, in a run of their length. In packed structures they begin in
 * the word before, behind a zero: of a length, a number, a pointer, the last byte mostly is one.
 */
const pairPlaces: PlacesIn = (out, entry, size, stride) => {
  const { memory, lead } = entry;
  const length = lengthOf(entry);
  const words = (stride + size) & ~7;
  const behind = stride === size;
  if (length < words - 8 || length > words + MAX_SLACK) return;
  // A word with two zeros still counts as random.
  let start = lead + 2;
  while (start > 0 && memory[entry.start + start - 1] !== 0) start--;
  if (start > 0 && start !== lead) {
    out.push(start);
    if (behind) out.push(start + stride);
  }
  for (let at = lead; at + words <= lead + length; at += 8) {
    out.push(at);
    if (behind) out.push(at + stride);
  }
};

/** Both ends of a longer run, and the second of a pair at its beginning: numbers of the same structure follow. */
const endPlaces: PlacesIn = (out, entry, size, stride) => {
  edgePlaces(out, entry, size, stride);
  if (stride === size && lengthOf(entry) >= ((2 * size) & ~7)) out.push(entry.lead + stride);
};

interface TriedForm {
  readonly form: Form;
  readonly tried: Tried;
  /** Hex of public keys. */
  readonly known: ReadonlySet<string>;
}

/** Those of which a public key lies in the dump or is known: in one pass for all forms. Overwrites what was tried. */
function present({ runs, memory }: CurveInput, forms: readonly TriedForm[]): RelatedScalar[] {
  const matches = forms.map((tried) => new Matches(tried));
  const firsts: number[] = [];
  let count = 0;
  for (const { length } of matches) {
    firsts.push(count);
    count += length;
  }
  const heads = new Int32Array(count);
  for (const [i, { heads: own }] of matches.entries()) heads.set(own, firsts[i] as number);
  findHeads([...runs, ...memory], heads, count, (index, entry, at) => {
    let of = firsts.length - 1;
    while ((firsts[of] as number) > index) of--;
    (matches[of] as Matches).meet(index - (firsts[of] as number), entry, at);
  });
  const found = matches.flatMap((each) => each.found());
  for (const { tried } of forms) tried.secrets.wipe();
  return found;
}

/** The secrets of one form, what their public keys have in common with all forms of them, and which were seen. */
class Matches {
  readonly #form: Form;
  readonly #tried: Tried;
  readonly #known: ReadonlySet<string>;
  readonly #halves: Uint8Array;
  readonly heads: Int32Array;
  /** By secret: the public keys that it can have, once something like them was seen; and of those the ones that were. */
  readonly #keys = new Map<number, readonly Uint8Array[]>();
  readonly #seen = new Map<number, Set<Uint8Array>>();

  constructor({ form, tried, known }: TriedForm) {
    const { size, curve, expanded } = form;
    this.#form = form;
    this.#tried = tried;
    this.#known = known;
    this.#halves = publicHalves(curve, expanded, tried.secrets.bytes, tried.secrets.count);
    this.heads = new Int32Array(tried.secrets.count);
    for (let i = 0; i < this.heads.length; i++) this.heads[i] = headOf(this.#halves, i * size);
    if (known.size === 0) return;
    const wanted = headsOfHex(known);
    for (const [i, head] of this.heads.entries()) {
      if (!wanted.has(head)) continue;
      for (const key of this.#keysOf(i)) if (known.has(hex(key))) this.#see(i, key);
    }
  }

  get length(): number {
    return this.heads.length;
  }

  /** The head of secret `i` stands at `at`. */
  meet(i: number, entry: NumberEntry, at: number): void {
    const { size } = this.#form;
    if (at + size > entry.length) return;
    const { memory, start } = entry;
    // The top bit of the last byte is not in all halves.
    for (let j = 0; j < size - 1; j++) if (memory[start + at + j] !== this.#halves[i * size + j]) return;
    for (const key of this.#keysOf(i)) if (standsAt(key, entry, at)) this.#see(i, key);
  }

  found(): RelatedScalar[] {
    const { curve, name, expanded, size } = this.#form;
    return [...this.#seen]
      .sort(([a], [b]) => a - b)
      .flatMap(([i, keys]) =>
        [...keys].map((publicKey): RelatedScalar => {
          const secret = this.#tried.secrets.get(i);
          const key: OkpPrivateKey = { type: 'okp', curve, secret, publicKey, ...(expanded && { expanded }) };
          const known = this.#known.has(hex(publicKey));
          return {
            key,
            entry: this.#tried.entries[i] as NumberEntry,
            at: this.#tried.places[i] as number,
            size,
            name,
            known,
          };
        }),
      );
  }

  /** The public key, or those that it can be. */
  #keysOf(i: number): readonly Uint8Array[] {
    const { curve, expanded, size } = this.#form;
    const half = () => this.#halves.slice(i * size, (i + 1) * size);
    const keys =
      this.#keys.get(i) ?? (expanded ? [half(), withSign(half())] : [okpPublicKey(curve, this.#tried.secrets.get(i))]);
    this.#keys.set(i, keys);
    return keys;
  }

  #see(i: number, key: Uint8Array): void {
    const seen = this.#seen.get(i) ?? new Set();
    this.#seen.set(i, seen.add(key));
  }
}

/** Each key once: an earlier portion may have had it, too. */
function distinct(keys: readonly RelatedScalar[]): RelatedScalar[] {
  const seen = new Set<string>();
  return keys.filter(({ key, name }) => {
    const { secret, publicKey } = key as OkpPrivateKey;
    const id = `${name} ${hex(secret)} ${publicKey ? hex(publicKey) : ''}`;
    return !seen.has(id) && seen.add(id);
  });
}

function everyPlace(found: readonly RelatedScalar[], { runs, memory }: CurveInput): RelatedScalar[] {
  const needles = found.map((seed) => ({ form: (seed.key as OkpPrivateKey).secret, of: seed }));
  const places: RelatedScalar[] = [];
  findNeedles([...runs, ...memory], needles, (seed, entry, at) => void places.push({ ...seed, entry, at }));
  return places;
}
