import { describe, expect, it } from 'vitest';
import { safeJson, sanitize, xmlText } from '../../src/report/sanitize.js';
import { HOSTILE } from './build.js';

describe('sanitize', () => {
  it('leaves what can be seen as it is, in any script', () => {
    for (const text of ['/var/crash/core.1', 'C:\\dumps\\a b.dmp', 'CN=Müller,O=日本株式会社', 'p·q = n', '😀', 'é']) {
      expect(sanitize(text)).toBe(text);
    }
  });

  it('shows controls of C0 and C1 as escapes', () => {
    expect(sanitize('a\u001b[31m\r\n\t\u0000\u007f\u009b')).toBe('a\\x1b[31m\\r\\n\\t\\x00\\x7f\\x9b');
  });

  it('shows bidirectional, invisible and unpaired characters as escapes', () => {
    expect(sanitize('\u202e\u2066\u200b\u2028\u00ad\ufeff\u3164')).toBe(
      '\\u202e\\u2066\\u200b\\u2028\\xad\\ufeff\\u3164',
    );
    expect(sanitize('\ud800x\udc00')).toBe('\\ud800x\\udc00');
    expect(sanitize('\u{e0041}\ufffe\ufff9')).toBe('\\u{e0041}\\ufffe\\ufff9');
  });

  it('leaves no control character of any kind', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join(' ');
    expect(sanitize(all)).not.toMatch(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    expect(sanitize(HOSTILE)).not.toMatch(/[\p{C}]/u);
  });
});

describe('xmlText', () => {
  it('escapes markup and quotes', () => {
    expect(xmlText(`a<b>&"'`)).toBe('a&#60;b&#62;&#38;&#34;&#39;');
  });

  it('leaves only what section 2.2 of XML 1.0 allows', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(xmlText(all)).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});

describe('safeJson', () => {
  it('keeps every value but lone surrogates', () => {
    const value = { [HOSTILE.slice(0, 12)]: ['\u001b[0m\u009b\u202e\u2028 日本 😀 \u{e0041}', 1, null, true] };
    expect(JSON.parse(safeJson(value))).toEqual(value);
    expect(JSON.parse(safeJson('a\ud800b'))).toBe('a\ufffdb');
  });

  it('writes nothing that a terminal obeys, and ends with a newline', () => {
    const text = safeJson({ name: HOSTILE });
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });
});
