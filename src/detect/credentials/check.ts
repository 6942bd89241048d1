/**
 * Checks rules by their own examples: each positive is found by its rule in every encoding that the rule has, within random
 * bytes; each negative, and each positive with `x` for its digits, is not.
 */
import { createHash } from 'node:crypto';
import type { Detector } from '../detector.js';
import { detectNested } from '../nested.js';
import { credentialDetector } from './detector.js';
import { makeExample, makePlaceholder } from './examples.js';
import type { CompileRe2 } from './matcher.js';
import type { Encoding, Rule, RuleSource } from './rule.js';

export interface RuleFault {
  readonly rule: string;
  readonly origin: string;
  /** What is wrong. The number of an example, not its text. */
  readonly fault: string;
}

/** What is wrong with each rule; none when all is as the examples say. */
export function checkRules(rules: readonly RuleSource[], compileRe2?: CompileRe2): RuleFault[] {
  return rules.flatMap((source) => {
    const detector = credentialDetector([source.rule], compileRe2);
    return faultsOf(source, detector).map((fault) => ({ rule: source.rule.id, origin: source.origin, fault }));
  });
}

function faultsOf({ rule, positive, negative }: RuleSource, detector: Detector): string[] {
  return [
    ...positive.flatMap((template, index) => positiveFaults(rule, template, index + 1, detector)),
    ...negative.flatMap((template, index) =>
      finds(detector, Buffer.from(` ${makeExample(template, rule.id)} `))
        ? [`negative example ${index + 1} is found`]
        : [],
    ),
  ];
}

function positiveFaults(rule: Rule, template: string, number: number, detector: Detector): string[] {
  const text = makeExample(template, rule.id);
  const faults: string[] = [];
  if (/<[A-Za-z0-9-]+(:[^<>]*)?>/.test(text)) faults.push(`positive example ${number} has an unknown maker`);
  if (rule.kind === 'token' && !rule.keywords.some((keyword) => text.includes(keyword))) {
    faults.push(`positive example ${number} has none of the keywords`);
  }
  for (const encoding of encodingsOf(rule)) {
    if (!finds(detector, surrounded(encode(text, encoding), `${rule.id} ${number}`))) {
      faults.push(`positive example ${number} is not found in ${encoding}`);
    }
  }
  const placeholder = makePlaceholder(template);
  if (placeholder !== undefined && finds(detector, Buffer.from(` ${placeholder} `))) {
    faults.push(`positive example ${number} is found with x for its digits`);
  }
  return faults;
}

export function encodingsOf(rule: Rule): readonly Encoding[] {
  return rule.kind === 'token' ? rule.encodings : ['ascii', 'utf16le', 'utf16be'];
}

/** The text as it lies in memory. Base64 has something before it, so that no group begins with the text. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'ascii') return Buffer.from(text, 'latin1');
  if (encoding === 'base64') return Buffer.from(Buffer.from(`user:${text}\n`, 'latin1').toString('base64'));
  const little = Buffer.from(text, 'utf16le');
  return encoding === 'utf16le' ? little : little.swap16();
}

/** Binary bytes on both sides: random, but for what touches the text, which is no letter. */
export function surrounded(bytes: Uint8Array, seed: string): Buffer {
  const noise = createHash('sha512').update(`dumpsieve surroundings ${seed}`).digest();
  return Buffer.concat([noise.subarray(0, 31), Buffer.of(0, 0, 0), bytes, Buffer.of(0, 0, 0), noise.subarray(31)]);
}

function finds(detector: Detector, bytes: Buffer): boolean {
  return detectNested(bytes, [detector]).length > 0;
}
