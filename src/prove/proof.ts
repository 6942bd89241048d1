/** What the arithmetic says of a parsed key. */
import type { Confidence, PrivateKey, PublicKey } from '../types.js';

export interface Proof {
  /** `proven`: arithmetic closes. `parsed`: nothing to check against. */
  readonly confidence: Extract<Confidence, 'proven' | 'parsed'>;
  /** One short line for each relation that holds, e.g. `p·q = n`. Never a number of the key. */
  readonly evidence: readonly string[];
  /** The public half, where it is known or derived. */
  readonly publicKey?: PublicKey;
}

/** `undefined`: the numbers contradict each other, or are no key at all (zero, out of range): nothing to report. */
export type Prover<K extends PrivateKey> = (key: K) => Proof | undefined;
