/**
 * Private keys of elliptic curves from candidates. A scalar is proven when the x coordinate of its public point lies in
 * the dump, or is that of a known public key; an Ed25519 seed when its public key does. Public halves are derived for
 * all candidates first and then looked for at every byte of the stored runs.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { EC_CURVES, okpPublicKey } from '../prove/curves.js';
import type { EcCurve, EcPrivateKey, OkpPrivateKey } from '../types.js';
import { type ByteOrder, type NumberEntry, ORDER } from './number-store.js';
import { distinctBytes } from './numbers.js';

/** Derivations for one dump: 17 µs for a point, 400 µs for an Ed25519 key. */
const MAX_POINTS = 40_000;
const MAX_SEEDS = 2_500;
/** Part of a random number's bytes that are different from each other, at least. */
const DIVERSITY = 0.7;

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

export function relateCurves(runs: readonly NumberEntry[], known: KnownPoints): CurveResult {
  const cuts: string[] = [];
  const keys: RelatedScalar[] = [];
  // Runs of just the right length first: where a bound cuts, it cuts the unlikely.
  const sorted = [...runs].sort((a, b) => lengthOf(a) - lengthOf(b) || a.offset - b.offset);
  for (const [curve, name] of CURVES) {
    const { candidates, cut } = scalars(sorted, curve);
    if (cut > 0) cuts.push(`${cut} candidates for scalars of ${curve}`);
    keys.push(...findPoints(runs, candidates, curve, createECDH(name), known.x.get(curve) ?? new Set()));
  }
  const { keys: seeds, cut } = findSeeds(runs, sorted, known.ed25519);
  if (cut > 0) cuts.push(`${cut} candidates for seeds of Ed25519`);
  keys.push(...seeds);
  return { keys, cuts };
}

/** Bytes of the run itself. */
function lengthOf({ bytes, lead }: NumberEntry): number {
  return bytes.length - 2 * lead;
}

/** The places in a run at which a secret of `size` bytes can stand: every aligned one, and odd ones in a tight run. */
function* placesIn({ bytes, lead }: NumberEntry, size: number): Generator<number> {
  const end = bytes.length - lead;
  for (let at = lead; at + size <= end; at += 8) yield at;
  if (end - lead >= size + 8 || end - lead < size - 8) return;
  for (let at = Math.max(0, lead - 7); at + size <= Math.min(bytes.length, end + 7); at++) {
    if ((at - lead) % 8 !== 0 || at + size > end) yield at;
  }
}

function scalars(runs: readonly NumberEntry[], curve: EcCurve): { candidates: Candidate[]; cut: number } {
  const { size, order } = EC_CURVES[curve];
  const limit = order.toString(16).padStart(2 * size, '0');
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  let cut = 0;
  for (const entry of runs) {
    for (const at of placesIn(entry, size)) {
      if (distinctBytes(entry.bytes, at, size) < size * DIVERSITY) continue;
      for (const byteOrder of [ORDER.little, ORDER.big, ORDER.words] as const) {
        if (byteOrder === ORDER.words && (size % 4 !== 0 || (at - entry.lead) % 4 !== 0)) continue;
        const secret = normalise(entry.bytes, at, size, byteOrder);
        const hex = Buffer.from(secret).toString('hex');
        if (hex >= limit || seen.has(hex)) continue;
        seen.add(hex);
        if (candidates.length < MAX_POINTS) candidates.push({ entry, at, order: byteOrder, secret });
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
    const name = `${curve} scalar, ${orderName(candidate.order)}`;
    return [{ key, entry: candidate.entry, at: candidate.at, size, name }];
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
    for (const at of placesIn(entry, SEED)) {
      if ((at - entry.lead) % 8 !== 0 || distinctBytes(entry.bytes, at, SEED) < SEED * DIVERSITY) continue;
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
    if (!present.has(i) && !known.has(Buffer.from(publicKey).toString('hex'))) return [];
    return [{ key: { type: 'okp', curve: 'Ed25519', secret, publicKey }, entry, at, size: SEED, name: 'Ed25519 seed' }];
  });
  return { keys, cut };
}

function orderName(order: ByteOrder): string {
  if (order === ORDER.big) return 'big-endian';
  return order === ORDER.little ? 'little-endian' : 'words, most significant first';
}
