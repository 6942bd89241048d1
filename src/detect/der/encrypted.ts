/** EncryptedPrivateKeyInfo (RFC 5958 section 3): SEQUENCE { AlgorithmIdentifier, OCTET STRING }. */
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { ifWellFormed } from './whole.js';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** JKS: SHA-1 in a chain, with neither salt nor count in the parameters (KeyProtector of OpenJDK). */
const JKS = '1.3.6.1.4.1.42.2.17.1.1';

/** Password-based schemes of RFC 8018 (PKCS#5), RFC 7292 (PKCS#12) and Sun's key stores. */
const SCHEMES: Readonly<Record<string, string>> = {
  [PBES2]: 'PBES2',
  '1.2.840.113549.1.5.1': 'PBES1 MD2 DES',
  '1.2.840.113549.1.5.3': 'PBES1 MD5 DES',
  '1.2.840.113549.1.5.4': 'PBES1 MD2 RC2',
  '1.2.840.113549.1.5.6': 'PBES1 MD5 RC2',
  '1.2.840.113549.1.5.10': 'PBES1 SHA-1 DES',
  '1.2.840.113549.1.5.11': 'PBES1 SHA-1 RC2',
  '1.2.840.113549.1.12.1.1': 'PKCS#12 PBE 128-bit RC4',
  '1.2.840.113549.1.12.1.2': 'PKCS#12 PBE 40-bit RC4',
  '1.2.840.113549.1.12.1.3': 'PKCS#12 PBE 3DES',
  '1.2.840.113549.1.12.1.4': 'PKCS#12 PBE two-key 3DES',
  '1.2.840.113549.1.12.1.5': 'PKCS#12 PBE 128-bit RC2',
  '1.2.840.113549.1.12.1.6': 'PKCS#12 PBE 40-bit RC2',
  [JKS]: 'JKS key protection',
  '1.3.6.1.4.1.42.2.19.1': 'JCEKS PBE MD5 3DES',
};

/** The dotted OIDs of all schemes, for anchors. */
export const ENCRYPTION_SCHEMES = Object.keys(SCHEMES);

const CIPHERS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.1.2': 'aes-128-cbc',
  '2.16.840.1.101.3.4.1.22': 'aes-192-cbc',
  '2.16.840.1.101.3.4.1.42': 'aes-256-cbc',
  '2.16.840.1.101.3.4.1.6': 'aes-128-gcm',
  '2.16.840.1.101.3.4.1.26': 'aes-192-gcm',
  '2.16.840.1.101.3.4.1.46': 'aes-256-gcm',
  '1.2.392.200011.61.1.1.1.2': 'camellia-128-cbc',
  '1.2.392.200011.61.1.1.1.4': 'camellia-256-cbc',
  '1.2.840.113549.3.7': 'des-ede3-cbc',
  '1.2.840.113549.3.2': 'rc2-cbc',
  '1.3.14.3.2.7': 'des-cbc',
};

/** A key's ciphertext is at least an Ed25519 PrivateKeyInfo of 48 bytes. */
const MIN_CIPHERTEXT = 40;

/** Bytes may follow: `length` tells how many the structure takes. Throws FormatError. */
export function parseEncryptedPkcs8(bytes: Uint8Array): ParsedSecret {
  const { end } = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  const algorithm = body.enter(TAG.sequence);
  const oid = algorithm.oid();
  const scheme = SCHEMES[oid];
  if (scheme === undefined) throw new FormatError('PKCS#8: not encrypted by a known scheme');
  const { content } = body.take(TAG.octetString);
  if (!body.done || content.length < MIN_CIPHERTEXT) throw new FormatError('PKCS#8: no encrypted key');
  const protection = oid === JKS ? scheme : describe(oid, scheme, algorithm.enter(TAG.sequence));
  const identity = content.slice();
  return { kind: 'encrypted-key', form: 'encrypted PKCS#8 DER', length: end, protection, identity };
}

function describe(oid: string, scheme: string, parameters: DerCursor): string {
  return oid === PBES2 ? describePbes2(parameters) : `${scheme}, ${describeSaltAndCount(parameters)}`;
}

/** PBES2-params (RFC 8018 appendix A.4): key derivation, then encryption. */
function describePbes2(parameters: DerCursor): string {
  const derivation = parameters.enter(TAG.sequence);
  const kdf = derivation.oid();
  const cipher = parameters.enter(TAG.sequence).oid();
  const details = ifWellFormed(() => describeKdf(kdf, derivation)) ?? kdf;
  return `PBES2 ${CIPHERS[cipher] ?? cipher}, ${details}`;
}

function describeKdf(kdf: string, derivation: DerCursor): string {
  if (kdf === PBKDF2) return `PBKDF2, ${describeSaltAndCount(derivation.enter(TAG.sequence))}`;
  if (kdf !== SCRYPT) return kdf;
  // RFC 7914 section 7.1: salt, N, r, p
  const parameters = derivation.enter(TAG.sequence);
  parameters.take(TAG.octetString);
  const [n, r, p] = [count(parameters), count(parameters), count(parameters)];
  return `scrypt N=${n} r=${r} p=${p}`;
}

/** PBEParameter and the beginning of PBKDF2-params: salt, iterationCount. */
function describeSaltAndCount(parameters: DerCursor): string {
  parameters.take(TAG.octetString);
  return `${count(parameters)} iterations`;
}

function count(cursor: DerCursor): bigint {
  const value = cursor.unsigned();
  if (value > 0xffff_ffffn) throw new FormatError('PKCS#8: no such number of iterations');
  return value;
}

/** Contents octets of a dotted OID (X.690 section 8.19). */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Uint8Array.from([first * 40 + second, ...rest].flatMap(base128));
}

function base128(arc: number): number[] {
  const groups = [arc & 0x7f];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80);
  return groups;
}
