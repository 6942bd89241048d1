/**
 * Private keys of elliptic curves from candidates. A scalar is proven when the x coordinate of its public point lies in
 * the dump, or is that of a known public key. Public halves are derived for all candidates first and then looked for at
 * every byte of the stored runs.
 */
import { bigintFromBytes, bytesFromBigint, hex } from '../bytes/convert.js';
import { EC_CURVES } from '../prove/curves.js';
import { inverse } from '../prove/modular.js';
import type { EcCurve, EcPrivateKey, OkpPrivateKey, PqPrivateKey } from '../types.js';
import type { Bounds } from './bounds.js';
import { Coordinates } from './coordinates.js';
import { DIGIT_FORMS, type DigitForm, digitsLength, readDigits, toDigits } from './digits.js';
import { describeOrderIn, ordersIn } from './limbs.js';
import { findHeads, findNeedles, headOf, headsOfHex, type Needle } from './needles.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import { eachPublicPoint, publicPoints } from './public-points.js';
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
  type PlacesIn,
  shiftedPlaces,
  shortestFirst,
  visitPlaces,
} from './scalars.js';
import { SecretSet } from './secret-set.js';

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

/** Scalars with the places that they were read from, of a part of a search. */
interface Portion {
  /** One behind the other, most significant byte first. */
  readonly secrets: Uint8Array;
  readonly entries: readonly NumberEntry[];
  readonly places: readonly number[];
  /** Of those that were read from digits: then coordinates are kept in such as well. */
  readonly digits: ReadonlyMap<number, DigitForm>;
}

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
  { runs: all, memory, bounds: { aligned, shifted } }: CurveInput,
  curve: EcCurve,
  onPortion: (portion: Portion) => void,
): { cut: boolean; left: boolean } {
  const { bits, size, order: group } = EC_CURVES[curve];
  const unit = size % 8 === 0 ? inverse(1n << BigInt(8 * size), group) : undefined;
  const limit = bytesFromBigint(group, size);
  const orders = ordersOf(size);
  const runs = all.filter(({ length }) => length >= size);
  /** Those that hold all whole words of a scalar; the others hold one at odd places, or behind what marks it. */
  const whole = runs.filter((run) => lengthOf(run) >= (size & ~7));
  const seen = new SecretSet(size);
  let count = 0;
  /** Index of the portion's first scalar among those that were seen. */
  let first = 0;
  let entries: NumberEntry[] = [];
  let places: number[] = [];
  const digits = new Map<number, DigitForm>();
  const flush = (): void => {
    onPortion({ secrets: seen.bytes.subarray(first * size), entries, places, digits });
    if (seen.count >= MOST_SEEN) seen.wipe();
    first = seen.count;
    entries = [];
    places = [];
    digits.clear();
  };
  const push = (entry: NumberEntry, at: number, secret: Uint8Array, form?: DigitForm): void => {
    // The nine bits above the eight words: zeros behind a run are no scalar's, but for one in 512.
    if (curve === 'P-521' && secret[0] === 0 && secret[1] === 0) return;
    if (Buffer.compare(secret, limit) >= 0 || !seen.add(secret, 0)) return;
    count++;
    if (form) digits.set(entries.length, form);
    entries.push(entry);
    places.push(at);
    if (entries.length >= PORTION) flush();
  };
  const scratch = new Uint8Array(size);
  /** Everything that stands at the places; false where there are more than `max`. */
  const collect = (among: readonly NumberEntry[], placesIn: PlacesIn, max: number, montgomery: boolean): boolean =>
    visitPlaces(among, placesIn, size, 0, (entry, at) => {
      const { memory: bytes, start } = entry;
      if (!isRandom(bytes, start + at, size)) return true;
      if (count >= max) return false;
      for (const order of ordersIn(entry, orders)) {
        if (order === ORDER.words && !isArray(bytes, start + at, size / 4)) continue;
        push(entry, at, normalise(bytes, start + at, size, order, scratch));
      }
      if (!montgomery || unit === undefined) return true;
      push(entry, at, fromMontgomery(normalise(bytes, start + at, size, ORDER.little, scratch), unit, group));
      return true;
    });
  for (const entry of whole) {
    const { memory: bytes, start, length, lead } = entry;
    // Their empty bits refuse all others, so that these need no bound.
    for (const form of DIGIT_FORMS) {
      if (lead + digitsLength(form, bits) > length) continue;
      const read = readDigits(bytes, start + lead, form, bits);
      if (read && isRandom(read, 0, size)) push(entry, lead, read.reverse(), form);
    }
  }
  // Montgomery form everywhere only where derivations are cheap; else where a number stands alone, or at an end.
  const cheap = curve === 'P-256';
  const isWhole =
    collect(runs, markedPlaces, aligned[curve], false) &&
    collect(whole, lonePlaces, aligned[curve], true) &&
    collect(whole, alignedPlaces, aligned[curve], cheap);
  const max = count + shifted[curve];
  // The shortest first: the whole words of a number that is not aligned are fewer.
  const isAll =
    collect(whole, edgePlaces, max, true) &&
    collect(memory, edgePlaces, max, true) &&
    collect(shortestFirst(runs), shiftedPlaces, max, false);
  flush();
  seen.wipe();
  return { cut: !isWhole, left: !isAll };
}

function findPointsOf(
  { runs, memory }: CurveInput,
  { secrets, entries, places, digits }: Portion,
  curve: EcCurve,
  known: ReadonlySet<string>,
): RelatedScalar[] {
  const { bits, size } = EC_CURVES[curve];
  const coordinates = new Coordinates(curve, entries.length, digits.size);
  const knownHeads = headsOfHex(known);
  const isKnown = (i: number) => {
    const x = coordinates.x(i);
    return knownHeads.has(headOf(x)) && known.has(hex(x));
  };
  const found = new Set<number>();
  eachPublicPoint(curve, secrets, entries.length, (i, bytes, at) => {
    coordinates.add(i, bytes, at);
    const form = digits.get(i);
    if (form) coordinates.addDigits(i, form, bits);
    if (known.size > 0 && isKnown(i)) found.add(i);
  });
  findHeads([...runs, ...memory], coordinates.heads, coordinates.count, (index, entry, at) => {
    const owner = coordinates.ownerAt(index, entry, at);
    if (owner !== undefined) found.add(owner);
  });
  return [...found]
    .sort((a, b) => a - b)
    .flatMap((i) => {
      const secret = secrets.slice(i * size, (i + 1) * size);
      const [publicPoint] = publicPoints(curve, [secret]);
      if (publicPoint === undefined) return [];
      const key: EcPrivateKey = { type: 'ec', curve, d: bigintFromBytes(secret), publicPoint };
      const name = `${curve} scalar`;
      return [{ key, entry: entries[i] as NumberEntry, at: places[i] as number, size, name, known: isKnown(i) }];
    });
}

/** value·2^(8·size) modulo `modulus`, least byte first; nothing where words do not divide the size. */
function toMontgomery(big: Uint8Array, modulus: bigint): Uint8Array[] {
  const size = big.length;
  if (size % 8 !== 0) return [];
  return [bytesFromBigint((bigintFromBytes(big) << BigInt(8 * size)) % modulus, size).reverse()];
}

/** value·unit modulo `modulus`; both most significant byte first. */
function fromMontgomery(big: Uint8Array, unit: bigint, modulus: bigint): Uint8Array {
  return bytesFromBigint((bigintFromBytes(big) * unit) % modulus, big.length);
}
