/**
 * Private keys of elliptic curves from candidates. A scalar is proven when the x coordinate of its public point lies in
 * the dump, or is that of a known public key; an Ed25519 seed when its public key does. Public halves are derived for
 * all candidates first and then looked for at every byte of the stored runs.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { bytesFromBigint } from '../bytes/convert.js';
import { EC_CURVES, okpPublicKey } from '../prove/curves.js';
import type { EcCurve, EcPrivateKey, OkpPrivateKey } from '../types.js';
import { type ByteOrder, describeOrder, type NumberEntry, ORDER } from './number-store.js';
import { isRandom } from './scalars.js';

/**
 * Derivations for one dump. One takes 20 µs on P-256, 250 µs on secp256k1, 550 µs on P-384, 1.3 ms on P-521 and 400 µs
 * for Ed25519: together some three seconds where all bounds are reached.
 */
const MAX_POINTS: Readonly<Record<EcCurve, number>> = {
  'P-256': 30_000,
  'P-384': 2_500,
  'P-521': 300,
  secp256k1: 2_000,
};
const MAX_SEEDS = 1_500;
/** Bytes by which a run may be longer than the number: memory behind it keeps what was there before. */
const MAX_SLACK = 16;
/** Upper half of a word that is an allocator's header, a pointer, or ends with an array's length. */
const MAX_HEADER = 0x10000;
/** Public halves known from certificates or from the user. */
export interface KnownPoints {
  /** Hex of the x coordinates by curve, in the size of the curve. */
  readonly x: ReadonlyMap<EcCurve, ReadonlySet<string>>;
  /** Hex of Ed25519 public keys. */
  readonly ed25519: ReadonlySet<string>;
}

export interface RelatedScalar {
  readonly key: EcPrivateKey | OkpPrivateKey;
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
}

interface Candidate {
  readonly entry: NumberEntry;
  readonly at: number;
  readonly order: ByteOrder;
  /** Most significant byte first. */
  readonly secret: Uint8Array;
}

const CURVES: ReadonlyArray<readonly [curve: EcCurve, ecdh: string]> = [
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
  ['secp256k1', 'secp256k1'],
];

/** `curves`: those to look for now; the work is shared out by curve. */
export function relateCurves(
  runs: readonly NumberEntry[],
  known: KnownPoints,
  curves: ReadonlySet<EcCurve | 'Ed25519'>,
): CurveResult {
  const cuts: string[] = [];
  const keys: RelatedScalar[] = [];
  // Runs behind an allocator's header first: where a bound cuts, it cuts the unlikely.
  const sorted = [...runs].sort((a, b) => Number(hasHeader(b)) - Number(hasHeader(a)) || a.offset - b.offset);
  for (const [curve, name] of CURVES) {
    if (!curves.has(curve)) continue;
    const points = known.x.get(curve) ?? new Set();
    // Few programs use it, and its scalars look like those of P-256.
    if (curve === 'secp256k1' && points.size === 0) continue;
    const { candidates, cut } = scalars(sorted, curve);
    if (cut > 0) cuts.push(`${cut} candidates for scalars of ${curve}`);
    keys.push(...findPoints(runs, candidates, curve, createECDH(name), points));
  }
  if (!curves.has('Ed25519')) return { keys: keys.flatMap((key) => everyPlace(key, runs)), cuts };
  const { keys: seeds, cut } = findSeeds(runs, sorted, known.ed25519);
  if (cut > 0) cuts.push(`${cut} candidates for seeds of Ed25519`);
  keys.push(...seeds);
  return { keys: keys.flatMap((key) => everyPlace(key, runs)), cuts };
}

/** Bytes of the run itself. */
function lengthOf({ bytes, lead }: NumberEntry): number {
  return bytes.length - 2 * lead;
}

/** The key at each place in the runs where its secret stands, in whatever order. */
function everyPlace(found: RelatedScalar, runs: readonly NumberEntry[]): RelatedScalar[] {
  const { key, size } = found;
  const secret = key.type === 'okp' ? key.secret : bytesFromBigint(key.d, size);
  const orders = key.type === 'okp' ? [ORDER.big] : [ORDER.big, ORDER.little, ...(size % 4 === 0 ? [ORDER.words] : [])];
  const places: RelatedScalar[] = [];
  for (const order of orders) {
    const form = normalise(secret, 0, size, order);
    const name = key.type === 'okp' ? found.name : `${key.curve} scalar, ${describeOrder(order)}`;
    for (const entry of runs) {
      for (let at = 0; at + size <= entry.bytes.length; at++) {
        if (startsWith(entry.bytes, at, form)) places.push({ ...found, entry, at, name });
      }
    }
  }
  return places;
}

function hasHeader({ bytes, lead }: NumberEntry): boolean {
  if (lead < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return view.getUint32(4, true) < MAX_HEADER;
}

/**
 * The places in a run at which a secret of `size` bytes can stand: aligned ones. Of P-521 the run holds eight words, and
 * nine bits follow or come before.
 */
function* placesIn(entry: NumberEntry, size: number): Generator<number> {
  const { bytes, lead } = entry;
  const words = size & ~7;
  if (lengthOf(entry) > words + MAX_SLACK) return;
  const end = bytes.length - lead;
  for (let at = lead; at + words <= end; at += 8) {
    if (at + size <= bytes.length) yield at;
    if (size !== words && at + words - size >= 0) yield at + words - size;
  }
}

function scalars(runs: readonly NumberEntry[], curve: EcCurve): { candidates: Candidate[]; cut: number } {
  const { size, order } = EC_CURVES[curve];
  const max = MAX_POINTS[curve];
  const limit = order.toString(16).padStart(2 * size, '0');
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  let cut = 0;
  for (const entry of runs) {
    for (const at of placesIn(entry, size)) {
      if (!isRandom(entry.bytes, at, size)) continue;
      for (const byteOrder of [ORDER.little, ORDER.big, ORDER.words] as const) {
        // Java's BigInteger; the slow curves have them as bytes as well.
        if (byteOrder === ORDER.words && curve !== 'P-256') continue;
        const secret = normalise(entry.bytes, at, size, byteOrder);
        const hex = Buffer.from(secret).toString('hex');
        if (hex >= limit || seen.has(hex)) continue;
        // The nine bits above the eight words: zeros behind a run are no scalar's, but for one in 512.
        if (curve === 'P-521' && hex.startsWith('0000')) continue;
        seen.add(hex);
        if (candidates.length < max) candidates.push({ entry, at, order: byteOrder, secret });
        else cut++;
      }
    }
  }
  return { candidates, cut };
}

/** The bytes, most significant first. */
function normalise(bytes: Uint8Array, at: number, size: number, order: ByteOrder): Uint8Array {
  const out = Uint8Array.from(bytes.subarray(at, at + size));
  if (order === ORDER.little) return out.reverse();
  if (order === ORDER.words) for (let i = 0; i < size; i += 4) out.subarray(i, i + 4).reverse();
  return out;
}

function findPoints(
  runs: readonly NumberEntry[],
  candidates: readonly Candidate[],
  curve: EcCurve,
  ecdh: ECDH,
  known: ReadonlySet<string>,
): RelatedScalar[] {
  const { size } = EC_CURVES[curve];
  const derived = candidates.flatMap((candidate) => {
    try {
      ecdh.setPrivateKey(candidate.secret);
    } catch {
      return [];
    }
    return [{ candidate, point: Uint8Array.from(ecdh.getPublicKey()) }];
  });
  const present = whichArePresent(
    runs,
    derived.map(({ point }) => point.subarray(1, 1 + size)),
  );
  return derived.flatMap(({ candidate, point }, i) => {
    const x = Buffer.from(point.subarray(1, 1 + size)).toString('hex');
    if (!present.has(i) && !known.has(x)) return [];
    const d = BigInt(`0x${Buffer.from(candidate.secret).toString('hex')}`);
    const key: EcPrivateKey = { type: 'ec', curve, d, publicPoint: point };
    const name = `${curve} scalar, ${describeOrder(candidate.order)}`;
    return [{ key, entry: candidate.entry, at: candidate.at, size, name, known: known.has(x) }];
  });
}

/** Which of the values lie in the runs, in either byte order: their indexes. */
function whichArePresent(runs: readonly NumberEntry[], values: readonly Uint8Array[]): Set<number> {
  const present = new Set<number>();
  if (values.length === 0) return present;
  // By the first four bytes, of the value and of its reverse and of its words.
  const forms = new Map<number, Array<readonly [index: number, form: Uint8Array]>>();
  values.forEach((value, index) => {
    const orders = value.length % 4 === 0 ? [ORDER.big, ORDER.little, ORDER.words] : [ORDER.big, ORDER.little];
    for (const order of orders) {
      const form = normalise(value, 0, value.length, order);
      const head = headOf(form, 0);
      const list = forms.get(head);
      if (list) list.push([index, form]);
      else forms.set(head, [[index, form]]);
    }
  });
  for (const { bytes } of runs) {
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const list = forms.get(headOf(bytes, at));
      if (list === undefined) continue;
      for (const [index, form] of list) if (startsWith(bytes, at, form)) present.add(index);
    }
  }
  return present;
}

function headOf(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function startsWith(bytes: Uint8Array, at: number, form: Uint8Array): boolean {
  if (at + form.length > bytes.length) return false;
  for (let i = 0; i < form.length; i++) if (bytes[at + i] !== form[i]) return false;
  return true;
}

const SEED = 32;

/** Where the public key stands right behind, or anywhere where one is known to look for. */
function seedPlaces(entry: NumberEntry, known: boolean): Iterable<number> {
  const { lead } = entry;
  const length = lengthOf(entry);
  if (length >= 2 * SEED && length <= 2 * SEED + MAX_SLACK)
    return [lead, lead + 8].slice(0, 1 + (length - 2 * SEED) / 8);
  return known ? placesIn(entry, SEED) : [];
}

/** Ed25519 (RFC 8032 section 5.1.5): the seed, whose public key follows it or lies elsewhere. */
function findSeeds(
  runs: readonly NumberEntry[],
  sorted: readonly NumberEntry[],
  known: ReadonlySet<string>,
): { keys: RelatedScalar[]; cut: number } {
  const seen = new Set<string>();
  const tried: Array<{ entry: NumberEntry; at: number; secret: Uint8Array; publicKey: Uint8Array }> = [];
  let cut = 0;
  for (const entry of sorted) {
    for (const at of seedPlaces(entry, known.size > 0)) {
      if (!isRandom(entry.bytes, at, SEED)) continue;
      const secret = entry.bytes.slice(at, at + SEED);
      const hex = Buffer.from(secret).toString('hex');
      if (seen.has(hex)) continue;
      seen.add(hex);
      if (tried.length < MAX_SEEDS) tried.push({ entry, at, secret, publicKey: okpPublicKey('Ed25519', secret) });
      else cut++;
    }
  }
  const present = whichArePresent(
    runs,
    tried.map(({ publicKey }) => publicKey),
  );
  const keys = tried.flatMap(({ entry, at, secret, publicKey }, i): RelatedScalar[] => {
    const isKnown = known.has(Buffer.from(publicKey).toString('hex'));
    if (!present.has(i) && !isKnown) return [];
    const key: OkpPrivateKey = { type: 'okp', curve: 'Ed25519', secret, publicKey };
    return [{ key, entry, at, size: SEED, name: 'Ed25519 seed', known: isKnown }];
  });
  return { keys, cut };
}
