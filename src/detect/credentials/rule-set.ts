/** From files of rules, YAML or gitleaks' TOML, to the rules of one scan. */
import { loadGitleaks } from './gitleaks.js';
import { loadRules, refuseDuplicates } from './load.js';
import type { RuleSource } from './rule.js';

/** Throws BAD_RULES with file, rule and field. */
export function parseRuleFiles(files: ReadonlyArray<{ readonly file: string; readonly text: string }>): RuleSource[] {
  const rules = files.flatMap(({ file, text }) => (/\.toml$/i.test(file) ? loadGitleaks : loadRules)(text, file));
  refuseDuplicates(rules);
  return rules;
}
