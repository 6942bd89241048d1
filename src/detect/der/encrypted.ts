/** EncryptedPrivateKeyInfo (RFC 5958 section 3): SEQUENCE { AlgorithmIdentifier, OCTET STRING }. */
import { DerCursor, dottedOid, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';

/** Password-based schemes of RFC 8018 (PKCS#5) and RFC 7292 (PKCS#12). */
const SCHEMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.5.13': 'PBES2',
  '1.2.840.113549.1.5.3': 'PBE-MD5-DES',
  '1.2.840.113549.1.5.6': 'PBE-MD5-RC2-64',
  '1.2.840.113549.1.5.10': 'PBE-SHA1-DES',
  '1.2.840.113549.1.5.11': 'PBE-SHA1-RC2-64',
  '1.2.840.113549.1.12.1.1': 'PBE-SHA1-RC4-128',
  '1.2.840.113549.1.12.1.2': 'PBE-SHA1-RC4-40',
  '1.2.840.113549.1.12.1.3': 'PBE-SHA1-3DES',
  '1.2.840.113549.1.12.1.4': 'PBE-SHA1-2DES',
  '1.2.840.113549.1.12.1.5': 'PBE-SHA1-RC2-128',
  '1.2.840.113549.1.12.1.6': 'PBE-SHA1-RC2-40',
};

const PARTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.5.12': 'PBKDF2',
  '1.3.6.1.4.1.11591.4.11': 'scrypt',
  '2.16.840.1.101.3.4.1.2': 'AES-128-CBC',
  '2.16.840.1.101.3.4.1.22': 'AES-192-CBC',
  '2.16.840.1.101.3.4.1.42': 'AES-256-CBC',
  '2.16.840.1.101.3.4.1.6': 'AES-128-GCM',
  '2.16.840.1.101.3.4.1.46': 'AES-256-GCM',
  '1.2.840.113549.3.7': '3DES-CBC',
  '1.3.14.3.2.7': 'DES-CBC',
  '1.2.840.113549.3.2': 'RC2-CBC',
};

/** The contents octets of all scheme OIDs, for anchors. */
export const ENCRYPTION_SCHEMES = Object.keys(SCHEMES);

/** A key's ciphertext is at least an Ed25519 PrivateKeyInfo, padded to a block. */
const MIN_CIPHERTEXT = 40;

export function parseEncryptedPkcs8(bytes: Uint8Array): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  const algorithm = body.enter(TAG.sequence);
  const scheme = SCHEMES[algorithm.oid()];
  if (scheme === undefined) throw new FormatError('PKCS#8: not encrypted by a known scheme');
  const protection = describe(scheme, algorithm);
  const { content } = body.take(TAG.octetString);
  if (!body.done || content.length < MIN_CIPHERTEXT) throw new FormatError('PKCS#8: no encrypted key');
  const identity = content.slice();
  return { kind: 'encrypted-key', form: 'encrypted PKCS#8 DER', length: outer.end, protection, identity };
}

/** The scheme with the names of its cipher and KDF and the iteration count, as far as they can be read. */
function describe(scheme: string, algorithm: DerCursor): string {
  const parts = [scheme];
  const walk = (cursor: DerCursor, depth: number): void => {
    while (!cursor.done && depth < 6) {
      const tag = cursor.peek;
      if (tag === TAG.sequence) walk(cursor.enter(tag), depth + 1);
      else if (tag === TAG.oid) parts.push(PARTS[dottedOid(cursor.next().content)] ?? '');
      else if (tag === TAG.integer && parts.length > 1 && depth > 1) parts.push(`${cursor.unsigned()} iterations`);
      else cursor.next();
    }
  };
  walk(algorithm, 0);
  return [...new Set(parts.filter((part) => part !== ''))].slice(0, 4).join(', ');
}

/** Contents octets of a dotted OID. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Uint8Array.from(
    [first * 40 + second, ...rest].flatMap((arc) => {
      const groups = [arc & 0x7f];
      for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
        groups.unshift((left & 0x7f) | 0x80);
      return groups;
    }),
  );
}
