/**
 * Post-quantum keys: ML-DSA (FIPS 204), ML-KEM (FIPS 203), SLH-DSA (FIPS 205), as seed, expanded key, or both.
 * The public half is derived by a library; an expanded key is proven when it holds what derives from its own parts.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { equalBytes } from '../bytes/convert.js';
import type { PqAlgorithm, PqPrivateKey } from '../types.js';
import type { Proof } from './proof.js';
import { isPattern, looksRandom } from './randomness.js';

interface Scheme {
  keygen(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array };
  getPublicKey(secretKey: Uint8Array): Uint8Array;
}

interface Encapsulation {
  encapsulate(publicKey: Uint8Array, message: Uint8Array): { cipherText: Uint8Array; sharedSecret: Uint8Array };
  decapsulate(cipherText: Uint8Array, secretKey: Uint8Array): Uint8Array;
}

/** Loading the library takes some 30 ms, which workers that meet no such key need not spend. */
const load = createRequire(import.meta.url);
const MODULES = { 'ML-DSA': 'ml-dsa', 'ML-KEM': 'ml-kem', 'SLH-DS': 'slh-dsa' } as const;

/** `ML-DSA-65` is `ml_dsa65` there, `SLH-DSA-SHA2-128s` is `slh_dsa_sha2_128s`. */
function schemeOf(algorithm: PqAlgorithm): Scheme {
  const name = algorithm.slice(0, 6) as keyof typeof MODULES;
  const schemes = load(`@noble/post-quantum/${MODULES[name]}.js`) as Readonly<Record<string, Scheme>>;
  const member = algorithm
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/_(?=\d+$)/, '');
  const scheme = schemes[member];
  if (scheme === undefined) throw new Error(`no implementation of ${algorithm}`);
  return scheme;
}

/** Bytes of seeds (ML-DSA ξ, ML-KEM d ‖ z), expanded keys and public keys (FIPS 203, 204, 205: tables of sizes). */
export interface PqSizes {
  readonly seed?: number;
  readonly expanded: number;
  readonly publicKey: number;
}

const SIZES: Readonly<Record<string, PqSizes>> = {
  'ML-DSA-44': { seed: 32, expanded: 2560, publicKey: 1312 },
  'ML-DSA-65': { seed: 32, expanded: 4032, publicKey: 1952 },
  'ML-DSA-87': { seed: 32, expanded: 4896, publicKey: 2592 },
  'ML-KEM-512': { seed: 64, expanded: 1632, publicKey: 800 },
  'ML-KEM-768': { seed: 64, expanded: 2400, publicKey: 1184 },
  'ML-KEM-1024': { seed: 64, expanded: 3168, publicKey: 1568 },
};

export function pqSizes(algorithm: PqAlgorithm): PqSizes {
  const n = Number(/\d+(?=[sf]$)/.exec(algorithm)?.[0] ?? 0) / 8;
  return SIZES[algorithm] ?? { expanded: 4 * n, publicKey: 2 * n };
}

/** Undefined for lengths that no key has, and for expanded keys whose parts contradict each other. */
export function provePq(key: PqPrivateKey): Proof | undefined {
  const { seed, expanded, algorithm } = key;
  const sizes = pqSizes(algorithm);
  if (seed !== undefined && (seed.length !== sizes.seed || isPattern(seed))) return undefined;
  if (expanded !== undefined && expanded.length !== sizes.expanded) return undefined;
  if (seed !== undefined) {
    const alone = expanded === undefined && key.publicKey === undefined;
    return alone && !looksRandom(seed) ? undefined : proveSeed(key, seed);
  }
  if (expanded === undefined) return undefined;
  return algorithm.startsWith('SLH') ? proveSlh(algorithm, expanded) : proveExpanded(algorithm, expanded);
}

function proveSeed(key: PqPrivateKey, seed: Uint8Array): Proof | undefined {
  const { publicKey: derived, secretKey } = schemeOf(key.algorithm).keygen(seed.slice());
  const publicKey = { type: 'pq', algorithm: key.algorithm, publicKey: derived } as const;
  if (key.expanded !== undefined) {
    const same = equalBytes(secretKey, key.expanded);
    const evidence = [same ? 'the expanded key derives from the seed' : 'seed and expanded key do not belong together'];
    return { confidence: same ? 'proven' : 'parsed', evidence, publicKey };
  }
  if (key.publicKey === undefined) return { confidence: 'parsed', evidence: ['seed of the right length'], publicKey };
  const same = equalBytes(key.publicKey, derived);
  const evidence = [same ? 'the public key derives from the seed' : 'the public key does not derive from the seed'];
  return { confidence: same ? 'proven' : 'parsed', evidence, publicKey };
}

function proveExpanded(algorithm: PqAlgorithm, expanded: Uint8Array): Proof | undefined {
  // The library would take all bytes alike for vectors.
  if (isPattern(expanded)) return undefined;
  const derived = publicHalf(algorithm, expanded);
  if (derived === undefined) return undefined;
  const publicKey = { type: 'pq', algorithm, publicKey: derived } as const;
  if (algorithm.startsWith('ML-KEM')) {
    // dk = dkPKE ‖ ek ‖ H(ek) ‖ z (FIPS 203 algorithm 16).
    const hash = createHash('sha3-256').update(derived).digest();
    if (!equalBytes(hash, expanded.subarray(expanded.length - 64, expanded.length - 32))) return undefined;
    const matches = opensWhatItSeals(algorithm, derived, expanded);
    const evidence = ['H(ek) in the key matches', matches ? 'it opens what ek encapsulates' : 'secret vector damaged'];
    return { confidence: matches ? 'proven' : 'parsed', evidence, publicKey };
  }
  // sk = ρ ‖ K ‖ tr ‖ …, tr = SHAKE256(pk, 64) (FIPS 204 algorithm 24).
  const tr = createHash('shake256', { outputLength: 64 }).update(derived).digest();
  if (!equalBytes(tr, expanded.subarray(64, 128))) return undefined;
  return { confidence: 'proven', evidence: ['tr is the hash of the derived public key'], publicKey };
}

/** The pairwise consistency test of FIPS 203 section 7.1: the only one that looks at the secret vector. */
function opensWhatItSeals(algorithm: PqAlgorithm, ek: Uint8Array, dk: Uint8Array): boolean {
  const kem = schemeOf(algorithm) as Scheme & Encapsulation;
  const { cipherText, sharedSecret } = kem.encapsulate(ek, new Uint8Array(32).fill(1));
  return equalBytes(sharedSecret, kem.decapsulate(cipherText, dk.slice()));
}

/** The library recomputes t from the secret vectors (ML-DSA), or reads the encapsulation key (ML-KEM). */
function publicHalf(algorithm: PqAlgorithm, expanded: Uint8Array): Uint8Array | undefined {
  const scheme = schemeOf(algorithm);
  try {
    return scheme.getPublicKey(expanded.slice());
  } catch {
    // Coefficients out of range: no key.
    return undefined;
  }
}

/**
 * sk = SK.seed ‖ SK.prf ‖ PK.seed ‖ PK.root (FIPS 205 section 9.1): the root is computed anew from the seeds, but for the
 * parameter sets with small signatures, where that takes up to two seconds.
 */
function proveSlh(algorithm: PqAlgorithm, expanded: Uint8Array): Proof | undefined {
  const n = expanded.length / 4;
  if (!looksRandom(expanded.subarray(0, n))) return undefined;
  const carried = { type: 'pq', algorithm, publicKey: expanded.slice(2 * n) } as const;
  if (algorithm.endsWith('s')) {
    return { confidence: 'parsed', evidence: ['PK.root not computed for this slow parameter set'], publicKey: carried };
  }
  const { publicKey } = schemeOf(algorithm).keygen(expanded.slice(0, 3 * n));
  if (!equalBytes(publicKey, carried.publicKey)) return undefined;
  return { confidence: 'proven', evidence: ['PK.root follows from the seeds'], publicKey: carried };
}
