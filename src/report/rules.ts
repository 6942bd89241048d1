/** Rules of credentials, for people to read. */
import type { RuleSource } from '../detect/credentials/rule.js';
import { sanitize } from './sanitize.js';
import { plural } from './units.js';

const COLUMN = 12;

/** One line for each, in the order of issuers. */
export function renderRuleList(rules: readonly RuleSource[]): string {
  const width = Math.max(...rules.map(({ rule }) => sanitize(rule.id).length)) + 2;
  const sorted = [...rules].sort((a, b) => compare(a.provider, b.provider) || compare(a.rule.id, b.rule.id));
  const lines = sorted.map(
    ({ rule }) => `${sanitize(rule.id).padEnd(width)}${rule.severity.padEnd(10)}${sanitize(rule.title)}`,
  );
  const issuers = new Set(rules.map(({ provider }) => provider)).size;
  return `${lines.join('\n')}\n\n${plural(rules.length, 'rule')} of ${plural(issuers, 'issuer')}\n`;
}

export function renderRule({ rule, provider, references, remedy, positive, negative }: RuleSource): string {
  const known = rule.kind === 'token' ? ['keywords', rule.keywords.join('  ')] : ['name', rule.name];
  const fields: ReadonlyArray<readonly [string, string]> = [
    ['issuer', provider],
    ['severity', rule.severity],
    [known[0] as string, known[1] as string],
    ['pattern', rule.pattern],
    ...(rule.kind === 'token' ? ([['encodings', rule.encodings.join(', ')]] as const) : []),
    ['entropy', `at least ${rule.entropy} bits a character`],
    ...(rule.validators.length > 0 ? ([['checked by', rule.validators.join(', ')]] as const) : []),
    ...remedy.map((step, index) => [index === 0 ? 'remedy' : '', `${index + 1}. ${step}`] as const),
    ...references.map((reference, index) => [index === 0 ? 'references' : '', reference] as const),
    ...positive.map((template, index) => [index === 0 ? 'finds' : '', template] as const),
    ...negative.map((template, index) => [index === 0 ? 'passes' : '', template] as const),
  ];
  const lines = fields.map(([name, value]) => `  ${name.padEnd(COLUMN)}${sanitize(value)}`);
  return `${sanitize(rule.id)}: ${sanitize(rule.title)}\n${lines.join('\n')}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
