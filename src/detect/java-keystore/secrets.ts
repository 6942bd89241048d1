/** What a Java keystore gives away: each private key, decrypted where a well-known default password opens it. */

import { equalBytes } from '../../bytes/convert.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { parsePkcs8 } from '../der/parse.js';
import { publicKeyOfCertificate } from '../pkcs12/certificate-key.js';
import { DEFAULT_PASSWORDS, MAX_TRIED_ITERATIONS, OPENED_NOTE, untriedNote } from '../pkcs12/default-passwords.js';
import { type JavaKeystore, type PrivateKeyEntry, readJavaKeystore } from './parse.js';
import { openProtectedKey, type ProtectedKey, readProtectedKey, storeDigest } from './protection.js';

/** Larger stores are not hashed for each password; their keys are tried one by one all the same. */
const MAX_DIGESTED = 128 * 1024;

const PROTECTION = {
  JKS: 'JKS SHA-1 keystream',
  JCEKS: 'JCEKS PBEWithMD5AndTripleDES',
} as const;

/** The private keys of the store at index 0. FormatError or BoundsError when it is none. */
export function parseJavaKeystore(bytes: Uint8Array): ParsedSecret[] {
  return secretsOfKeystore(bytes, readJavaKeystore(bytes));
}

export function secretsOfKeystore(bytes: Uint8Array, store: JavaKeystore): ParsedSecret[] {
  if (store.privateKeys.length === 0) return [];
  const password = storePassword(bytes, store);
  return store.privateKeys.flatMap((entry) => entrySecret(entry, store, password) ?? []);
}

/** The default password to which the store's digest fits. */
function storePassword(bytes: Uint8Array, { digestAt }: JavaKeystore): string | undefined {
  if (digestAt === undefined || digestAt > MAX_DIGESTED) return undefined;
  const content = bytes.slice(0, digestAt);
  const digest = bytes.subarray(digestAt, digestAt + 20);
  return DEFAULT_PASSWORDS.find((password) => equalBytes(storeDigest(content, password), digest));
}

function entrySecret(
  { encryptedKey, chain }: PrivateKeyEntry,
  store: JavaKeystore,
  password: string | undefined,
): ParsedSecret | undefined {
  const key = ifWellFormed(() => readProtectedKey(encryptedKey));
  if (key === undefined) return undefined;
  const form = `${store.type} keystore`;
  const notes: string[] = [];
  if (password !== undefined) notes.push(`keystore ${OPENED_NOTE}`);
  const passwords = password === undefined ? DEFAULT_PASSWORDS : [password];
  if (key.scheme === 'JCEKS' && key.iterations > MAX_TRIED_ITERATIONS) notes.push(untriedNote(key.iterations));
  // A derivation that costs more than a few hashes is done only with the password that the store's digest proves.
  else if (key.scheme === 'JKS' || password !== undefined) {
    const opened = open(key, passwords);
    if (opened) return { ...opened, form: `${form} ${opened.form}`, length: store.length, notes: [OPENED_NOTE] };
  }
  const own = chain[0];
  return {
    kind: 'encrypted-key',
    form,
    length: store.length,
    protection: PROTECTION[key.scheme],
    publicKey: own && publicKeyOfCertificate(own),
    identity: key.ciphertext.slice(0, 256),
    notes,
  };
}

function open(key: ProtectedKey, passwords: readonly string[]): ParsedSecret | undefined {
  for (const password of passwords) {
    const pkcs8 = openProtectedKey(key, password);
    const secret = pkcs8 && ifWellFormed(() => parsePkcs8(pkcs8));
    if (secret) return secret;
  }
  return undefined;
}

/** The result, or undefined where the bytes turn out to be malformed. */
function ifWellFormed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}
