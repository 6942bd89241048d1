/**
 * Secret keys of minisign and of OpenBSD's signify: one line of base64 with fixed offsets.
 *
 * minisign (SeckeyStruct in minisign.h), 158 bytes: "Ed", kdf "Sc" or zeros, "B2", salt 32, opslimit 8, memlimit 8
 * (little-endian), key number 8, seed and public key 64, BLAKE2b-256 checksum 32. With scrypt the last three are
 * XORed with its output.
 *
 * signify (struct enckey in signify.c), 104 bytes: "Ed", "BK", rounds 4 (big-endian), salt 16, checksum 8 (start of
 * SHA-512 of the key), key number 8, seed and public key 64. With rounds above zero the key is XORed with the output
 * of bcrypt_pbkdf.
 */
import { createHash } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { decodeBase64, isBase64Digit } from '../../bytes/base64.js';
import { concatBytes, equalBytes } from '../../bytes/convert.js';
import { Fields } from '../../bytes/read.js';
import type { ParsedSecret } from '../../types.js';
import type { Detector } from '../detector.js';
import { startsBody } from './base64-body.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

const MINISIGN_BYTES = 158;
const SIGNIFY_BYTES = 104;
const SIGNIFY = 'signify';

export const minisignDetector: Detector = textDetector(
  'minisign',
  [
    ...namedTextAnchors('RWRTY0Iy'), // Ed Sc B2: encrypted
    ...namedTextAnchors('RWQAAEIy'), // Ed 00 00 B2: not encrypted
    ...namedTextAnchors('RWRCSwAA', SIGNIFY), // Ed BK, less than 65536 rounds
  ],
  (text, sink) => {
    const { view, at, name } = text;
    const size = name === SIGNIFY ? SIGNIFY_BYTES : MINISIGN_BYTES;
    // Both sizes leave one padding character, which may be missing.
    const to = at + Math.ceil((size * 8) / 6);
    if (!startsBody(view, at) || isBase64Digit(view.code(to))) return;
    const bytes = decodeBase64(view.slice(at, to));
    if (bytes?.length !== size) return;
    const secret = name === SIGNIFY ? parseSignify(bytes) : parseMinisign(bytes);
    sink.secret('minisign-secret-key', view.byteIndex(at), view.byteIndex(to), secret);
  },
);

function parseMinisign(bytes: Uint8Array): ParsedSecret {
  const form = 'minisign secret key';
  if (bytes[2] !== 0)
    return { kind: 'encrypted-key', form, length: bytes.length, protection: 'scrypt', identity: bytes };
  const checksum = blake2b(concatBytes(bytes.subarray(0, 2), bytes.subarray(54, 126)), { dkLen: 32 });
  return plainKey(form, bytes, 62, equalBytes(checksum, bytes.subarray(126)) && 'the BLAKE2b checksum matches');
}

function parseSignify(bytes: Uint8Array): ParsedSecret {
  const form = 'signify secret key';
  const rounds = new Fields(bytes, false).u32(4);
  if (rounds > 0) {
    const protection = `bcrypt_pbkdf, ${rounds} rounds`;
    return { kind: 'encrypted-key', form, length: bytes.length, protection, identity: bytes };
  }
  const checksum = createHash('sha512').update(bytes.subarray(40)).digest().subarray(0, 8);
  return plainKey(form, bytes, 40, equalBytes(checksum, bytes.subarray(24, 32)) && 'the SHA-512 checksum matches');
}

/** Ed25519 seed and public key at `at`. */
function plainKey(form: string, bytes: Uint8Array, at: number, checked: string | false): ParsedSecret {
  return {
    kind: 'private-key',
    form,
    length: bytes.length,
    key: {
      type: 'okp',
      curve: 'Ed25519',
      secret: bytes.slice(at, at + 32),
      publicKey: bytes.slice(at + 32, at + 64),
    },
    whole: true,
    ...(checked && { checked }),
  };
}
