/** Reads rules of credentials from files, for a scan, and those that come with dumpsieve, for people to read. */
import type { RuleSource } from './detect/credentials/rule.js';
import { parseRuleFiles } from './detect/credentials/rule-set.js';
import { SHIPPED_RULES_PATH } from './sieve/artifacts.js';
import { readRuleFiles } from './source/rule-files.js';

/** The rules of files and directories: YAML as in rules/, or a gitleaks configuration (TOML). Throws BAD_RULES. */
export function readRules(targets: readonly string[]): RuleSource[] {
  return parseRuleFiles(targets.flatMap(readRuleFiles));
}

/** As they were written, with references, remedies and examples. */
export function readShippedRules(): RuleSource[] {
  return readRules([SHIPPED_RULES_PATH]);
}
