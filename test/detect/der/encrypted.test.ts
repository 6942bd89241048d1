import { describe, expect, it } from 'vitest';
import { parseEncryptedPkcs8 } from '../../../src/detect/der/parse.js';
import { cutEverywhere, fixture, onlyExpected } from '../binary-harness.js';
import { findPlanted } from './support.js';

/** As make.sh asked OpenSSL for. */
const PROTECTION: Readonly<Record<string, string>> = {
  aes256: 'PBES2 aes-256-cbc, PBKDF2, 2048 iterations',
  'aes128-sha1': 'PBES2 aes-128-cbc, PBKDF2, 4096 iterations',
  des3: 'PBES2 des-ede3-cbc, PBKDF2, 2048 iterations',
  scrypt: 'PBES2 aes-256-cbc, scrypt N=1024 r=8 p=1',
  'pkcs12-3des': 'PKCS#12 PBE 3DES, 2048 iterations',
  'pkcs12-rc2': 'PKCS#12 PBE 40-bit RC2, 2048 iterations',
  'pbes1-md5-des': 'PBES1 MD5 DES, 2048 iterations',
};

describe.each(Object.entries(PROTECTION))('a key encrypted with %s', (name, protection) => {
  const der = fixture(`der/encrypted-${name}.der`);

  it('is found with its protection named', () => {
    const found = findPlanted(der, 9);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ from: 0, to: der.length, rule: 'encrypted-private-key', severity: 'medium' });
    expect(found[0]?.evidence).toEqual([`encrypted: ${protection}`]);
  });

  it('is told from others by its ciphertext', () => {
    const prints = [der, fixture('der/encrypted-des3.der')].map((bytes) => findPlanted(bytes)[0]?.fingerprint);
    expect(new Set(prints).size).toBe(name === 'des3' ? 1 : 2);
  });

  it('is none when cut', () => {
    cutEverywhere(der, (cut) => expect(onlyExpected(() => parseEncryptedPkcs8(cut))).toBeUndefined());
  });
});
