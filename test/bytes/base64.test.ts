import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Base64Text, decodeBase64 } from '../../src/bytes/base64.js';

describe('decodeBase64', () => {
  it('agrees with Node for every length, alphabet and padding', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = randomBytes(length);
      for (const text of [
        bytes.toString('base64'),
        bytes.toString('base64').replace(/=+$/, ''),
        bytes.toString('base64url'),
      ]) {
        expect(Buffer.from(decodeBase64(text) ?? []).equals(bytes)).toBe(true);
      }
    }
  });

  it('refuses foreign characters and impossible lengths', () => {
    for (const text of ['A', 'AAAAA', 'AA A', 'A===', '=AAA', 'AA=A', 'é', 'AAA\0', '====']) {
      expect([text, decodeBase64(text)]).toEqual([text, undefined]);
    }
  });
});

describe('Base64Text', () => {
  it('knows where the characters of each byte stood', () => {
    const text = 'AA\nAB\n  AgMEBQ==';
    const base64 = new Base64Text();
    for (const [i, character] of [...text].entries()) {
      if (/[A-Za-z=]/.test(character)) base64.push(character.charCodeAt(0), i);
    }
    expect([...base64.decode()]).toEqual([0, 0, 1, 2, 3, 4, 5]);
    expect(base64.sourceSpan(0, 1)).toEqual({ from: 0, to: 2 });
    expect(base64.sourceSpan(2, 3)).toEqual({ from: 3, to: 5 });
    expect(base64.sourceSpan(3, 7)).toEqual({ from: 8, to: 14 });
    expect(base64.sourceSpan(0, 7)).toEqual({ from: 0, to: 14 });
  });

  it('grows, and stops at padding', () => {
    const base64 = new Base64Text();
    const bytes = randomBytes(3001);
    for (const [i, character] of [...`${bytes.toString('base64')}AAAA`].entries())
      base64.push(character.charCodeAt(0), i);
    expect(Buffer.from(base64.decode()).equals(bytes)).toBe(true);
    expect(base64.digits).toBe(Math.ceil((3001 * 8) / 6));
  });
});
