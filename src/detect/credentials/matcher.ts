/** A rule made ready to run: its pattern compiled, its sets unpacked, and the checks that any match must pass. */
import { entropyOf } from '../entropy.js';
import type { AssignedRule, Rule, TokenRule } from './rule.js';
import { STOP_WORDS } from './stop-words.js';
import { VALIDATORS } from './validators/registry.js';
import type { Verdict } from './validators/validator.js';

/** Indexes of the text that was searched, half-open. `secret` is what group 1 matched, or all. */
export interface Match {
  readonly from: number;
  readonly to: number;
  readonly secret: string;
}

/** The first match that begins in `[first, last]` of the text; with RE2 the first that ends behind `last`. */
export type Find = (text: string, first: number, last: number) => Match | undefined;

/** Compiles a pattern of RE2; only where a rule needs it. */
export type CompileRe2 = (pattern: string, group?: number) => Find;

/** A sticky expression of V8: tried at each place in turn, and nowhere else. */
export function compileJs(pattern: string, ignoreCase: boolean): Find {
  const expression = new RegExp(pattern, ignoreCase ? 'iy' : 'y');
  return (text, first, last) => {
    for (let from = first; from <= last; from++) {
      expression.lastIndex = from;
      const match = expression.exec(text);
      if (match !== null) return { from, to: from + match[0].length, secret: match[1] ?? match[0] };
    }
    return undefined;
  };
}

export interface TokenMatcher {
  readonly rule: TokenRule;
  readonly find: Find;
  /** By character: 1 where a match may have it. */
  readonly alphabet: Uint8Array;
}

export function tokenMatcher(rule: TokenRule, compileRe2: CompileRe2 | undefined): TokenMatcher {
  if (rule.engine === 're2' && compileRe2 === undefined) throw new RangeError('a rule for RE2 without its engine');
  const compile = () =>
    rule.engine === 're2' && compileRe2
      ? compileRe2(rule.pattern, rule.group)
      : compileJs(rule.pattern, rule.ignoreCase);
  let alphabet: Uint8Array | undefined;
  return {
    rule,
    find: lazily(compile),
    get alphabet() {
      alphabet ??= unpack(rule.alphabet);
      return alphabet;
    },
  };
}

function unpack(digits: string): Uint8Array {
  const bytes = Buffer.from(digits, 'hex');
  return Uint8Array.from({ length: 128 }, (_, code) => ((bytes[code >> 3] ?? 0) >> (code & 7)) & 1);
}

/** Most rules are never needed: a pattern is compiled when its keyword is first met. */
function lazily(make: () => Find): Find {
  let made: Find | undefined;
  return (text, first, last) => {
    made ??= make();
    return made(text, first, last);
  };
}

export interface AssignedMatcher {
  readonly rule: AssignedRule;
  readonly name: RegExp;
  /** Matches all of the value. */
  readonly value: RegExp;
}

/** The name counts from its start, or from behind a `_`, `-` or `.`. */
export function assignedMatcher(rule: AssignedRule): AssignedMatcher {
  return {
    rule,
    name: new RegExp(`(?:^|[_.-])(?:${rule.name})$`, 'i'),
    value: new RegExp(`^(?:${rule.pattern})$`, rule.ignoreCase ? 'i' : ''),
  };
}

/** What the checks beyond the pattern say of a secret; undefined when it is none. */
export function verifySecret(rule: Rule, secret: string): Verdict | undefined {
  if (isPlaceholder(rule, secret)) return undefined;
  let proven = false;
  let decoded: string | undefined;
  const evidence: string[] = [];
  for (const name of rule.validators) {
    const verdict = VALIDATORS[name]?.(secret);
    if (verdict === undefined) return undefined;
    proven ||= verdict.proven;
    decoded ??= verdict.secret;
    evidence.push(...verdict.evidence);
  }
  if (decoded === undefined) return { proven, evidence };
  return isPlaceholder(rule, decoded) ? undefined : { proven, evidence, secret: decoded };
}

function isPlaceholder(rule: Rule, secret: string): boolean {
  if (entropyOf(secret) < rule.entropy) return true;
  const lower = secret.toLowerCase();
  if (STOP_WORDS.some((word) => lower.includes(word))) return true;
  // What people choose may have such a word in it, and is a secret all the same; marks of templates are none anywhere.
  return rule.stopWords.some((word) =>
    rule.guessable && /^[a-z]+$/.test(word) ? lower === word : lower.includes(word),
  );
}
