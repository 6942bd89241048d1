/**
 * The structure of a PFX (RFC 7292 sections 4 and 5): an authenticated safe of content infos, clear or encrypted,
 * each a sequence of bags with keys and certificates; and a MAC. Nothing is decrypted here.
 */
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { berToDer } from './ber.js';
import { type Encryption, readEncryption } from './encryption.js';
import { type Mac, readMac } from './mac.js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERT_BAG = '1.2.840.113549.1.12.10.1.3';
const SAFE_CONTENTS_BAG = '1.2.840.113549.1.12.10.1.6';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';

/** Context tag 0, constructed: explicit, or implicit around pieces. */
const EXPLICIT_0 = 0xa0;
const IMPLICIT_0 = 0x80;

const MAX_CONTENTS = 64;
const MAX_BAGS = 512;
const MAX_NESTING = 4;

/** A bag that holds a key or a certificate. Contents are views of the input. */
export interface Bag {
  readonly kind: 'key' | 'shrouded' | 'certificate';
  /** PrivateKeyInfo, EncryptedPrivateKeyInfo, or Certificate, in DER. */
  readonly der: Uint8Array;
  /** The attribute that ties a key to its certificate. */
  readonly localKeyId?: Uint8Array;
}

/** SafeContents behind a password. */
export interface EncryptedContents {
  readonly encryption: Encryption;
  readonly ciphertext: Uint8Array;
}

export interface Pfx {
  /** Bytes of the input that the PFX takes. */
  readonly length: number;
  readonly bags: readonly Bag[];
  readonly encrypted: readonly EncryptedContents[];
  readonly mac?: Mac;
  /** What the MAC is computed over. */
  readonly authenticatedSafe: Uint8Array;
}

/** The PFX at index 0, in DER or in BER. FormatError or BoundsError when it is none. */
export function readPfx(bytes: Uint8Array): Pfx {
  try {
    return readDer(bytes, new DerCursor(bytes).header().end);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  const { der, length } = berToDer(bytes);
  return readDer(der, length);
}

function readDer(bytes: Uint8Array, length: number): Pfx {
  const pfx = new DerCursor(bytes).enter(TAG.sequence);
  if (pfx.unsigned() !== 3n) throw new FormatError('PFX version');
  const authenticated = pfx.enter(TAG.sequence);
  // Signed instead of authenticated by a password, PFX is all but unknown.
  if (authenticated.oid() !== DATA) throw new FormatError('PFX content type');
  const authenticatedSafe = authenticated.enter(EXPLICIT_0).take(TAG.octetString).content;
  const bags: Bag[] = [];
  const encrypted: EncryptedContents[] = [];
  const infos = new DerCursor(authenticatedSafe).enter(TAG.sequence);
  for (let i = 0; i < MAX_CONTENTS && !infos.done; i++) {
    const info = infos.enter(TAG.sequence);
    const type = info.oid();
    if (type === DATA) {
      readSafeContents(info.enter(EXPLICIT_0).take(TAG.octetString).content, bags);
    } else if (type === ENCRYPTED_DATA) {
      encrypted.push(readEncryptedData(info.enter(EXPLICIT_0).enter(TAG.sequence)));
    }
  }
  const mac = pfx.done ? undefined : readMac(pfx);
  return { length, bags, encrypted, mac, authenticatedSafe };
}

/** EncryptedData of PKCS#7: version, then content type, algorithm and ciphertext, which BER may hold in pieces. */
function readEncryptedData(data: DerCursor): EncryptedContents {
  data.unsigned();
  const info = data.enter(TAG.sequence);
  info.oid();
  const encryption = readEncryption(info);
  if (info.peek === IMPLICIT_0) return { encryption, ciphertext: info.next().content };
  const pieces = info.enter(EXPLICIT_0);
  const octets: Uint8Array[] = [];
  while (!pieces.done) octets.push(pieces.take(TAG.octetString).content);
  return { encryption, ciphertext: concatBytes(...octets) };
}

/** Appends the bags of SafeContents in DER that hold keys or certificates. */
export function readSafeContents(der: Uint8Array, into: Bag[], nesting = 0): void {
  const contents = new DerCursor(der).enter(TAG.sequence);
  while (!contents.done && into.length < MAX_BAGS) {
    const bag = contents.enter(TAG.sequence);
    const type = bag.oid();
    const value = bag.take(EXPLICIT_0).content;
    const localKeyId = bag.done ? undefined : readLocalKeyId(bag.enter(TAG.set));
    if (type === KEY_BAG) into.push({ kind: 'key', der: value, localKeyId });
    else if (type === SHROUDED_KEY_BAG) into.push({ kind: 'shrouded', der: value, localKeyId });
    else if (type === CERT_BAG) {
      const certificate = new DerCursor(value).enter(TAG.sequence);
      if (certificate.oid() !== X509_CERTIFICATE) continue;
      const octets = certificate.enter(EXPLICIT_0).take(TAG.octetString).content;
      into.push({ kind: 'certificate', der: octets, localKeyId });
    } else if (type === SAFE_CONTENTS_BAG && nesting < MAX_NESTING) {
      readSafeContents(value, into, nesting + 1);
    }
  }
}

function readLocalKeyId(attributes: DerCursor): Uint8Array | undefined {
  while (!attributes.done) {
    const attribute = attributes.enter(TAG.sequence);
    if (attribute.oid() !== LOCAL_KEY_ID) continue;
    return attribute.enter(TAG.set).take(TAG.octetString).content;
  }
  return undefined;
}
