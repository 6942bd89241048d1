/**
 * Seeds and scalars that public keys are hashed or multiplied from: Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748).
 * They look like any random bytes, so they are tried where a second secret's length of random bytes stands next to them,
 * as programs keep both halves, and everywhere for public keys that are known. What is derived must lie in the dump.
 */
import { latin1 } from '../bytes/convert.js';
import { OKP_CURVES, okpPublicKey } from '../prove/curves.js';
import type { OkpCurve, OkpPrivateKey } from '../types.js';
import type { CurveInput, CurveResult, RelatedScalar } from './curves.js';
import { findNeedles } from './needles.js';
import type { NumberEntry } from './number-store.js';
import { alignedPlaces, isRandom, lengthOf, MAX_SLACK, shiftedPlaces } from './scalars.js';

/** `known`: hex of known public keys by curve. */
export function relateSeeds(
  input: CurveInput,
  curves: Iterable<OkpCurve>,
  known: ReadonlyMap<OkpCurve, ReadonlySet<string>>,
): CurveResult {
  const cuts: string[] = [];
  const keys: RelatedScalar[] = [];
  const shiftedLeft: string[] = [];
  for (const curve of curves) {
    const publicKeys = known.get(curve) ?? new Set();
    const { tried, cut, left } = candidatesOf(input.runs, curve, publicKeys.size > 0, input.bounds.seeds);
    if (cut > 0) cuts.push(`${cut} candidates for ${describeSeed(curve)}s`);
    if (left) shiftedLeft.push(`${describeSeed(curve)}s`);
    keys.push(...present(input, tried, curve, publicKeys));
  }
  return { keys: everyPlace(keys, input), cuts, shiftedLeft };
}

interface Tried {
  readonly entry: NumberEntry;
  readonly at: number;
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

function candidatesOf(
  runs: readonly NumberEntry[],
  curve: OkpCurve,
  isKnown: boolean,
  max: number,
): { tried: Tried[]; cut: number; left: boolean } {
  const size = OKP_CURVES[curve].secret;
  const seen = new Set<string>();
  const tried: Tried[] = [];
  let cut = 0;
  for (const places of isKnown ? [pairPlaces, alignedPlaces] : [pairPlaces]) {
    for (const entry of runs) for (const at of places(entry, size)) if (!add(entry, at)) cut++;
  }
  if (isKnown) {
    for (const entry of runs) {
      for (const at of shiftedPlaces(entry, size)) if (!add(entry, at)) return { tried, cut, left: true };
    }
  }
  return { tried, cut, left: false };

  /** False where the bound cuts. */
  function add(entry: NumberEntry, at: number): boolean {
    if (!isRandom(entry.bytes, at, size)) return true;
    const id = latin1(entry.bytes, at, at + size);
    if (seen.has(id)) return true;
    if (tried.length >= max) return false;
    seen.add(id);
    const secret = entry.bytes.slice(at, at + size);
    tried.push({ entry, at, secret, publicKey: okpPublicKey(curve, secret) });
    return true;
  }
}

/** The first and the second of two halves next to each other. */
function* pairPlaces(entry: NumberEntry, size: number): Generator<number> {
  const { lead, bytes } = entry;
  const length = lengthOf(entry);
  const words = (2 * size) & ~7;
  if (length < words || length > words + MAX_SLACK) return;
  for (let at = lead; at + words <= lead + length; at += 8) {
    for (const start of [at, at + size]) if (start + size <= bytes.length) yield start;
  }
}

function present(
  { runs, memory }: CurveInput,
  tried: readonly Tried[],
  curve: OkpCurve,
  known: ReadonlySet<string>,
): RelatedScalar[] {
  const found = new Set<number>();
  const needles = tried.map(({ publicKey }, i) => ({ form: publicKey, of: i }));
  findNeedles([...runs, ...memory], needles, (i) => void found.add(i));
  return tried.flatMap(({ entry, at, secret, publicKey }, i): RelatedScalar[] => {
    const isKnown = known.has(Buffer.from(publicKey).toString('hex'));
    if (!found.has(i) && !isKnown) return [];
    const key: OkpPrivateKey = { type: 'okp', curve, secret, publicKey };
    return [{ key, entry, at, size: secret.length, name: describeSeed(curve), known: isKnown }];
  });
}

function describeSeed(curve: OkpCurve): string {
  return `${curve} ${curve.startsWith('Ed') ? 'seed' : 'scalar'}`;
}

function everyPlace(found: readonly RelatedScalar[], { runs, memory }: CurveInput): RelatedScalar[] {
  const needles = found.map((seed) => ({ form: (seed.key as OkpPrivateKey).secret, of: seed }));
  const places: RelatedScalar[] = [];
  findNeedles([...runs, ...memory], needles, (seed, entry, at) => void places.push({ ...seed, entry, at }));
  return places;
}
