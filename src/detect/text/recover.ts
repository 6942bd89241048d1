/**
 * What is left of a cut or damaged key in the bytes that a text decodes to: the DER detectors judge them as they judge
 * the memory itself, by inner anchors.
 */
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { certificateDetector } from '../der/certificates.js';
import { DER_DETECTORS } from '../der/detectors.js';
import type { Detector, Sink } from '../detector.js';

const DETECTORS = DER_DETECTORS.filter((detector) => detector !== certificateDetector);

export interface Recovered {
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

/** Keys, or parts of keys that arithmetic has still to prove; those that lie inside of others are left out. */
export function recoverDer(bytes: Uint8Array): Recovered[] {
  const found: Recovered[] = [];
  const sink: Sink = {
    secret: (_rule, from, to, secret) => void found.push({ from, to, secret }),
    certificate: () => undefined,
    undecided: () => undefined,
  };
  for (const detector of DETECTORS) runOver(detector, bytes, sink);
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  return found.filter(({ from, to }, i) => !found.slice(0, i).some((other) => other.from <= from && other.to >= to));
}

function runOver(detector: Detector, bytes: Uint8Array, sink: Sink): void {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const anchor of detector.anchors) {
    for (let at = haystack.indexOf(anchor.literal); at >= 0; at = haystack.indexOf(anchor.literal, at + 1)) {
      try {
        detector.detect({ bytes, at, anchor }, sink);
      } catch (error) {
        if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
      }
    }
  }
}
