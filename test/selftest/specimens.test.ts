import { expect, it } from 'vitest';
import { RULES } from '../../src/detect/rules.js';
import { CLOSED_SHIELD } from '../../src/selftest/closed-shield.js';
import { specimens } from '../../src/selftest/specimens.js';

it('every rule has a specimen, one of them with a map of its own', () => {
  const rules = [...specimens().map(({ rule }) => rule), CLOSED_SHIELD];
  expect([...new Set(rules)].sort()).toEqual(Object.keys(RULES).sort());
});
