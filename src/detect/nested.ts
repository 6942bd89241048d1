/**
 * Runs detectors over bytes that a text decodes to, as the sieve runs them over the memory itself. For buffers of at
 * most some hundred KiB: each anchor is looked for by itself.
 */
import { BoundsError, FormatError } from '../errors.js';
import type { ParsedSecret } from '../types.js';
import type { Detector, Sink } from './detector.js';
import type { RuleId } from './rules.js';

export interface NestedSecret {
  readonly rule: RuleId;
  /** Indexes of the decoded bytes, half-open. */
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

/** The secrets in `bytes`, each place once. Certificates and undecided spans go to `sink`, with the decoded indexes. */
export function detectNested(
  bytes: Uint8Array,
  detectors: readonly Detector[],
  sink?: Pick<Sink, 'certificate' | 'publicKey' | 'undecided'>,
): NestedSecret[] {
  const found: NestedSecret[] = [];
  const inner: Sink = {
    secret: (rule, from, to, secret) => void found.push({ rule, from, to, secret }),
    certificate: (sighting) => sink?.certificate(sighting),
    publicKey: (spki) => sink?.publicKey(spki),
    undecided: (from, to, reason) => sink?.undecided(from, to, reason),
  };
  for (const detector of detectors) runOver(detector, bytes, inner);
  return found;
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
