/** Rules, for people to read. */
import type { RuleSource } from '../detect/credentials/rule.js';
import { type KeyRule, RULES, type RuleId } from '../detect/rules.js';
import { ROTATE } from './conclusion.js';
import { wrap } from './layout.js';
import { sanitize } from './sanitize.js';
import { plural } from './units.js';

const COLUMN = 12;
/** Characters of a line that a text has at least, however long its label. */
const LEAST = 20;

/** One line for each, in the order of issuers; a title that is wider than the terminal goes on below. */
export function renderRuleList(rules: readonly RuleSource[], width = Number.POSITIVE_INFINITY): string {
  const column = Math.max(0, ...rules.map(({ rule }) => sanitize(rule.id).length)) + 2;
  const sorted = [...rules].sort((a, b) => compare(a.provider, b.provider) || compare(a.rule.id, b.rule.id));
  const lines = sorted.flatMap(({ rule }) =>
    hanging(`${sanitize(rule.id).padEnd(column)}${rule.severity.padEnd(10)}`, sanitize(rule.title), width),
  );
  const issuers = new Set(rules.map(({ provider }) => provider)).size;
  return `${[...lines, ''].join('\n')}\n${plural(rules.length, 'rule')} of ${plural(issuers, 'issuer')}\n`;
}

type Field = readonly [name: string, value: string];

/** A rule of credentials. */
export function renderRule(source: RuleSource, width?: number): string {
  const { rule, provider, references, remedy, positive, negative } = source;
  const fields: readonly Field[] = [
    ['issuer', provider],
    ['severity', rule.severity],
    rule.kind === 'token' ? ['keywords', rule.keywords.join('  ')] : ['name', rule.name],
    ['pattern', rule.pattern],
    ...(rule.kind === 'token' ? ([['encodings', rule.encodings.join(', ')]] as const) : []),
    ['entropy', `at least ${rule.entropy} bits a character`],
    ...(rule.validators.length > 0 ? ([['checked by', rule.validators.join(', ')]] as const) : []),
    ...remedy.map((step, index) => [index === 0 ? 'remedy' : '', `${index + 1}. ${step}`] as const),
    ...references.map((reference, index) => [index === 0 ? 'references' : '', reference] as const),
    ...positive.map((template, index) => [index === 0 ? 'finds' : '', template] as const),
    ...negative.map((template, index) => [index === 0 ? 'passes' : '', template] as const),
  ];
  return renderFields(rule.id, rule.title, fields, width);
}

/** A rule of private keys: those are no patterns but readers and arithmetic. */
export function renderKeyRule(id: RuleId, width?: number): string {
  const rule: KeyRule = RULES[id];
  const fields: readonly Field[] = [
    ['severity', rule.severity],
    ['found', rule.asNumbers === true ? 'as numbers in memory, by what relates them' : 'in its encoded form'],
    ['remedy', ROTATE],
  ];
  return renderFields(id, rule.title, fields, width);
}

function renderFields(id: string, title: string, fields: readonly Field[], width = Number.POSITIVE_INFINITY): string {
  const lines = fields.flatMap(([name, value]) => hanging(`  ${name.padEnd(COLUMN)}`, sanitize(value), width));
  return `${[...hanging(`${sanitize(id)}: `, sanitize(title), width), ...lines].join('\n')}\n`;
}

/** A text behind a label, its further lines below its beginning. */
function hanging(label: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(text, Math.max(LEAST, width - label.length));
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
