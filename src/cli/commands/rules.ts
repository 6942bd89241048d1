/** `dumpsieve rules`: list and check the rules of credentials, and show any rule. */
import { checkRules } from '../../detect/credentials/check.js';
import type { RuleSource } from '../../detect/credentials/rule.js';
import { isKeyRule } from '../../detect/rules.js';
import { DumpsieveError } from '../../errors.js';
import { renderKeyRule, renderRule, renderRuleList } from '../../report/rules.js';
import { readRules, readShippedRules } from '../../rules.js';
import { EXIT } from '../exit-code.js';
import { NO_RULES } from '../options.js';

export interface RulesOptions {
  readonly rules?: readonly string[];
}

/** The user's own where any are named; else those that come with dumpsieve. */
async function rulesOf({ rules }: RulesOptions): Promise<RuleSource[]> {
  if (rules === undefined) return readShippedRules();
  if (rules.includes(NO_RULES))
    throw new DumpsieveError('USAGE', `--rules ${NO_RULES} is for scans: it names no rules`);
  return readRules(rules);
}

export async function listCommand(options: RulesOptions): Promise<number> {
  process.stdout.write(renderRuleList(await rulesOf(options), process.stdout.columns));
  return EXIT.clean;
}

export async function showCommand(id: string, options: RulesOptions): Promise<number> {
  const width = process.stdout.columns;
  const found = (await rulesOf(options)).find(({ rule }) => rule.id === id);
  if (found === undefined && isKeyRule(id)) {
    process.stdout.write(renderKeyRule(id, width));
    return EXIT.clean;
  }
  if (found === undefined) throw new DumpsieveError('USAGE', `no rule has the id ${id}: see dumpsieve rules list`);
  process.stdout.write(renderRule(found, width));
  return EXIT.clean;
}

/** Exit code 1 where an example says otherwise than its rule. */
export async function checkCommand(options: RulesOptions): Promise<number> {
  const rules = await rulesOf(options);
  const needsRe2 = rules.some(({ rule }) => rule.kind === 'token' && rule.engine === 're2');
  const re2 = needsRe2 ? await import('../../detect/credentials/re2.js') : undefined;
  const faults = checkRules(rules, re2?.compileRe2);
  const lines = faults.map(({ origin, fault }) => `${origin}: ${fault}\n`);
  const without = rules.filter(({ positive }) => positive.length === 0).length;
  const remark = without > 0 ? `, ${without} without examples` : '';
  process.stdout.write(`${lines.join('')}${rules.length} rules checked: ${faults.length} faults${remark}\n`);
  return faults.length === 0 ? EXIT.clean : EXIT.findings;
}
