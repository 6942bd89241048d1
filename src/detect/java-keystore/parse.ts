/**
 * Java keystores JKS and JCEKS, versions 1 and 2 (sun.security.provider.JavaKeyStore and
 * com.sun.crypto.provider.JceKeyStore of OpenJDK): magic, version, count; each entry with tag, alias and date; a SHA-1
 * digest over a password and all that stands before.
 */
import { checkedSize } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import { DataInput } from './data-input.js';

export type StoreType = 'JKS' | 'JCEKS';

export interface PrivateKeyEntry {
  /** EncryptedPrivateKeyInfo, in DER. */
  readonly encryptedKey: Uint8Array;
  /** X.509 certificates in DER, the key's own first. */
  readonly chain: readonly Uint8Array[];
}

export interface JavaKeystore {
  readonly type: StoreType;
  readonly privateKeys: readonly PrivateKeyEntry[];
  readonly trusted: readonly Uint8Array[];
  /** Symmetric keys, which are serialised and encrypted. */
  readonly secretKeys: number;
  /** Bytes of the whole store, or up to where it was read. */
  readonly length: number;
  /** Index of the digest; undefined when the store is cut or damaged before it. */
  readonly digestAt?: number;
}

const MAGICS: ReadonlyMap<number, StoreType> = new Map([
  [0xfeedfeed, 'JKS'],
  [0xcececece, 'JCEKS'],
]);

const PRIVATE_KEY = 1;
const TRUSTED_CERTIFICATE = 2;
const SECRET_KEY = 3;

const MAX_ENTRIES = 4096;
const MAX_KEY = 64 * 1024;
const MAX_CERTIFICATE = 64 * 1024;
const MAX_CHAIN = 32;

/** How far the serialised object of a secret key may reach. */
const MAX_SEALED = 8 * 1024;

const DIGEST_LENGTH = 20;

/** The store at index 0. FormatError or BoundsError when it has no entry that can be read. */
export function readJavaKeystore(bytes: Uint8Array): JavaKeystore {
  const input = new DataInput(bytes);
  const type = MAGICS.get(input.u32());
  const version = input.u32();
  if (type === undefined || (version !== 1 && version !== 2)) throw new FormatError('Java keystore header');
  const count = checkedSize(input.u32(), MAX_ENTRIES, 'Java keystore entries');
  const privateKeys: PrivateKeyEntry[] = [];
  const trusted: Uint8Array[] = [];
  let secretKeys = 0;
  let length = input.position;
  try {
    for (let i = 0; i < count; i++) {
      const tag = readEntryHead(input);
      if (tag === PRIVATE_KEY) privateKeys.push(readPrivateKey(input, version));
      else if (tag === TRUSTED_CERTIFICATE) trusted.push(readCertificate(input, version));
      else {
        secretKeys += 1;
        input.take(sealedLength(bytes, input.position, i === count - 1));
      }
      length = input.position;
    }
    input.take(DIGEST_LENGTH);
  } catch (error) {
    if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
    if (privateKeys.length + trusted.length === 0) throw error;
    return { type, privateKeys, trusted, secretKeys, length };
  }
  return { type, privateKeys, trusted, secretKeys, length: input.position, digestAt: length };
}

/** Tag, alias and date of creation (milliseconds since 1970). */
function readEntryHead(input: DataInput): number {
  const tag = input.u32();
  if (tag < PRIVATE_KEY || tag > SECRET_KEY) throw new FormatError('Java keystore tag');
  const alias = input.utf();
  if (alias.length > 1024 || alias.some((byte) => byte < 0x20)) throw new FormatError('Java keystore alias');
  // Until the year 2514.
  if (input.u16() !== 0 || input.u16() > 0xfff) throw new FormatError('Java keystore date');
  input.u32();
  return tag;
}

function readPrivateKey(input: DataInput, version: number): PrivateKeyEntry {
  const encryptedKey = input.counted(MAX_KEY, 'Java keystore key');
  const chainLength = checkedSize(input.u32(), MAX_CHAIN, 'Java keystore chain');
  const chain: Uint8Array[] = [];
  try {
    for (let i = 0; i < chainLength; i++) chain.push(readCertificate(input, version));
  } catch (error) {
    // The key counts also when its chain is cut; the entries after it cannot be found then.
    if (!(error instanceof BoundsError)) throw error;
  }
  return { encryptedKey, chain };
}

/** Version 2 says the type; version 1 knows only X.509. */
function readCertificate(input: DataInput, version: number): Uint8Array {
  if (version === 2 && Buffer.from(input.utf()).toString('latin1') !== 'X.509') {
    throw new FormatError('Java keystore certificate type');
  }
  return input.counted(MAX_CERTIFICATE, 'Java keystore certificate');
}

/**
 * A secret key is a serialised Java object whose length is nowhere stored: it ends where the next entry begins. For the
 * last one, its end is taken from the name of the sealing algorithm, which stands last.
 */
function sealedLength(bytes: Uint8Array, at: number, last: boolean): number {
  const input = new DataInput(bytes, at);
  if (input.u32() !== 0xaced0005) throw new FormatError('Java serialisation header');
  if (last) {
    const end = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(MAX_SEALED, bytes.length - at));
    const name = end.lastIndexOf(SEALING_ALGORITHM, undefined, 'latin1');
    if (name < 0) throw new FormatError('sealed object');
    return name + SEALING_ALGORITHM.length;
  }
  for (let length = 4; length < MAX_SEALED; length++) {
    if (startsEntry(bytes, at + length)) return length;
  }
  throw new FormatError('sealed object');
}

const SEALING_ALGORITHM = 'PBEWithMD5AndTripleDES';

function startsEntry(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 0) return false;
  try {
    const input = new DataInput(bytes, at);
    const tag = readEntryHead(input);
    if (tag === SECRET_KEY) return input.u32() === 0xaced0005;
    if (tag === TRUSTED_CERTIFICATE) return input.u16() === 5;
    input.u32();
    return input.take(1)[0] === 0x30;
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return false;
    throw error;
  }
}
