import { describe, expect, it } from 'vitest';
import { PatternError, parsePattern } from '../../../src/detect/credentials/pattern.js';
import { measurePattern } from '../../../src/detect/credentials/pattern-cost.js';
import { charactersAt } from '../../../src/detect/credentials/pattern-place.js';
import { Random } from '../../support/random.js';

const measure = (pattern: string) => measurePattern(parsePattern(pattern));

describe('patterns', () => {
  it.each([
    ['(a+)+b'],
    ['(a*)*'],
    ['(?:a|aa)+$'],
    ['(?:[a-z]+\\d?)+x'],
    ['(?:a?){40}a{40}'],
    ['(?:a|b|ab)+c'],
    ['[a-z]+[a-z]+[a-z]+x'],
    ['.*.*=.*'],
    ['(?:x[a-z]*)+y'],
  ])('that can take forever are refused: %s', (pattern) => {
    expect(() => measure(pattern)).toThrow(PatternError);
  });

  it.each([
    ['(a)\\1', 'escape'],
    ['(?=ab)c', 'look-around'],
    ['(?<name>a)', 'unknown kind'],
    ['[a', 'does not end'],
    ['(a', 'does not end'],
    ['a)', 'unexpected'],
    ['*a', 'bare'],
    ['a{2', 'brace'],
    ['a{3,2}', 'more to less'],
    ['[z-a]', 'range'],
    ['é', 'ASCII'],
    ['\\p{L}', 'escape'],
    ['a++', 'repetition of a repetition'],
  ])('that are none, or not of this kind, are refused with the place: %s', (pattern, what) => {
    expect(() => measure(pattern)).toThrow(what);
    expect(() => measure(pattern)).toThrow(/at character \d+/);
  });

  it.each([
    ['ghp_[0-9A-Za-z]{36}', [40, 40]],
    ['eyJ[\\w-]+\\.eyJ[\\w-]+\\.[\\w-]+', [11, 4096]],
    ['(?:ab|cde)?x{2,5}', [2, 8]],
    ['a(?![a-z])', [1, 1]],
    ['(?:[0-9a-f]{2}:){5}[0-9a-f]{2}', [17, 17]],
  ])('have the length that their text says: %s', (pattern, length) => {
    expect(measure(pattern).length).toEqual(length);
  });

  it('say what they may have at a place', () => {
    const at = (pattern: string, place: number) =>
      [...charactersAt(parsePattern(pattern), place)].flatMap((bit, code) => (bit ? [String.fromCharCode(code)] : []));
    expect(at('ab[cd]e', 2)).toEqual(['c', 'd']);
    expect(at('a?b?c', 1)).toEqual(['b', 'c']);
    expect(at('(?:xy){2,3}z', 4)).toEqual(['x', 'z']);
  });

  it('that are accepted end soon on the worst texts', () => {
    const patterns = [
      '[a-z]{0,30}[a-z0-9]{0,30}=',
      '(?:a|ab)(?:c|bcd){0,8}x',
      '[a-z]+=[a-z]+;',
      '(?:[a-z]{1,8}-){0,40}!',
    ];
    const random = new Random(3);
    for (const pattern of patterns) {
      expect(measure(pattern).ways).toBeLessThanOrEqual(1024);
      const expression = new RegExp(pattern, 'y');
      const letters = ['a', 'ab', 'abcd', 'a-', '=', 'abcdefgh-'];
      const started = performance.now();
      for (let round = 0; round < 50; round++) {
        expression.lastIndex = 0;
        expression.exec(random.pick(letters).repeat(4096).slice(0, 4096));
      }
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
