import { describe, expect, it } from 'vitest';
import { minisignDetector } from '../../../src/detect/text/minisign.js';
import { encode, fixture, scan } from './support.js';

const found = (text: string) => scan(minisignDetector, encode(text, 'ascii')).secrets.map(({ secret }) => secret);

describe('minisign and signify secret keys', () => {
  it('pass their own checksums', () => {
    const [checked] = found(fixture('minisign-checksum.key'));
    expect(checked).toMatchObject({ checked: 'the BLAKE2b checksum matches', whole: true });
    expect(found(fixture('signify.sec'))).toMatchObject([{ checked: 'the SHA-512 checksum matches', whole: true }]);
  });

  it('of minisign 0.11, which writes no checksum when it does not encrypt, are found without', () => {
    const [secret] = found(fixture('minisign.key'));
    expect(secret).toMatchObject({ kind: 'private-key', whole: true });
    expect(secret).not.toHaveProperty('checked');
  });

  it('that are encrypted say how', () => {
    expect(found(fixture('minisign-encrypted.key'))).toMatchObject([{ kind: 'encrypted-key', protection: 'scrypt' }]);
    expect(found(fixture('signify-encrypted.sec'))).toMatchObject([{ protection: 'bcrypt_pbkdf, 42 rounds' }]);
  });

  it('are found with little against them, and not inside longer base64 or cut', () => {
    const line = fixture('minisign.key').split('\n')[1] ?? '';
    expect(found(line)).toHaveLength(1);
    expect(found(line.replace('=', ''))).toHaveLength(1);
    expect(found(`A${line}`)).toHaveLength(1);
    expect(found(`${'A'.repeat(8)}${line}`)).toEqual([]);
    expect(found(line.replace('=', 'A'))).toEqual([]);
    expect(found(line.slice(0, -2))).toEqual([]);
  });
});
