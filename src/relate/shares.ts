/** How relating the numbers of one dump is split into tasks. */
import type { EcCurve, OkpCurve } from '../types.js';

/** What each share of the work looks for; the longest first, so that workers end at about the same time. */
export interface Share {
  readonly curves: readonly EcCurve[];
  readonly okp: readonly OkpCurve[];
  readonly pq: boolean;
  /** RSA and shields. */
  readonly others: boolean;
}

const NOTHING: Share = { curves: [], okp: [], pq: false, others: false };
export const WORK: readonly Share[] = [
  { ...NOTHING, curves: ['P-256'] },
  { ...NOTHING, others: true },
  { ...NOTHING, okp: ['Ed25519', 'X25519'] },
  { ...NOTHING, pq: true },
  { ...NOTHING, curves: ['P-384'] },
  { ...NOTHING, curves: ['P-521', 'secp256k1'] },
  { ...NOTHING, okp: ['Ed448', 'X448'] },
];
/** Tasks into which relating the numbers of a dump is split. */
export const SHARES = WORK.length;

/** The share that looks for keys of this kind; `rsa` stands for shields, too. */
export function shareFor(kind: EcCurve | OkpCurve | 'pq' | 'rsa'): number {
  return WORK.findIndex(
    ({ curves, okp, pq, others }) =>
      (kind === 'pq' && pq) || (kind === 'rsa' && others) || [...curves, ...okp].some((curve) => curve === kind),
  );
}
