/**
 * How the secret numbers of a key packet are protected: the S2K usage octet and what it brings (RFC 9580 sections 3.7
 * and 5.5.3; LibrePGP section 5.5.3 for version 5; DETAILS of GnuPG for its dummies).
 */
import { FormatError } from '../../errors.js';
import type { Octets } from './octets.js';

export type Protection =
  /** The secret numbers follow in the clear. */
  | { readonly kind: 'none' }
  /** There are no secret numbers: they are elsewhere, on a card for one. */
  | { readonly kind: 'absent' }
  /** The rest of the packet is ciphertext. */
  | { readonly kind: 'encrypted'; readonly description: string; readonly salt: Uint8Array };

/** Block sizes are the sizes of the initial vectors (RFC 9580 section 9.3). */
const CIPHERS: ReadonlyMap<number, { readonly name: string; readonly block: number }> = new Map([
  [1, { name: 'IDEA', block: 8 }],
  [2, { name: '3DES', block: 8 }],
  [3, { name: 'CAST5', block: 8 }],
  [4, { name: 'Blowfish', block: 8 }],
  [7, { name: 'AES-128', block: 16 }],
  [8, { name: 'AES-192', block: 16 }],
  [9, { name: 'AES-256', block: 16 }],
  [10, { name: 'Twofish', block: 16 }],
  [11, { name: 'Camellia-128', block: 16 }],
  [12, { name: 'Camellia-192', block: 16 }],
  [13, { name: 'Camellia-256', block: 16 }],
]);

/** RFC 9580 section 9.5. */
const HASHES: ReadonlyMap<number, string> = new Map([
  [1, 'MD5'],
  [2, 'SHA-1'],
  [3, 'RIPEMD-160'],
  [8, 'SHA-256'],
  [9, 'SHA-384'],
  [10, 'SHA-512'],
  [11, 'SHA-224'],
  [12, 'SHA3-256'],
  [14, 'SHA3-512'],
]);

/** Name and nonce size (RFC 9580 section 9.6). */
const AEADS: ReadonlyMap<number, { readonly name: string; readonly nonce: number }> = new Map([
  [1, { name: 'EAX', nonce: 16 }],
  [2, { name: 'OCB', nonce: 15 }],
  [3, { name: 'GCM', nonce: 12 }],
]);

const AEAD = 253;
const SHA1 = 254;
const CHECKSUM = 255;

const S2K_GNU = 101;

/** Reads from the usage octet to where the secret material begins. FormatError for values that are not assigned. */
export function readProtection(version: number, octets: Octets): Protection {
  const usage = octets.u8();
  // Version 5 counts the fields that follow in any case, version 6 only where there are some.
  if (version === 5 || (version === 6 && usage !== 0)) octets.u8();
  const protection = readUsage(usage, version, octets);
  if (version === 5) octets.u32();
  return protection;
}

function readUsage(usage: number, version: number, octets: Octets): Protection {
  if (usage === 0) return { kind: 'none' };
  if (usage !== AEAD && usage !== SHA1 && usage !== CHECKSUM) {
    const cipher = assigned(CIPHERS, usage);
    return { kind: 'encrypted', description: `${cipher.name}, simple MD5 S2K`, salt: octets.take(cipher.block) };
  }
  const cipherId = octets.u8();
  const aead = usage === AEAD ? assigned(AEADS, octets.u8()) : undefined;
  if (version === 6) octets.u8();
  const specifier = octets.u8();
  if (specifier === S2K_GNU) return readGnu(octets);
  const cipher = assigned(CIPHERS, cipherId);
  const s2k = readSpecifier(specifier, octets);
  const vector = octets.take(aead?.nonce ?? cipher.block);
  const mode = aead ? ` ${aead.name}` : '';
  return { kind: 'encrypted', description: `${cipher.name}${mode}, ${s2k.name}`, salt: s2k.salt ?? vector };
}

/** RFC 9580 section 3.7.1. */
function readSpecifier(specifier: number, octets: Octets): { name: string; salt?: Uint8Array } {
  if (specifier === 4) {
    const salt = octets.take(16);
    octets.take(3);
    return { name: 'Argon2 S2K', salt };
  }
  const hash = assigned(HASHES, octets.u8());
  if (specifier === 0) return { name: `simple ${hash} S2K` };
  if (specifier !== 1 && specifier !== 3) throw new FormatError('unknown S2K specifier');
  const salt = octets.take(8);
  if (specifier === 1) return { name: `salted ${hash} S2K`, salt };
  const coded = octets.u8();
  const count = (16 + (coded & 15)) << ((coded >> 4) + 6);
  return { name: `iterated ${hash} S2K of ${count} octets`, salt };
}

/** A hash octet, `GNU`, and 1 for nothing, 2 for a card's number, or 3 for an s-expression of gpg-agent. */
function readGnu(octets: Octets): Protection {
  octets.u8();
  if (octets.u8() !== 0x47 || octets.u8() !== 0x4e || octets.u8() !== 0x55) throw new FormatError('S2K extension');
  const mode = octets.u8();
  if (mode === 1 || mode === 2) return { kind: 'absent' };
  if (mode !== 3) throw new FormatError('unknown GNU S2K mode');
  const rest = octets.bytes.subarray(octets.position, octets.position + 64);
  return { kind: 'encrypted', description: 'GnuPG s-expression', salt: rest };
}

function assigned<T>(names: ReadonlyMap<number, T>, id: number): T {
  const value = names.get(id);
  if (value === undefined) throw new FormatError('OpenPGP identifier is not assigned');
  return value;
}
