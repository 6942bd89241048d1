/**
 * Password-based encryption inside PKCS#12: PBES2 (RFC 8018 section 6.2) and the triple-DES schemes of RFC 7292
 * appendix C. RC2 and RC4 are not decrypted: OpenSSL 3 has them only in its legacy provider.
 */
import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { concatBytes } from '../../bytes/convert.js';
import { type DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { bmpForms, PURPOSE, pkcs12Kdf } from './kdf.js';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';

const CIPHERS: Readonly<Record<string, { readonly name: string; readonly key: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', key: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', key: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', key: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', key: 24 },
};

/** PRFs of PBKDF2: HMAC with SHA-1 is the default. */
const PRFS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** pkcs-12PbeIds, with the bytes of key that they derive; absent ones cannot be decrypted here. */
const PKCS12_PBE: Readonly<Record<string, { readonly name: string; readonly key?: number }>> = {
  '1.2.840.113549.1.12.1.1': { name: 'PKCS#12 PBE 128-bit RC4' },
  '1.2.840.113549.1.12.1.2': { name: 'PKCS#12 PBE 40-bit RC4' },
  '1.2.840.113549.1.12.1.3': { name: 'PKCS#12 PBE 3DES', key: 24 },
  '1.2.840.113549.1.12.1.4': { name: 'PKCS#12 PBE two-key 3DES', key: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'PKCS#12 PBE 128-bit RC2' },
  '1.2.840.113549.1.12.1.6': { name: 'PKCS#12 PBE 40-bit RC2' },
};

export interface Encryption {
  /** Cipher and key derivation, for people. */
  readonly name: string;
  readonly iterations: number;
  /** Plaintexts that the forms of the password give, with good padding. Absent: cannot be decrypted here. */
  readonly decrypt?: (ciphertext: Uint8Array, password: string) => Uint8Array[];
}

/** Reads the AlgorithmIdentifier at the cursor. An unknown algorithm has its OID for a name. */
export function readEncryption(cursor: DerCursor): Encryption {
  const algorithm = cursor.enter(TAG.sequence);
  const oid = algorithm.oid();
  if (oid === PBES2) return readPbes2(algorithm.enter(TAG.sequence));
  const pbe = PKCS12_PBE[oid];
  if (pbe === undefined) return { name: oid, iterations: 0 };
  const parameters = algorithm.enter(TAG.sequence);
  const salt = parameters.take(TAG.octetString).content.slice();
  const iterations = count(parameters);
  const { name, key: keyLength } = pbe;
  if (keyLength === undefined) return { name, iterations };
  return {
    name,
    iterations,
    decrypt: (ciphertext, password) =>
      bmpForms(password).flatMap((bmp) => {
        const derived = pkcs12Kdf('sha1', bmp, salt, PURPOSE.key, iterations, keyLength);
        const key = keyLength === 16 ? concatBytes(derived, derived.subarray(0, 8)) : derived;
        const iv = pkcs12Kdf('sha1', bmp, salt, PURPOSE.iv, iterations, 8);
        return decipher('des-ede3-cbc', key, iv, ciphertext);
      }),
  };
}

function readPbes2(parameters: DerCursor): Encryption {
  const derivation = parameters.enter(TAG.sequence);
  const kdf = derivation.oid();
  if (kdf !== PBKDF2) return { name: `PBES2, ${kdf}`, iterations: 0 };
  const pbkdf2 = derivation.enter(TAG.sequence);
  const salt = pbkdf2.take(TAG.octetString).content.slice();
  const iterations = count(pbkdf2);
  pbkdf2.takeIf(TAG.integer);
  const prf = pbkdf2.done ? 'sha1' : PRFS[pbkdf2.enter(TAG.sequence).oid()];
  const scheme = parameters.enter(TAG.sequence);
  const cipherOid = scheme.oid();
  const cipher = CIPHERS[cipherOid];
  const name = `PBES2 ${cipher?.name ?? cipherOid}, PBKDF2`;
  if (cipher === undefined || prf === undefined) return { name, iterations };
  const iv = scheme.take(TAG.octetString).content.slice();
  return {
    name,
    iterations,
    decrypt: (ciphertext, password) =>
      decipher(cipher.name, pbkdf2Sync(password, salt, iterations, cipher.key, prf), iv, ciphertext),
  };
}

/** A number of iterations: at least one, at most 2^31. */
function count(cursor: DerCursor): number {
  const iterations = Number(cursor.unsigned());
  if (iterations < 1 || iterations > 0x7fffffff) throw new FormatError('number of iterations');
  return iterations;
}

/** No result where the padding shows that the key is another one, or the vector has a wrong size. */
function decipher(name: string, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array[] {
  try {
    const cipher = createDecipheriv(name, key, iv);
    // A copy: the ciphertext may lie in shared memory.
    return [concatBytes(cipher.update(ciphertext.slice()), cipher.final())];
  } catch {
    return [];
  }
}
