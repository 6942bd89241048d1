import { describe, expect, it } from 'vitest';
import { columns, flow, shorten, wrap } from '../../src/report/layout.js';

describe('columns', () => {
  it('counts wide characters twice and combining marks not at all', () => {
    expect(columns('core.1234')).toBe(9);
    expect(columns('日本')).toBe(4);
    expect(columns('e\u0301')).toBe(1);
    expect(columns('😀')).toBe(2);
    expect(columns('ｱ')).toBe(1);
    expect(columns('p·q ≡ λ')).toBe(7);
  });
});

describe('shorten', () => {
  it('keeps both ends, and never exceeds the width', () => {
    expect(shorten('abcdefghij', 10)).toBe('abcdefghij');
    expect(shorten('abcdefghijk', 9)).toBe('abcd…hijk');
    for (let most = 0; most < 12; most++) {
      expect(columns(shorten('日本株式会社 abc 😀😀', most))).toBeLessThanOrEqual(most);
    }
  });
});

describe('wrap', () => {
  it('breaks at spaces, and inside words that are too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
    expect(wrap('日本株式', 5)).toEqual(['日本', '株式']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('ends, and keeps to the width, for any width', () => {
    const text = `${'x'.repeat(50)} 日本株式会社 ${'e\u0301'.repeat(20)}    y`;
    for (let most = 2; most < 60; most++) {
      const lines = wrap(text, most);
      expect(lines.every((line) => columns(line) <= most)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
    expect(wrap(text, -1).length).toBeGreaterThan(1);
  });
});

describe('flow', () => {
  it('breaks between items only, and gives a long one a line of its own', () => {
    expect(flow(['one', 'two', 'three'], 9)).toEqual(['one, two,', 'three']);
    expect(flow(['a', '/a path/that is/long', 'b'], 8)).toEqual(['a,', '/a path/that is/long,', 'b']);
    expect(flow([], 8)).toEqual([]);
  });
});
