import { describe, expect, it } from 'vitest';
import { puttyDetector } from '../../../src/detect/text/putty.js';
import type { ParsedSecret } from '../../../src/types.js';
import { encode, fixture, manifest, scan, spkiOf, spkis } from './support.js';

const only = (text: string): ParsedSecret | undefined => scan(puttyDetector, encode(text, 'ascii')).secrets[0]?.secret;
const files = manifest().filter(({ file }) => file.endsWith('.ppk'));
const plain = files.filter(({ kind }) => kind === 'plain');

describe('PuTTY key files', () => {
  it.each(plain)('$file passes its own MAC', ({ file, spki }) => {
    const secret = only(fixture(file));
    expect(secret).toMatchObject({ kind: 'private-key', whole: true, checked: 'the Private-MAC matches' });
    expect(secret?.kind === 'private-key' && spkiOf(secret.key)).toBe(spki);
  });

  it.each(plain)('$file with another comment is found without the MAC', ({ file, spki }) => {
    const secret = only(fixture(file).replace('throwaway', 'elsewhere'));
    expect(secret).not.toHaveProperty('checked');
    expect(secret?.kind === 'private-key' && spkiOf(secret.key)).toBe(spki);
  });

  it('names the public half of an encrypted file', () => {
    expect(only(fixture('eddsa255-v3-encrypted.ppk'))).toMatchObject({
      kind: 'encrypted-key',
      protection: 'aes256-cbc, Argon2id',
      publicKey: { type: 'okp', curve: 'Ed25519' },
    });
    expect(only(fixture('rsa2048-v2-encrypted.ppk'))).toMatchObject({ protection: 'aes256-cbc, SHA-1' });
  });

  it.each(['\n', '\r\n', '\r', '\\n', '\\r\\n', '\\\\n'])('is read with lines that end in %j', (lineEnd) => {
    const text = fixture('eddsa255-v2.ppk').trimEnd().replace(/\r?\n/g, lineEnd).replace('C:\\new ', '');
    const spki = plain.find(({ file }) => file === 'eddsa255-v2.ppk')?.spki;
    expect(spkis(scan(puttyDetector, encode(`{"ppk":"${text}"}`, 'ascii')))).toEqual([spki]);
  });

  it('reads the files that PuTTY 0.80 and picky publish as test data', () => {
    // picky-test-data, PUTTY_KEY_ED25519 and PUTTY_KEY_ED25519_V2.
    const v3 =
      'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: eddsa-key-20240414\nPublic-Lines: 2\n' +
      'AAAAC3NzaC1lZDI1NTE5AAAAILd1uFfzk6dLkf9HbdczyiLRnIz5d0fq0mRS5Nvp\ne9w7\nPrivate-Lines: 1\n' +
      'AAAAICRy3RnrtQkRZx8kOEI9KHvTFEMmgOfBq2WdFCrRpIE6\n' +
      'Private-MAC: acc8030afe46301f01e7eb8d3cda38ae54ddd219adfefe32548569b4ac107784\n';
    const v2 =
      'PuTTY-User-Key-File-2: ssh-ed25519\r\nEncryption: none\r\nComment: ed25519-key-20240418\r\nPublic-Lines: 2\r\n' +
      'AAAAC3NzaC1lZDI1NTE5AAAAILMyy5tkHvvUqRtQYHzOzkyR4PYwj1P284HBQXHv\r\nrKeh\r\nPrivate-Lines: 1\r\n' +
      'AAAAIBwepG2OCCnYICCmTXNuDk6Hl/xdjPbNGY3CQlTLGBo4\r\n' +
      'Private-MAC: 53075221be556e89770351391573dbb7dba661d2\r\n';
    for (const text of [v3, v2]) {
      const secret = only(text);
      expect(secret).toMatchObject({ checked: 'the Private-MAC matches' });
      if (secret?.kind !== 'private-key' || secret.key.type !== 'okp') throw new Error('no key');
      const publicBlob = Buffer.from(text.split(/\r?\n/).slice(4, 6).join(''), 'base64');
      expect(Buffer.from(secret.key.publicKey ?? []).equals(publicBlob.subarray(-32))).toBe(true);
    }
  });

  it('takes lying line counts, other algorithms and missing lines for no key', () => {
    const text = fixture('eddsa255-v3.ppk');
    expect(only(text.replace(/Public-Lines: \d+/, 'Public-Lines: 4000000000'))).toBeUndefined();
    expect(only(text.replace(/Public-Lines: \d+/, 'Public-Lines: -1'))).toBeUndefined();
    expect(only(text.replace('Encryption: none', 'Encryption: rot13'))).toBeUndefined();
    expect(only(text.replace(/Private-Lines.*/s, ''))).toBeUndefined();
  });
});
