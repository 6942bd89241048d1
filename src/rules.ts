/** Reads rules of credentials from files, for a scan, and those that come with dumpsieve, for people to read. */
import { SHIPPED_RULES_PATH } from './artifacts.js';
import type { RuleSource } from './detect/credentials/rule.js';
import { readRuleFiles } from './source/rule-files.js';

/** The rules of files and directories: YAML as in rules/, or a gitleaks configuration (TOML). Throws BAD_RULES. */
export async function readRules(targets: readonly string[]): Promise<RuleSource[]> {
  const files = targets.flatMap(readRuleFiles);
  // The libraries for YAML, TOML and RE2 take longer to load than a small scan; most scans need none of them.
  const { parseRuleFiles } = await import('./detect/credentials/rule-set.js');
  return parseRuleFiles(files);
}

/** As they were written, with references, remedies and examples. */
export function readShippedRules(): Promise<RuleSource[]> {
  return readRules([SHIPPED_RULES_PATH]);
}
