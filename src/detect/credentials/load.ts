/**
 * From the text of a file of rules (YAML) to rules. A file has `provider`, `references` and `remedy`, which its rules may
 * tell for themselves, and `rules`. CONTRIBUTING.md says what each field means.
 */
import { parse } from 'yaml';
import { messageOf } from '../../errors.js';
import type { Severity } from '../../types.js';
import { RULES } from '../rules.js';
import { badRules, Fields } from './fields.js';
import { type CharSet, PatternError, parsePattern } from './pattern.js';
import { LONGEST_MATCH, measurePattern, type PatternFacts } from './pattern-cost.js';
import { charactersAt } from './pattern-place.js';
import { type AssignedRule, ENCODINGS, type Encoding, PLACES, type RuleSource, type TokenRule } from './rule.js';
import { VALIDATORS } from './validators/registry.js';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
/** Bytes of a file of rules. */
const MAX_FILE = 4 * 1024 * 1024;
const MAX_ALIASES = 100;
const DEFAULT_ENTROPY = 3;
/** Characters of a keyword that needs another one behind it for an anchor. */
const SHORT = 3;
const TEXT_ENCODINGS: readonly Encoding[] = ['ascii', 'utf16le', 'utf16be'];

/** Throws BAD_RULES with file, rule and field. `file` is only for messages. */
export function loadRules(text: string, file: string): RuleSource[] {
  if (text.length > MAX_FILE) throw badRules(file, `more than ${MAX_FILE} characters`);
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: MAX_ALIASES, strict: true, uniqueKeys: true });
  } catch (error) {
    throw badRules(file, `not YAML: ${messageOf(error).split('\n')[0]}`);
  }
  const fields = new Fields(value, file);
  const list = fields.raw('rules');
  if (!Array.isArray(list) || list.length === 0) throw fields.fail('rules', 'a list of rules is needed');
  const shared = {
    provider: fields.has('provider') ? fields.text('provider') : undefined,
    references: fields.texts('references', []),
    remedy: fields.texts('remedy', []),
  };
  fields.end();
  return list.map((rule, index) => readRule(rule, `${file}: rule ${index + 1}`, shared));
}

/** No id may be there twice, nor be that of a rule of keys. */
export function refuseDuplicates(rules: readonly RuleSource[]): void {
  const origins = new Map<string, string>();
  for (const { origin, rule } of rules) {
    if (Object.hasOwn(RULES, rule.id)) throw badRules(origin, `id: ${rule.id} is a rule of private keys`);
    const other = origins.get(rule.id);
    if (other !== undefined) throw badRules(origin, `id: ${rule.id} is also in ${other}`);
    origins.set(rule.id, origin);
  }
}

interface Shared {
  readonly provider: string | undefined;
  readonly references: readonly string[];
  readonly remedy: readonly string[];
}

function readRule(value: unknown, place: string, shared: Shared): RuleSource {
  const id = idOf(new Fields(value, place));
  const origin = `${place} (${id})`;
  const fields = new Fields(value, origin);
  fields.raw('id');
  const rule = fields.has('name') ? readAssigned(fields, id) : readToken(fields, id);
  const examples = new Fields(fields.raw('examples'), `${origin}: examples`);
  const source = {
    origin,
    rule,
    provider: fields.has('provider') || shared.provider === undefined ? fields.text('provider') : shared.provider,
    references: fields.texts('references', shared.references),
    remedy: fields.texts('remedy', shared.remedy),
    positive: examples.texts('positive'),
    negative: examples.texts('negative', []),
  };
  examples.end();
  fields.end();
  for (const reference of source.references) {
    if (!/^https:\/\/\S+$/.test(reference)) throw fields.fail('references', 'addresses that begin with https://');
  }
  for (const name of ['references', 'remedy'] as const) {
    if (source[name].length === 0) throw fields.fail(name, 'at least one is needed');
  }
  return source;
}

function idOf(fields: Fields): string {
  const id = fields.text('id');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) throw fields.fail('id', 'lower case words joined by - are needed');
  return id;
}

function readCommon(fields: Fields, id: string, guessable: boolean) {
  const ignoreCase = fields.flag('ignoreCase', false);
  const pattern = fields.text('pattern');
  const validators = fields.texts('validators', []);
  const unknown = validators.find((name) => !Object.hasOwn(VALIDATORS, name));
  if (unknown !== undefined) throw fields.fail('validators', `choose from ${Object.keys(VALIDATORS).join(', ')}`);
  return {
    id,
    title: fields.text('title'),
    severity: fields.oneOf('severity', SEVERITIES),
    pattern,
    ignoreCase,
    entropy: fields.number('entropy', [0, 8], DEFAULT_ENTROPY),
    stopWords: fields.texts('stopWords', []).map((word) => word.toLowerCase()),
    validators,
    guessable: fields.flag('guessable', guessable),
  };
}

function readAssigned(fields: Fields, id: string): AssignedRule {
  const common = readCommon(fields, id, true);
  const name = fields.text('name');
  measure(fields, 'name', name, true);
  const { length } = measure(fields, 'pattern', common.pattern, common.ignoreCase);
  const place = fields.has('place') ? fields.oneOf('place', PLACES) : undefined;
  return { kind: 'assigned', ...common, name, ...(place && { place }), length };
}

function readToken(fields: Fields, id: string): TokenRule {
  const common = readCommon(fields, id, false);
  const { length, alphabet } = measure(fields, 'pattern', common.pattern, common.ignoreCase);
  const keywords = fields.texts('keywords');
  for (const keyword of keywords) {
    if (!/^[\x20-\x7e]{3,32}$/.test(keyword)) throw fields.fail('keywords', '3 to 32 characters of ASCII are needed');
    if (![...keyword].every((letter) => alphabet[letter.charCodeAt(0)])) {
      throw fields.fail('keywords', 'a character that the pattern cannot match');
    }
  }
  const encodings = fields.texts('encodings', TEXT_ENCODINGS).map((name) => {
    const encoding = ENCODINGS.find((each) => each === name);
    if (encoding === undefined) throw fields.fail('encodings', `choose from ${ENCODINGS.join(', ')}`);
    return encoding;
  });
  const bounded = fields.flag('bounded', true);
  const lead = leadOf(fields);
  const next =
    lead[0] === lead[1] ? charactersAt(parsePattern(common.pattern, common.ignoreCase), lead[0] + SHORT) : alphabet;
  return {
    kind: 'token',
    ...common,
    keywords,
    next: textOf(next),
    encodings,
    lead,
    length,
    alphabet: hexOf(alphabet),
    bounded,
    confidence: fields.oneOf('confidence', ['pattern', 'heuristic'], 'pattern'),
    ...(fields.has('context') && { context: fields.text('context') }),
    engine: 'js',
  };
}

/** One number: that many characters. Two: at least and at most. */
function leadOf(fields: Fields): readonly [number, number] {
  const value = fields.raw('lead') ?? 0;
  const pair = Array.isArray(value) ? value : [value, value];
  const isCount = (count: unknown) => Number.isInteger(count) && (count as number) >= 0 && (count as number) <= 1024;
  if (pair.length !== 2 || !pair.every(isCount) || pair[0] > pair[1]) {
    throw fields.fail('lead', 'a number from 0 to 1024, or the least and the most, are needed');
  }
  return [pair[0], pair[1]];
}

function measure(fields: Fields, name: string, pattern: string, ignoreCase: boolean): PatternFacts {
  try {
    const facts = measurePattern(parsePattern(pattern, ignoreCase));
    if (facts.length[0] > LONGEST_MATCH) throw new PatternError(`longer than ${LONGEST_MATCH} characters`);
    return facts;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw fields.fail(name, error.message);
  }
}

function textOf(set: CharSet): string {
  return [...set].map((bit, code) => (bit ? String.fromCharCode(code) : '')).join('');
}

function hexOf(alphabet: CharSet): string {
  const bytes = new Uint8Array(16);
  alphabet.forEach((bit, code) => {
    bytes[code >> 3] = (bytes[code >> 3] as number) | (bit << (code & 7));
  });
  return Buffer.from(bytes).toString('hex');
}
