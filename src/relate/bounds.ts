/**
 * What relating the numbers of one dump may cost, however many candidates it holds. A bound that cuts is told. Thorough
 * searches have bounds too, so that a hostile dump cannot hold a machine for ever.
 */
import type { EcCurve } from '../types.js';

export interface Bounds {
  /** Bytes of candidates. Only what is used takes memory. */
  readonly store: number;
  /** Bytes that may be packed structures, of one window: a tenth of a second for a MiB. */
  readonly packed: number;
  /** Microseconds that the search near points may take in one window, and half of that close to what lies together. */
  readonly nearPoints: number;
  /** Places of one window where a prekey that is split may begin: 40 µs each. */
  readonly prekeys: number;
  /** Pairs of factors that are multiplied: nanoseconds each. */
  readonly pairs: number;
  /** Divisions of known moduli by candidates, and tests of what fits by its lowest bits: about a microsecond each. */
  readonly divisions: number;
  /** Tests of a place for the private exponent of a known modulus, 40 ns each: in runs of its length, and anywhere. */
  readonly exponents: number;
  readonly exponentsAnywhere: number;
  /**
   * Derivations of public points, each with the search for its forms: 30 µs on P-256 and secp256k1, 65 µs on P-384,
   * 110 µs on P-521 (`public-points.ts`; one by one, node:crypto takes 300 µs, 700 µs and 1.6 ms on the last three). Those
   * at aligned places, and those at others, over and above.
   */
  readonly aligned: Readonly<Record<EcCurve, number>>;
  readonly shifted: Readonly<Record<EcCurve, number>>;
  /** Whether known moduli are divided by candidates of less than half their size, too. */
  readonly multiPrime: boolean;
  /** Microseconds for public keys of seeds and scalars of RFC 8032 and 7748, for each form. */
  readonly seeds: number;
  /** Seeds of post-quantum keys: 15 µs each. */
  readonly pqSeeds: number;
  /** Places of ciphertexts that are looked up among the prekeys: nanoseconds each. */
  readonly trials: number;
  /** Microseconds that checking tokens by public keys may take. */
  readonly signatures: number;
  /** Texts that are tried as the secret of a token: 4 µs each. */
  readonly secrets: number;
}

/** Together some three seconds where all of them are reached. */
export const USUAL: Bounds = {
  store: 24 * 1024 * 1024,
  packed: 4 * 1024 * 1024,
  nearPoints: 100_000,
  prekeys: 16_384,
  pairs: 40_000_000,
  divisions: 400_000,
  exponents: 8_000_000,
  exponentsAnywhere: 2_000_000,
  aligned: { 'P-256': 20_000, 'P-384': 12_000, 'P-521': 2_000, secp256k1: 11_000 },
  shifted: { 'P-256': 3_000, 'P-384': 200, 'P-521': 60, secp256k1: 200 },
  multiPrime: false,
  seeds: 12_000,
  pqSeeds: 3_000,
  trials: 20_000_000,
  signatures: 1_000_000,
  secrets: 400_000,
};

/** For `--thorough` and for `hunt`: hours at the worst. */
export const THOROUGH: Bounds = {
  store: 256 * 1024 * 1024,
  packed: 1024 * 1024 * 1024,
  nearPoints: 60_000_000,
  prekeys: 10_000_000,
  pairs: 20_000_000_000,
  divisions: 400_000_000,
  exponents: 10_000_000_000,
  exponentsAnywhere: 10_000_000_000,
  aligned: { 'P-256': 50_000_000, 'P-384': 3_000_000, 'P-521': 1_500_000, secp256k1: 6_000_000 },
  shifted: { 'P-256': 50_000_000, 'P-384': 3_000_000, 'P-521': 1_500_000, secp256k1: 6_000_000 },
  multiPrime: true,
  seeds: 120_000_000,
  // Those and what derives from them stay in memory until they have been looked for.
  pqSeeds: 500_000,
  trials: 100_000_000_000,
  signatures: 3_600_000_000,
  secrets: 1_000_000_000,
};

/** For the self-test, whose numbers are few and of the cheap curves. */
export const BRIEF: Bounds = {
  ...USUAL,
  aligned: { 'P-256': 1_000, 'P-384': 0, 'P-521': 0, secp256k1: 0 },
  shifted: { 'P-256': 0, 'P-384': 0, 'P-521': 0, secp256k1: 0 },
  seeds: 10_000,
  pqSeeds: 500,
};

export type Effort = 'brief' | 'usual' | 'thorough';

export function boundsFor(effort: Effort | undefined): Bounds {
  return effort === 'thorough' ? THOROUGH : effort === 'brief' ? BRIEF : USUAL;
}
