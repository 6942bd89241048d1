/**
 * Private keys of elliptic curves from candidates. A scalar is proven when the x coordinate of its public point lies in
 * the dump, or is that of a known public key. Public halves are derived for all candidates first and then looked for at
 * every byte of the stored runs.
 */
import { bytesFromBigint, latin1 } from '../bytes/convert.js';
import { EC_CURVES } from '../prove/curves.js';
import { inverse } from '../prove/modular.js';
import type { EcCurve, EcPrivateKey, OkpPrivateKey, PqPrivateKey } from '../types.js';
import type { Bounds } from './bounds.js';
import { DIGIT_FORMS, type DigitForm, digitsLength, readDigits, toDigits } from './digits.js';
import { describeOrderIn, ordersIn } from './limbs.js';
import { findNeedles, type Needle } from './needles.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import { publicPoints } from './public-points.js';
import {
  alignedPlaces,
  edgePlaces,
  isArray,
  isRandom,
  lengthOf,
  lonePlaces,
  markedPlaces,
  normalise,
  ordersOf,
  shiftedPlaces,
} from './scalars.js';

/** A secret of a curve or a seed, at one place. */
export interface RelatedScalar {
  readonly key: EcPrivateKey | OkpPrivateKey | PqPrivateKey;
  /** The run, and where in its payload the secret begins. */
  readonly entry: NumberEntry;
  readonly at: number;
  readonly size: number;
  readonly name: string;
  /** A certificate or another public key structure has its public half; else it may be a key of one connection. */
  readonly known: boolean;
}

export interface CurveResult {
  readonly keys: readonly RelatedScalar[];
  readonly cuts: readonly string[];
  /** What was not looked for to the end of what is tried over and above: places that are not aligned, rare keys. */
  readonly shiftedLeft: readonly string[];
}

/** What is to be related. */
export interface CurveInput {
  /** Short runs, the likely ones first: candidates and coordinates. */
  readonly runs: readonly NumberEntry[];
  /** Longer runs, in which coordinates and copies may stand as well. */
  readonly memory: readonly NumberEntry[];
  readonly bounds: Bounds;
}

interface Candidate {
  readonly entry: NumberEntry;
  readonly at: number;
  /** The digits that it was read from: then coordinates are kept in such as well. */
  readonly digits?: DigitForm;
  /** Most significant byte first. */
  readonly secret: Uint8Array;
}

/** Curves whose coordinates are held in Montgomery form: x·2^(8·size) modulo the prime. */
const IN_MONTGOMERY_FORM: ReadonlySet<EcCurve> = new Set<EcCurve>(['P-256', 'P-384']);

/** `known`: hex of the x coordinates of known public keys by curve, in the size of the curve. */
export function relateCurves(
  input: CurveInput,
  curves: Iterable<EcCurve>,
  known: ReadonlyMap<EcCurve, ReadonlySet<string>>,
): CurveResult {
  const cuts: string[] = [];
  const keys: RelatedScalar[] = [];
  const shiftedLeft: string[] = [];
  for (const curve of curves) {
    const points = known.get(curve) ?? new Set();
    // Few programs use it, and its scalars look like those of P-256.
    if (curve === 'secp256k1' && points.size === 0) continue;
    const { cut, left } = findCandidates(input, curve, (portion) => {
      keys.push(...findPointsOf(input, portion, curve, points));
    });
    if (cut) cuts.push(`scalars of ${curve}`);
    if (left) shiftedLeft.push(`scalars of ${curve}`);
  }
  return { keys: everyPlace(keys, input), cuts, shiftedLeft };
}

/** The keys at each place where their secrets stand, in whatever order. */
function everyPlace(found: readonly RelatedScalar[], { runs, memory }: CurveInput): RelatedScalar[] {
  const needles = found.flatMap((scalar): Array<Needle<RelatedScalar & { readonly order?: ByteOrder }>> => {
    const { curve, d } = scalar.key as EcPrivateKey;
    const secret = bytesFromBigint(d, scalar.size);
    const { order: group } = EC_CURVES[curve as EcCurve];
    const montgomery = toMontgomery(secret, group);
    return [
      ...ordersOf(scalar.size).map((order) => ({
        form: normalise(secret, 0, scalar.size, order),
        of: { ...scalar, order, name: `${curve} scalar` },
      })),
      ...DIGIT_FORMS.map((form) => ({
        form: toDigits(d, form, EC_CURVES[curve as EcCurve].bits),
        of: { ...scalar, name: `${curve} scalar, ${form.name}` },
      })),
      ...montgomery.map((form) => ({ form, of: { ...scalar, name: `${curve} scalar, Montgomery form` } })),
    ];
  });
  const places: RelatedScalar[] = [];
  findNeedles([...runs, ...memory], needles, ({ order, ...scalar }, entry, at) => {
    const name = order === undefined ? scalar.name : `${scalar.name}, ${describeOrderIn(entry, order)}`;
    places.push({ ...scalar, name, entry, at });
  });
  return places;
}

/** Points that are looked for in one pass over the runs: this bounds the memory that they and their forms take. */
const PORTION = 65_536;
/** Scalars that are remembered, so that none is derived twice; then from the beginning: a thorough search has no end of them. */
const MOST_SEEN = 2 ** 21;

/**
 * Marked and aligned places in all runs, then the others, in portions. `cut`, `left`: whether bounds cut the first, the
 * others.
 */
function findCandidates(
  { runs, memory, bounds: { aligned, shifted } }: CurveInput,
  curve: EcCurve,
  onPortion: (candidates: readonly Candidate[]) => void,
): { cut: boolean; left: boolean } {
  const { bits, size, order: group } = EC_CURVES[curve];
  const unit = size % 8 === 0 ? inverse(1n << BigInt(8 * size), group) : undefined;
  // Strings of bytes: they compare as the numbers do.
  const limit = latin1(bytesFromBigint(group, size), 0, size);
  const seen = new Set<string>();
  let count = 0;
  let portion: Candidate[] = [];
  const push = (place: Omit<Candidate, 'secret'>, secret: Uint8Array): void => {
    const id = latin1(secret, 0, size);
    // The nine bits above the eight words: zeros behind a run are no scalar's, but for one in 512.
    if (id >= limit || seen.has(id) || (curve === 'P-521' && secret[0] === 0 && secret[1] === 0)) return;
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.add(id);
    count++;
    portion.push({ ...place, secret });
    if (portion.length < PORTION) return;
    onPortion(portion);
    portion = [];
  };
  /** Everything that stands at the places; false where there are more than `max`. */
  const collect = (
    entries: readonly NumberEntry[],
    places: (entry: NumberEntry, size: number) => Iterable<number>,
    max: number,
    montgomery: boolean,
  ): boolean => {
    for (const entry of entries) {
      const { memory: all, start } = entry;
      for (const at of places(entry, size)) {
        if (!isRandom(all, start + at, size)) continue;
        if (count >= max) return false;
        for (const order of ordersIn(entry, ordersOf(size))) {
          if (order === ORDER.words && !isArray(all, start + at, size / 4)) continue;
          push({ entry, at }, normalise(all, start + at, size, order));
        }
        if (!montgomery || unit === undefined) continue;
        push({ entry, at }, fromMontgomery(normalise(all, start + at, size, ORDER.little), unit, group));
      }
    }
    return true;
  };
  for (const entry of runs) {
    const { memory: all, start, length, lead } = entry;
    // Their empty bits refuse all others, so that these need no bound.
    for (const form of DIGIT_FORMS) {
      if (lead + digitsLength(form, bits) > length) continue;
      const digits = readDigits(all, start + lead, form, bits);
      if (digits && isRandom(digits, 0, size)) push({ entry, at: entry.lead, digits: form }, digits.reverse());
    }
  }
  // Montgomery form everywhere only where derivations are cheap; else where a number stands alone, or at an end.
  const cheap = curve === 'P-256';
  const whole =
    collect(runs, markedPlaces, aligned[curve], false) &&
    collect(runs, lonePlaces, aligned[curve], true) &&
    collect(runs, alignedPlaces, aligned[curve], cheap);
  const max = count + shifted[curve];
  // The whole words of a number that is not aligned are fewer.
  const shortest = [...runs].sort((a, b) => lengthOf(a) - lengthOf(b));
  const all =
    collect(runs, edgePlaces, max, true) &&
    collect(memory, edgePlaces, max, true) &&
    collect(shortest, shiftedPlaces, max, false);
  onPortion(portion);
  return { cut: !whole, left: !all };
}

function findPointsOf(
  { runs, memory }: CurveInput,
  candidates: readonly Candidate[],
  curve: EcCurve,
  known: ReadonlySet<string>,
): RelatedScalar[] {
  const { bits, size, prime } = EC_CURVES[curve];
  const points = publicPoints(
    curve,
    candidates.map(({ secret }) => secret),
  );
  const derived = candidates.flatMap((candidate, i) => {
    const point = points[i];
    return point ? [{ candidate, point }] : [];
  });
  const present = new Set<number>();
  const field = IN_MONTGOMERY_FORM.has(curve) ? prime : undefined;
  const needles = derived.flatMap(({ candidate, point }, i) => [
    ...ordersOf(size).map((order) => ({ form: normalise(point, 1, size, order), of: i })),
    ...(candidate.digits
      ? [
          {
            form: toDigits(
              BigInt(`0x${Buffer.from(point.subarray(1, 1 + size)).toString('hex')}`),
              candidate.digits,
              bits,
            ),
            of: i,
          },
        ]
      : []),
    // Libraries that keep points ready for arithmetic may keep no other form.
    ...(field ? toMontgomery(point.subarray(1, 1 + size), field).map((form) => ({ form, of: i })) : []),
  ]);
  findNeedles([...runs, ...memory], needles, (i) => void present.add(i));
  return derived.flatMap(({ candidate, point }, i) => {
    const isKnown = known.has(Buffer.from(point.subarray(1, 1 + size)).toString('hex'));
    if (!present.has(i) && !isKnown) return [];
    const d = BigInt(`0x${Buffer.from(candidate.secret).toString('hex')}`);
    const key: EcPrivateKey = { type: 'ec', curve, d, publicPoint: point };
    return [{ key, entry: candidate.entry, at: candidate.at, size, name: `${curve} scalar`, known: isKnown }];
  });
}

/** value·2^(8·size) modulo `modulus`, least byte first; nothing where words do not divide the size. */
function toMontgomery(big: Uint8Array, modulus: bigint): Uint8Array[] {
  const size = big.length;
  if (size % 8 !== 0) return [];
  const value = (BigInt(`0x${Buffer.from(big).toString('hex')}`) << BigInt(8 * size)) % modulus;
  return [bytesFromBigint(value, size).reverse()];
}

/** value·unit modulo `modulus`; both most significant byte first. */
function fromMontgomery(big: Uint8Array, unit: bigint, modulus: bigint): Uint8Array {
  return bytesFromBigint((BigInt(`0x${Buffer.from(big).toString('hex')}`) * unit) % modulus, big.length);
}
