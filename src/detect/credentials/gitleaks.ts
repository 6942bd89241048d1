/**
 * Rules in gitleaks' format (TOML), since teams have them. Taken: id, description, regex, secretGroup, keywords,
 * entropy, and the stop words of allowlists. Rules that only look at paths are passed over: a dump has none. Patterns run with
 * RE2, whose syntax they are written in.
 */
import { RE2JS } from 're2js';
import { parse } from 'smol-toml';
import { messageOf } from '../../errors.js';
import { badRules, Fields } from './fields.js';
import type { RuleSource, TokenRule } from './rule.js';

/** Characters around a keyword in which the pattern is looked for. */
const BEFORE = 256;
const AFTER = 1024;
const SHORTEST = 4;
const PRINTABLE = textAlphabet();

/** Throws BAD_RULES with file, rule and field, also for a rule that cannot be run: it would be missing in silence. */
export function loadGitleaks(text: string, file: string): RuleSource[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw badRules(file, `not TOML: ${messageOf(error).split('\n')[0]}`);
  }
  const rules = new Fields(value, file).raw('rules');
  if (!Array.isArray(rules) || rules.length === 0) throw badRules(file, '[[rules]] are needed');
  return rules.flatMap((rule, index) => readRule(rule, `${file}: rule ${index + 1}`));
}

function readRule(value: unknown, place: string): RuleSource[] {
  const id = new Fields(value, place).text('id');
  const origin = `${place} (${id})`;
  const fields = new Fields(value, origin);
  if (!fields.has('regex')) {
    if (fields.has('path')) return [];
    throw fields.fail('regex', 'an expression is needed');
  }
  const pattern = fields.text('regex');
  const group = groupOf(fields, pattern);
  const rule: TokenRule = {
    kind: 'token',
    id,
    title: fields.has('description') ? fields.text('description') : id,
    severity: 'medium',
    pattern,
    ignoreCase: false,
    entropy: fields.number('entropy', [0, 8], 0),
    stopWords: stopWordsOf(fields),
    validators: [],
    guessable: true,
    keywords: keywordsOf(fields),
    next: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"\' =:/',
    encodings: ['ascii', 'utf16le', 'utf16be'],
    lead: [0, BEFORE],
    length: [SHORTEST, AFTER],
    alphabet: PRINTABLE,
    confidence: 'pattern',
    bounded: false,
    engine: 're2',
    group,
  };
  const remedy = ['See the rule’s own documentation.'];
  return [{ origin, rule, provider: 'gitleaks', references: [], remedy, positive: [], negative: [] }];
}

/** gitleaks takes group 1 where there is one and none is named. */
function groupOf(fields: Fields, pattern: string): number {
  const group = fields.number('secretGroup', [0, 100], 0);
  let groups: number;
  try {
    groups = RE2JS.compile(pattern).groupCount();
  } catch (error) {
    throw fields.fail('regex', messageOf(error));
  }
  if (group > groups) throw fields.fail('secretGroup', `the expression has ${groups}`);
  return Math.max(1, group);
}

/** gitleaks compares them in lower case: here in three forms, as names are written. */
function keywordsOf(fields: Fields): string[] {
  const keywords = fields.texts('keywords', []).map((keyword) => keyword.toLowerCase());
  if (keywords.length === 0) throw fields.fail('keywords', 'a dump cannot be searched without at least one');
  const forms = keywords.flatMap((keyword) => [
    keyword,
    keyword.toUpperCase(),
    `${keyword.slice(0, 1).toUpperCase()}${keyword.slice(1)}`,
  ]);
  for (const form of forms) {
    if (!/^[\x20-\x7e]*$/.test(form)) throw fields.fail('keywords', 'ASCII is needed');
  }
  return [...new Set(forms.flatMap(lengthened))].map((keyword) => keyword.slice(0, 32));
}

/** `sk` as `sk-` and so on: three characters are needed. */
function lengthened(keyword: string): string[] {
  return keyword.length >= SHORTEST - 1 ? [keyword] : ['-', '_', '=', '"', '.'].map((next) => keyword + next);
}

function stopWordsOf(fields: Fields): string[] {
  const lists = [fields.raw('allowlist'), fields.raw('allowlists')].flat().filter((list) => list !== undefined);
  return lists.flatMap((list, index) => {
    const words = new Fields(list, `allowlist ${index + 1}`).texts('stopwords', []);
    return words.map((word) => word.toLowerCase());
  });
}

/** Text, tabs and line ends, as 32 hexadecimal digits. */
function textAlphabet(): string {
  const bytes = new Uint8Array(16);
  for (let code = 0; code < 127; code++) {
    if (code >= 0x20 || (code >= 9 && code <= 13)) bytes[code >> 3] = (bytes[code >> 3] as number) | (1 << (code & 7));
  }
  return Buffer.from(bytes).toString('hex');
}
