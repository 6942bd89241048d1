/**
 * What is left of a cut or damaged key in the bytes that a text decodes to: the DER detectors judge them as they judge
 * the memory itself, by inner anchors.
 */
import { certificateDetector } from '../der/certificates.js';
import { DER_DETECTORS } from '../der/detectors.js';
import { detectNested, type NestedSecret } from '../nested.js';

const DETECTORS = DER_DETECTORS.filter((detector) => detector !== certificateDetector);

/** Keys, or parts of keys that arithmetic has still to prove; those that lie inside of others are left out. */
export function recoverDer(bytes: Uint8Array): Array<Omit<NestedSecret, 'rule'>> {
  const found = detectNested(bytes, DETECTORS).map(({ from, to, secret }) => ({ from, to, secret }));
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  return found.filter(({ from, to }, i) => !found.slice(0, i).some((other) => other.from <= from && other.to >= to));
}
