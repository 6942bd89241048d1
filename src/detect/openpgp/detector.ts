/**
 * OpenPGP secret key packets in binary. A packet has no fixed magic, so the anchors stand inside: a curve's OID, an RSA
 * exponent with the S2K usage octet after it, the S2K fields, or, where all keys of an algorithm are equally long, the
 * header. From there the way leads back to the packet's header.
 */
import { BoundsError, FormatError } from '../../errors.js';
import { type Anchor, type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { CURVES } from './curves.js';
import { isKeyAlgorithm, readRsaSecret } from './key-material.js';
import { Octets } from './octets.js';
import { findSecretKeyPacket } from './packet.js';
import { walkSecretKeys } from './parse.js';
import { checksumHolds, MAX_KEY_PACKET, readPublicPart } from './secret-key.js';

const RULE = 'openpgp-secret-key';

/** Packets that are walked from a key on, to meet the subkeys that have no anchor of their own. */
const FOLLOWING_PACKETS = 32;

/** Public numbers before an S2K usage octet: three of 6144 bits and what belongs to them. */
const MAX_PUBLIC_PART = 2400;

/** The multiprecision integers of public exponents: 65537, and the 17 and 41 of early programs. */
const EXPONENTS: readonly string[] = ['0011010001', '000511', '000629'];
const COMMON_EXPONENT = '0011010001';

/** AES-128, AES-256 and CAST5 with iterated S2K over SHA-1, SHA-256 or SHA-512, as GnuPG and others write. */
const S2K_FIELDS: readonly string[] = ['07', '09', '03'].flatMap((cipher) =>
  ['02', '08', '0a'].map((hash) => `fe${cipher}03${hash}`),
);

/** Old-format headers of unprotected DSA keys of 1024/160, 2048/256 and 3072/256 bits, up to two octets shorter. */
const DSA_HEADERS: readonly string[] = [0x1bb, 0x353, 0x4d3].flatMap((length) =>
  [0, 1, 2].map((missing) => `950${(length - missing).toString(16)}04`),
);

/** New-format headers of unprotected version 4 keys with algorithms 25 and 27, made from 2024 (0x66…) to 2030. */
const NATIVE_HEADERS: readonly string[] = ['c549', 'c749'].flatMap((header) =>
  ['66', '67', '68', '69', '6a', '6b', '6c', '6d', '6e', '6f', '70', '71'].map((time) => `${header}04${time}`),
);

/** Version 6 keys with algorithms 25 to 28: the algorithm and the length of the public numbers. */
const NATIVE_LENGTHS: readonly string[] = ['1900000020', '1a00000038', '1b00000020', '1c00000039'];

export const openPgpDetector: Detector = {
  name: 'openpgp',
  anchors: [
    ...CURVES.map(({ oid }): Anchor => hexAnchor(`${(oid.length / 2).toString(16).padStart(2, '0')}${oid}`, 'curve')),
    ...EXPONENTS.flatMap((exponent) => ['fd', 'fe', 'ff'].map((usage) => hexAnchor(exponent + usage, 'exponent'))),
    hexAnchor(`${COMMON_EXPONENT}00`, 'exponent'),
    ...S2K_FIELDS.map((fields) => hexAnchor(fields, 's2k')),
    ...[...DSA_HEADERS, ...NATIVE_HEADERS].map((header) => hexAnchor(header, 'header')),
    ...NATIVE_LENGTHS.map((length) => hexAnchor(length, 'native')),
  ],
  detect(hit: Hit, sink: Sink): void {
    const packetAt = locatePacket(hit);
    if (packetAt === undefined) {
      if (hit.anchor.tag === 'exponent') recoverRsa(hit, sink);
      return;
    }
    for (const { at, secret } of walkSecretKeys(hit.bytes, packetAt, FOLLOWING_PACKETS)) {
      sink.secret(RULE, at, at + secret.length, secret);
    }
  },
};

/** Index of the header of the packet in which the anchor stands. */
function locatePacket({ bytes, at, anchor }: Hit): number | undefined {
  switch (anchor.tag) {
    case 'header':
      return at;
    case 'curve':
      // The algorithm stands right before the OID's length, or, from version 5 on, before a count of four octets.
      return packetOfNumbers(bytes, at, isCurveAlgorithm);
    case 'native':
      return packetOfNumbers(bytes, at + 5, isKeyAlgorithm);
    case 'exponent':
      return packetOfModulus(bytes, at);
    default:
      return packetOfUsage(bytes, at);
  }
}

function isCurveAlgorithm(algorithm: number): boolean {
  return algorithm === 18 || algorithm === 19 || algorithm === 22;
}

/** Header of the packet whose public numbers begin at `start`. */
function packetOfNumbers(
  bytes: Uint8Array,
  start: number,
  hasAlgorithm: (algorithm: number) => boolean,
): number | undefined {
  if (hasAlgorithm(bytes[start - 1] ?? 0)) {
    const v4 = bytes[start - 6] === 4 ? findSecretKeyPacket(bytes, start - 6) : undefined;
    if (v4 !== undefined) return v4;
    const version = bytes[start - 8];
    if (version === 3 || version === 2) return findSecretKeyPacket(bytes, start - 8);
  }
  if (!hasAlgorithm(bytes[start - 5] ?? 0)) return undefined;
  const version = bytes[start - 10];
  return version === 5 || version === 6 ? findSecretKeyPacket(bytes, start - 10) : undefined;
}

/** The modulus ends at `end`: its bit count, at a distance that it must itself tell, comes first of the numbers. */
function packetOfModulus(bytes: Uint8Array, end: number): number | undefined {
  for (let length = 64; length <= 2048 && length + 8 <= end; length++) {
    const start = end - length - 2;
    const bits = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
    if ((bits + 7) >> 3 !== length) continue;
    const packet = packetOfNumbers(bytes, start, (algorithm) => algorithm >= 1 && algorithm <= 3);
    if (packet !== undefined) return packet;
  }
  return undefined;
}

/** The packet whose public part ends at the usage octet at `end`. Exponents have anchors of their own. */
function packetOfUsage(bytes: Uint8Array, end: number): number | undefined {
  if (EXPONENTS.some((exponent) => endsWith(bytes, end, exponent))) return undefined;
  for (let start = end - 8; start >= Math.max(2, end - MAX_PUBLIC_PART); start--) {
    if (bytes[start] !== 4 || !isKeyAlgorithm(bytes[start + 5] as number)) continue;
    const packet = findSecretKeyPacket(bytes, start);
    if (packet !== undefined && publicPartEndsAt(bytes, start, end)) return packet;
  }
  return undefined;
}

function publicPartEndsAt(bytes: Uint8Array, start: number, end: number): boolean {
  try {
    const octets = new Octets(bytes.subarray(0, end), start);
    readPublicPart(octets);
    return octets.position === end;
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return false;
    throw error;
  }
}

function endsWith(bytes: Uint8Array, end: number, digits: string): boolean {
  const length = digits.length / 2;
  for (let i = 0; i < length; i++) {
    if (bytes[end - length + i] !== Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)) return false;
  }
  return true;
}

/**
 * An unprotected RSA key whose packet header is gone: freed heap blocks lose their first bytes. From the exponent on
 * everything is there, and n is the product of the primes.
 */
function recoverRsa({ bytes, at, anchor }: Hit, sink: Sink): void {
  const usageAt = at + anchor.literal.length - 1;
  if (bytes[usageAt] !== 0) return;
  const octets = new Octets(bytes.subarray(0, at + MAX_KEY_PACKET), usageAt + 1);
  const key = { ...readRsaSecret(octets), e: 65537n };
  if (key.p === undefined || key.q === undefined || !checksumHolds(4, octets, usageAt + 1)) return;
  const length = octets.position - at;
  const checked = 'OpenPGP checksum holds';
  const secret = { kind: 'private-key', form: 'OpenPGP secret key', length, key, whole: false, checked } as const;
  sink.secret(RULE, at, at + length, secret);
}
