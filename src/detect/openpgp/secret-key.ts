/** The body of a Secret-Key or Secret-Subkey packet (RFC 9580 sections 5.5.2 and 5.5.3), versions 2 to 6. */
import { concatBytes } from '../../bytes/convert.js';
import { checkedSize } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { isKeyAlgorithm, type KeyMaterial, readKeyMaterial } from './key-material.js';
import { Octets } from './octets.js';
import { type PacketHeader, SECRET_SUBKEY } from './packet.js';
import { readProtection } from './protection.js';

const CUT = 'structure cut or damaged';

/** A ciphertext holds at least a 32-byte number and a checksum. */
const MIN_CIPHERTEXT = 32;

/** Key packets are a few kilobytes, also with post-quantum keys. */
export const MAX_KEY_PACKET = 64 * 1024;

export interface PublicPart {
  readonly version: number;
  readonly material: KeyMaterial;
}

/** Reads from the version octet to the end of the public numbers, where the S2K usage octet stands. */
export function readPublicPart(octets: Octets): PublicPart {
  const version = octets.u8();
  if (version < 2 || version > 6) throw new FormatError('OpenPGP key version');
  octets.u32();
  // Versions 2 and 3 give the days until the key expires.
  if (version <= 3) octets.u16();
  const algorithm = octets.u8();
  if (!isKeyAlgorithm(algorithm)) throw new FormatError('OpenPGP algorithm');
  const declared = version >= 5 ? checkedSize(octets.u32(), MAX_KEY_PACKET, 'OpenPGP public key') : undefined;
  const start = octets.position;
  const material = readKeyMaterial(algorithm, octets);
  if (declared !== undefined && octets.position - start !== declared) throw new FormatError('OpenPGP key length');
  return { version, material };
}

/**
 * The secret of the packet whose header is given. `length` of the result counts from the packet's header at `at` to the
 * packet's end. Undefined where no secret is to report: dummies of GnuPG, ElGamal. FormatError or BoundsError when
 * the body is none; a cut one gives what is there when it may be proven.
 */
export function readSecretKey(bytes: Uint8Array, at: number, header: PacketHeader): ParsedSecret | undefined {
  const bodyLength = checkedSize(header.bodyLength, MAX_KEY_PACKET, 'OpenPGP key packet');
  const end = header.bodyAt + bodyLength;
  const cut = end > bytes.length;
  const octets = new Octets(bytes.subarray(0, end), header.bodyAt);
  const { version, material } = readPublicPart(octets);
  const protection = readProtection(version, octets);
  if (protection.kind === 'absent') return undefined;
  const form = `OpenPGP v${version} secret ${header.tag === SECRET_SUBKEY ? 'subkey' : 'key'}`;
  const length = Math.min(end, bytes.length) - at;
  if (protection.kind === 'encrypted') {
    if (octets.left < MIN_CIPHERTEXT) throw new BoundsError('OpenPGP ciphertext is cut');
    return {
      kind: 'encrypted-key',
      form,
      length,
      protection: protection.description,
      publicKey: material.publicKey,
      identity: concatBytes(protection.salt, octets.take(MIN_CIPHERTEXT)),
      ...(cut && { notes: [CUT] }),
    };
  }
  const start = octets.position;
  const key = material.readSecret(octets);
  if (key === undefined) return undefined;
  const sealed = !cut && checksumHolds(version, octets, start);
  // Without its checksum a key counts only where arithmetic has the last word.
  if (!sealed && !material.provable) throw new FormatError('OpenPGP checksum');
  const checked = sealed && version !== 6 ? 'OpenPGP checksum holds' : undefined;
  return { kind: 'private-key', form, length, key, whole: sealed, checked };
}

/** Two octets after the secret numbers: the sum of their octets modulo 65536. Version 6 has none, and ends there. */
export function checksumHolds(version: number, octets: Octets, start: number): boolean {
  if (version === 6) return octets.left === 0;
  if (octets.left < 2) return false;
  let sum = 0;
  for (let i = start; i < octets.position; i++) sum = (sum + (octets.bytes[i] as number)) & 0xffff;
  return octets.u16() === sum;
}
