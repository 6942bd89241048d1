import { describe, expect, it } from 'vitest';
import { SHIPPED_RULES_PATH } from '../../src/artifacts.js';
import type { RuleSource } from '../../src/detect/credentials/rule.js';
import { parseRuleFiles } from '../../src/detect/credentials/rule-set.js';
import { RULES, type RuleId } from '../../src/detect/rules.js';
import { columns } from '../../src/report/layout.js';
import { renderKeyRule, renderRule, renderRuleList } from '../../src/report/rules.js';
import { readRuleFiles } from '../../src/source/rule-files.js';

const rules: readonly RuleSource[] = parseRuleFiles(readRuleFiles(SHIPPED_RULES_PATH));
const widest = (text: string) => Math.max(...text.split('\n').map(columns));
/** What is said, however it is broken into lines. */
const words = (text: string) => text.replaceAll(/\s+/g, '');

describe('rules for people', () => {
  it('are listed on a line each where no width is known, so that they can be searched', () => {
    const lines = renderRuleList(rules).trimEnd().split('\n');
    expect(lines.length).toBe(rules.length + 2);
    for (const { rule } of rules) expect(lines.filter((line) => line.startsWith(`${rule.id} `)).length).toBe(1);
  });

  it('fit a terminal of 80 columns, with nothing lost', () => {
    expect(widest(renderRuleList(rules, 80))).toBeLessThanOrEqual(80);
    for (const source of rules) {
      const text = renderRule(source, 80);
      expect(widest(text)).toBeLessThanOrEqual(80);
      expect(words(text)).toBe(words(renderRule(source)));
    }
  });

  it('say of every rule of private keys how severe it is, and what to do', () => {
    for (const id of Object.keys(RULES) as RuleId[]) {
      const text = renderKeyRule(id, 80);
      expect(widest(text)).toBeLessThanOrEqual(80);
      expect(text).toContain(RULES[id].severity);
      expect(text).toContain('remedy      Rotate');
    }
  });

  it('are an empty list where there are none', () => {
    expect(renderRuleList([])).toBe('\n0 rules of 0 issuers\n');
  });
});
