/** The rules that come with dumpsieve, as the build made them of rules/. */
import { loadRules } from '../../artifacts.js';
import type { Rule } from './rule.js';

export interface ShippedRules {
  readonly rules: readonly Rule[];
  /** The tags of the detector's anchors, in their order: `credentialAnchors`. */
  readonly tags: readonly string[];
  /** By rule: a text that it must find; in base64, so that the file holds nothing that looks like a token. */
  readonly specimens: ReadonlyArray<readonly [rule: string, text: string]>;
  /** Fingerprints of the specimens' secrets, as detect/judge.ts remembers them: to work them out takes 50 ms. */
  readonly fingerprints: ReadonlyArray<readonly [id: string, fingerprint: string]>;
}

/** Read once: the detector and the self-test of a worker both ask. */
export function loadShippedRules(): ShippedRules {
  shipped ??= loadRules() as ShippedRules;
  return shipped;
}

let shipped: ShippedRules | undefined;
