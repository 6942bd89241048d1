/** From files of rules, YAML or gitleaks' TOML, to the rules of one scan. */
import { badRules } from './fields.js';
import { loadGitleaks } from './gitleaks.js';
import { loadRules, refuseDuplicates } from './load.js';
import type { Rule, RuleSource } from './rule.js';

/** Anchors that the sieve's tables have room for, besides those of keys and of the shipped rules. */
const MAX_ANCHORS = 11_000;

/** Throws BAD_RULES with file, rule and field. */
export function parseRuleFiles(files: ReadonlyArray<{ readonly file: string; readonly text: string }>): RuleSource[] {
  const rules = files.flatMap(({ file, text }) => (/\.toml$/i.test(file) ? loadGitleaks : loadRules)(text, file));
  refuseDuplicates(rules);
  let anchors = 0;
  for (const { origin, rule } of rules) {
    anchors += anchorsOf(rule);
    if (anchors > MAX_ANCHORS) throw badRules(origin, `keywords: more than ${MAX_ANCHORS} anchors with this rule`);
  }
  return rules;
}

/** At most: rules may share them. Those of assignments are few, and the same for all rules. */
function anchorsOf(rule: Rule): number {
  if (rule.kind === 'assigned') return 0;
  const narrow = (keyword: string) => (keyword.length === 3 ? rule.next.length : 1);
  return rule.keywords.reduce((sum, keyword) => sum + narrow(keyword) + (rule.encodings.includes('base64') ? 5 : 2), 0);
}
