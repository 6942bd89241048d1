import { describe, expect, it } from 'vitest';
import { parseRuleFiles } from '../../../src/detect/credentials/rule-set.js';
import { readRules } from '../../../src/rules.js';
import { withFile } from '../../support/files.js';

const RULE = {
  id: 'acme-token',
  title: 'Acme token',
  severity: 'high',
  keywords: ['acme_'],
  pattern: 'acme_[0-9a-f]{32}',
  examples: { positive: ['acme_<hex:32>'] },
};
const FILE = { provider: 'Acme', references: ['https://acme.example/tokens'], remedy: ['Revoke it.'] };

const load = (rule: object, file: object = FILE) =>
  parseRuleFiles([{ file: 'acme.yml', text: JSON.stringify({ ...file, rules: [rule] }) }]);

describe('a file of rules', () => {
  it('is read with what its rules share', () => {
    const [source] = load(RULE);
    expect(source).toMatchObject({ provider: 'Acme', remedy: ['Revoke it.'] });
    expect(source?.rule).toMatchObject({ id: 'acme-token', length: [37, 37], lead: [0, 0], entropy: 3 });
  });

  it.each([
    ['id', { id: 'Acme Token' }],
    ['id', { id: 'pem-private-key' }],
    ['title', { title: 7 }],
    ['severity', { severity: 'severe' }],
    ['keywords', { keywords: ['ab'] }],
    ['keywords', { keywords: ['acme!'] }],
    ['keywords', { keywords: 'é'.repeat(8) }],
    ['pattern', { pattern: '(a+)+' }],
    ['pattern', { pattern: 'acme_[' }],
    ['encodings', { encodings: ['ebcdic'] }],
    ['entropy', { entropy: 9 }],
    ['validators', { validators: ['toString'] }],
    ['lead', { lead: [5, 2] }],
    ['bounded', { bounded: 'yes' }],
    ['references', { references: ['http://acme.example'] }],
    ['positive', { examples: { positive: 'x', neutral: 'y' } }],
    ['colour', { colour: 'red' }],
    ['name', { name: '(a|a)*', keywords: undefined }],
  ])('is refused with file, rule and field: %s', (field, over) => {
    const wrong = { ...RULE, ...over };
    const expected = field === 'positive' ? 'neutral' : field;
    expect(() => load(wrong)).toThrow(expect.objectContaining({ code: 'BAD_RULES' }));
    expect(() => load(wrong)).toThrow(new RegExp(`^acme\\.yml: rule 1.*${expected}: `));
  });

  it('is refused where a field is missing', () => {
    expect(() => load(RULE, {})).toThrow(/provider/);
    expect(() => load(RULE, { provider: 'Acme' })).toThrow(/references/);
    expect(() => parseRuleFiles([{ file: 'a.yml', text: 'rules: []' }])).toThrow(/rules/);
    expect(() => parseRuleFiles([{ file: 'a.yml', text: '{' }])).toThrow(/not YAML/);
  });

  it('is refused where two rules have one id', () => {
    const text = JSON.stringify({ ...FILE, rules: [RULE, RULE] });
    expect(() => parseRuleFiles([{ file: 'a.yml', text }])).toThrow(/id: acme-token is also in a\.yml: rule 1/);
  });

  it('with aliases of aliases does not fill the memory', () => {
    const bombs = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i ? `*a${i - 1}` : 'x')
          .join(',')}]`,
    );
    expect(() => parseRuleFiles([{ file: 'a.yml', text: bombs.join('\n') }])).toThrow(
      expect.objectContaining({ code: 'BAD_RULES' }),
    );
  });

  it('is refused where its keywords would not fit into the tables of the sieve', () => {
    const rules = Array.from({ length: 4000 }, (_, i) => ({ ...RULE, id: `rule-${i}` }));
    expect(() => parseRuleFiles([{ file: 'a.yml', text: JSON.stringify({ ...FILE, rules }) }])).toThrow(
      /a\.yml: rule 36\d\d .*keywords: more than/,
    );
  });

  it('that is not there is told by its name', async () => {
    await expect(readRules(['/nowhere/rules.yml'])).rejects.toThrow(/\/nowhere\/rules\.yml: cannot be read: ENOENT/);
  });
});

describe('a gitleaks configuration', () => {
  const toml = (lines: string) => parseRuleFiles([{ file: 'gitleaks.toml', text: `[[rules]]\nid = "own"\n${lines}` }]);

  it('gives rules that RE2 runs, by keywords in any case', () => {
    const [source] = toml(
      `description = "Own"\nregex = '''(?i)own[a-z]{2}_([0-9a-f]{32})'''\nkeywords = ["own"]\nentropy = 3`,
    );
    expect(source?.rule).toMatchObject({ engine: 're2', title: 'Own', entropy: 3, keywords: ['own', 'OWN', 'Own'] });
  });

  it('is refused where a rule could not be run: it would be missing in silence', () => {
    expect(() => toml(`regex = "a(?=b)"\nkeywords = ["abcd"]`)).toThrow(/gitleaks\.toml: rule 1 \(own\): regex: /);
    expect(() => toml('regex = "abcd"')).toThrow(/keywords/);
    expect(() => toml('regex = "abcd"\nkeywords = ["abcd"]\nsecretGroup = 3')).toThrow(/secretGroup/);
    expect(() => toml('id')).toThrow(/not TOML/);
  });

  it('may have rules for paths, which a dump has none of', () => {
    expect(toml('path = ".*[.]pem"')).toEqual([]);
  });

  it('is scanned with, from the command line’s files', async () => {
    const text = `[[rules]]\nid = "own-token"\nregex = '''own_([0-9a-f]{32})'''\nkeywords = ["own_"]\n`;
    const { scan } = await import('../../../src/engine.js');
    const more = parseRuleFiles([{ file: 'gitleaks.toml', text }]);
    const dump = Buffer.from(`\0\0TOKEN own_${'7f3a9c0e1b5d8264'.repeat(2)}\0`);
    const report = await withFile(dump, (file) =>
      scan({ targets: [file], jobs: 1, credentials: { shipped: false, more } }),
    );
    expect(report.tool.ruleset).toMatch(/\+own$/);
    expect(report.inputs[0]?.findings).toMatchObject([{ rule: 'own-token', locations: [{ offset: 8, length: 36 }] }]);
  });
});
