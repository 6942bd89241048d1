/**
 * What a rule of credentials is: as a file of rules tells it (`RuleSource`), and as the detector runs it (`Rule`), which is
 * plain data, so that it can be kept in a file and handed to workers.
 */
import type { Severity } from '../../types.js';

/** How the text of a credential may be written in memory. `base64`: within base64 text, at any of its three places. */
export const ENCODINGS = ['ascii', 'utf16le', 'utf16be', 'base64'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Which engine runs a pattern: V8's, whose work is bounded beforehand (pattern-cost.ts), or RE2, which is linear. */
export type Engine = 'js' | 're2';

/** Where an assignment may stand that is known by what surrounds it: environment.ts, http.ts, connection-string.ts, kubeconfig.ts. */
export const PLACES = ['environment', 'http-header', 'http-cookie', 'connection-string', 'kubeconfig'] as const;
export type Place = (typeof PLACES)[number];

interface Common {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** The whole text for rules of assignments; group 1, where there is one, is the secret. */
  readonly pattern: string;
  readonly ignoreCase: boolean;
  /** Least entropy of the secret, in bits for each character. */
  readonly entropy: number;
  /** Lower case, besides those of stop-words.ts. A secret that has one of them is an example of documentation. */
  readonly stopWords: readonly string[];
  readonly validators: readonly string[];
  /** People may choose it: see `ParsedSecret`. */
  readonly guessable: boolean;
}

/** A text that is known by itself: found by its keywords. */
export interface TokenRule extends Common {
  readonly kind: 'token';
  readonly keywords: readonly string[];
  /** What may stand behind a keyword of three characters, which is too short for an anchor. */
  readonly next: string;
  readonly encodings: readonly Encoding[];
  /** Characters of the match before the keyword, at least and at most. */
  readonly lead: readonly [min: number, max: number];
  /** Characters of the whole match, at least and at most. */
  readonly length: readonly [min: number, max: number];
  /** Which of the characters 0 to 127 a match may have: 32 hexadecimal digits, the first bit for 0. */
  readonly alphabet: string;
  /** No letter or digit may stand right before or right behind it. A checksum makes up for that. */
  readonly bounded: boolean;
  /** `heuristic` where only what stands before the secret tells that it is one: a rule that knows its format comes first. */
  readonly confidence: 'pattern' | 'heuristic';
  /** Where the text stands, for the evidence. */
  readonly context?: string;
  readonly engine: Engine;
  /** With RE2: the group that is the secret, where it is not the first. */
  readonly group?: number;
}

/** A value that only its name tells: `name = value`, in one of the notations of assignment.ts. */
export interface AssignedRule extends Common {
  readonly kind: 'assigned';
  /** A pattern that the whole name, or its end behind a `_`, `-` or `.`, has; case does not count. */
  readonly name: string;
  /** Only what stands there; anywhere when absent. */
  readonly place?: Place;
  readonly length: readonly [min: number, max: number];
}

export type Rule = TokenRule | AssignedRule;

/** What people read of a rule, and what checks it. */
export interface RuleSource {
  /** The file, and the rule's place in it: for messages. */
  readonly origin: string;
  readonly rule: Rule;
  readonly provider: string;
  readonly references: readonly string[];
  readonly remedy: readonly string[];
  /** Templates: see examples.ts. */
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}
