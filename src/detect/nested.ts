/**
 * Runs detectors over bytes that a text decodes to, as the sieve runs them over the memory itself. For buffers of at
 * most a MiB: position by position, without tables for SIMD.
 */
import { BoundsError, FormatError } from '../errors.js';
import type { ParsedSecret } from '../types.js';
import type { Anchor, Detector, Hit, Sink } from './detector.js';
import type { CredentialRuleId, RuleId } from './rules.js';

export interface NestedSecret {
  readonly rule: RuleId | CredentialRuleId;
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
  const byHead = headsOf(detectors);
  for (let at = 0; at + 1 < bytes.length; at++) {
    const routes = byHead[((bytes[at] as number) << 8) | (bytes[at + 1] as number)];
    if (routes === undefined) continue;
    for (const { detector, anchor } of routes)
      if (stands(anchor, bytes, at)) judge(detector, { bytes, at, anchor }, inner);
  }
  return found;
}

interface Route {
  readonly detector: Detector;
  readonly anchor: Anchor;
}

/** The anchors of a list of detectors by their first two bytes, made once. */
const heads = new WeakMap<readonly Detector[], Array<Route[] | undefined>>();

function headsOf(detectors: readonly Detector[]): Array<Route[] | undefined> {
  const known = heads.get(detectors);
  if (known) return known;
  const byHead: Array<Route[] | undefined> = new Array(65_536);
  for (const detector of detectors) {
    for (const anchor of detector.anchors) {
      const head = ((anchor.literal[0] as number) << 8) | (anchor.literal[1] as number);
      byHead[head] = [...(byHead[head] ?? []), { detector, anchor }];
    }
  }
  heads.set(detectors, byHead);
  return byHead;
}

function stands({ literal }: Anchor, bytes: Uint8Array, at: number): boolean {
  if (at + literal.length > bytes.length) return false;
  for (let i = 2; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

function judge(detector: Detector, hit: Hit, sink: Sink): void {
  try {
    detector.detect(hit, sink);
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
  }
}
