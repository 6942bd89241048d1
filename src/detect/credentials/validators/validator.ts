/** What a validator is: a check of the text that a pattern matched, beyond what a pattern can say. */

export interface Verdict {
  /** A checksum closes, which chance does once in millions or less. */
  readonly proven: boolean;
  /** Public facts: never a part of the secret. */
  readonly evidence: readonly string[];
  /** The secret itself, where the text is an encoding of it. */
  readonly secret?: string;
}

/** `secret`: group 1 of the match, or all of it. Undefined when the text is none of the issuer's. */
export type Validator = (secret: string) => Verdict | undefined;

export function provenBy(what: string): Verdict {
  return { proven: true, evidence: [what] };
}
