/**
 * How Java keystores protect themselves and their keys: sun.security.provider.KeyProtector (JKS),
 * com.sun.crypto.provider.KeyProtector and PBES1Core (JCEKS).
 */
import { createDecipheriv, createHash } from 'node:crypto';
import { md5 } from '@noble/hashes/legacy.js';
import { concatBytes, equalBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';

/** Both are numbers of Sun, 1.3.6.1.4.1.42. */
const JKS_KEY_PROTECTOR = '1.3.6.1.4.1.42.2.17.1.1';
const PBE_WITH_MD5_AND_DES3_CBC = '1.3.6.1.4.1.42.2.19.1';

const DIGEST_LENGTH = 20;

export type ProtectedKey =
  | { readonly scheme: 'JKS'; readonly ciphertext: Uint8Array }
  | {
      readonly scheme: 'JCEKS';
      readonly ciphertext: Uint8Array;
      /** Eight bytes. */
      readonly salt: Uint8Array;
      readonly iterations: number;
    };

/** EncryptedPrivateKeyInfo: an algorithm with its parameters, and an OCTET STRING. */
export function readProtectedKey(der: Uint8Array): ProtectedKey {
  const info = new DerCursor(der).enter(TAG.sequence);
  const algorithm = info.enter(TAG.sequence);
  const oid = algorithm.oid();
  const ciphertext = info.take(TAG.octetString).content;
  if (oid === JKS_KEY_PROTECTOR) {
    if (ciphertext.length <= 2 * DIGEST_LENGTH) throw new FormatError('JKS key is too short');
    return { scheme: 'JKS', ciphertext };
  }
  if (oid !== PBE_WITH_MD5_AND_DES3_CBC) throw new FormatError('unknown protection of a Java key');
  const parameters = algorithm.enter(TAG.sequence);
  const salt = parameters.take(TAG.octetString).content;
  const iterations = Number(parameters.unsigned());
  if (salt.length !== 8 || iterations > 0xffffffff) throw new FormatError('JCEKS parameters');
  return { scheme: 'JCEKS', ciphertext, salt, iterations };
}

/** The PKCS#8 bytes; undefined when the password is another one. */
export function openProtectedKey(key: ProtectedKey, password: string): Uint8Array | undefined {
  return key.scheme === 'JKS' ? openJks(key.ciphertext, password) : openJceks(key, password);
}

/** The digest at the store's end: SHA-1 over the password, a phrase, and what stands before. */
export function storeDigest(content: Uint8Array, password: string): Uint8Array {
  return createHash('sha1').update(utf16be(password)).update('Mighty Aphrodite', 'latin1').update(content).digest();
}

/** 20 bytes of salt, the key XOR a stream of chained SHA-1 values, and the SHA-1 of password and key. */
function openJks(ciphertext: Uint8Array, password: string): Uint8Array | undefined {
  const secret = utf16be(password);
  const sha1 = (bytes: Uint8Array) => createHash('sha1').update(secret).update(bytes).digest();
  const end = ciphertext.length - DIGEST_LENGTH;
  const plain = ciphertext.slice(DIGEST_LENGTH, end);
  let chain: Uint8Array = ciphertext.subarray(0, DIGEST_LENGTH);
  for (let i = 0; i < plain.length; i++) {
    if (i % DIGEST_LENGTH === 0) {
      chain = sha1(chain);
      // All keys are PKCS#8: with a wrong password the very first byte is another one, mostly.
      if (i === 0 && ((plain[0] as number) ^ (chain[0] as number)) !== TAG.sequence) return undefined;
    }
    plain[i] = (plain[i] as number) ^ (chain[i % DIGEST_LENGTH] as number);
  }
  return equalBytes(sha1(plain), ciphertext.subarray(end)) ? plain : undefined;
}

/** Each half of the salt is hashed with the password on and on; both results give the key and the vector of 3DES. */
function openJceks(
  { ciphertext, salt, iterations }: Extract<ProtectedKey, { scheme: 'JCEKS' }>,
  password: string,
): Uint8Array | undefined {
  const secret = Buffer.from(password, 'latin1');
  const derived = [salt.slice(0, 4), salt.slice(4)].map((half) => {
    let value: Uint8Array = half;
    for (let i = 0; i < iterations; i++) value = md5(concatBytes(value, secret));
    return value;
  });
  const bytes = concatBytes(...derived);
  try {
    const decipher = createDecipheriv('des-ede3-cbc', bytes.subarray(0, 24), bytes.subarray(24));
    return concatBytes(decipher.update(ciphertext.slice()), decipher.final());
  } catch {
    return undefined;
  }
}

function utf16be(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16();
}
