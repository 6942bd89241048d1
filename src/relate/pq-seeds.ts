/**
 * Seeds of ML-KEM and ML-DSA: the first 32 bytes that a seed is hashed to are ρ, which is part of the public key and of
 * the expanded private key (FIPS 203 algorithm 13, FIPS 204 algorithm 6). One hash per candidate and parameter set, and
 * 256 bits of proof where ρ lies in the dump.
 */
import { createHash } from 'node:crypto';
import { latin1 } from '../bytes/convert.js';
import type { PqAlgorithm, PqPrivateKey } from '../types.js';
import type { CurveInput, CurveResult, RelatedScalar } from './curves.js';
import { findNeedles } from './needles.js';
import type { NumberEntry } from './number-store.js';
import { isRandom } from './scalars.js';

const SEED = 32;
const RHO = 32;

interface Scheme {
  readonly algorithm: PqAlgorithm;
  /** ρ of a seed. */
  readonly rho: (seed: Uint8Array) => Uint8Array;
  /** Bytes of the whole seed: ξ, or d ‖ z, of which z has no part in the public key. */
  readonly size: number;
}

/** FIPS 203 table 2: the rank k. */
const ML_KEM = (
  [
    ['ML-KEM-512', 2],
    ['ML-KEM-768', 3],
    ['ML-KEM-1024', 4],
  ] as const
).map(
  ([algorithm, k]): Scheme => ({
    algorithm,
    rho: (seed) => createHash('sha3-512').update(seed).update(Uint8Array.of(k)).digest().subarray(0, RHO),
    size: 2 * SEED,
  }),
);

/** FIPS 204 table 1: the dimensions k and l. */
const ML_DSA = (
  [
    ['ML-DSA-44', 4, 4],
    ['ML-DSA-65', 6, 5],
    ['ML-DSA-87', 8, 7],
  ] as const
).map(
  ([algorithm, k, l]): Scheme => ({
    algorithm,
    rho: (seed) => createHash('shake256', { outputLength: RHO }).update(seed).update(Uint8Array.of(k, l)).digest(),
    size: SEED,
  }),
);

const SCHEMES: readonly Scheme[] = [...ML_KEM, ...ML_DSA];

/** `known`: hex of ρ of known public keys, by algorithm. */
export function relatePqSeeds(
  { runs, memory, bounds }: CurveInput,
  known: ReadonlyMap<PqAlgorithm, ReadonlySet<string>>,
): CurveResult {
  const seen = new Set<string>();
  const needles: Array<{ form: Uint8Array; of: { scheme: Scheme; entry: NumberEntry; at: number } }> = [];
  let cut = false;
  search: for (const entry of runs) {
    const { memory, start, lead } = entry;
    for (let at = lead; at + SEED <= entry.length - lead; at += 8) {
      const from = start + at;
      if (!isRandom(memory, from, SEED)) continue;
      const id = latin1(memory, from, from + SEED);
      if (seen.has(id)) continue;
      if (seen.size >= bounds.pqSeeds) {
        cut = true;
        break search;
      }
      seen.add(id);
      const seed = memory.slice(from, from + SEED);
      for (const scheme of SCHEMES) needles.push({ form: scheme.rho(seed), of: { scheme, entry, at } });
    }
  }
  const keys = new Map<string, RelatedScalar>();
  const add = ({ scheme, entry, at }: (typeof needles)[number]['of'], isKnown: boolean): void => {
    const { algorithm, size } = scheme;
    const d = entry.bytes.slice(at, at + SEED);
    // z need not lie behind d, and the public key is the same for every z.
    const z = createHash('sha256').update(d).digest();
    const seed = Uint8Array.from(Buffer.concat([d, z]).subarray(0, size));
    const key: PqPrivateKey = { type: 'pq', algorithm, seed };
    const name = `${algorithm} seed`;
    keys.set(`${entry.offset} ${at} ${algorithm}`, { key, entry, at, size: SEED, name, known: isKnown });
  };
  for (const { form, of } of needles) {
    if (known.get(of.scheme.algorithm)?.has(Buffer.from(form).toString('hex'))) add(of, true);
  }
  findNeedles([...runs, ...memory], needles, (of) => add(of, false));
  return {
    keys: [...keys.values()],
    cuts: [],
    shiftedLeft: cut ? ['ML-KEM and ML-DSA seeds'] : [],
  };
}
