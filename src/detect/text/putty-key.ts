/**
 * The blobs of a PuTTY key file (PuTTY manual, appendix C.3 and C.4). The private blob holds only what the public one
 * lacks: RSA d p q q⁻¹ mod p, DSA x, ECDSA d as mpints; EdDSA the seed as a string that is a little-endian integer,
 * which old versions wrote without its leading zeros.
 */
import { createHash, createHmac } from 'node:crypto';
import { decodeBase64 } from '../../bytes/base64.js';
import { bytesOf, concatBytes } from '../../bytes/convert.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret, PrivateKey, PublicKey } from '../../types.js';
import { parseSshPublicKey, SshFields } from './ssh-blob.js';

export interface PpkFile {
  readonly version: 1 | 2 | 3;
  readonly algorithm: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Base64. */
  readonly publicBlob: string;
  readonly privateBlob: string;
}

/** FormatError or BoundsError when the blobs are no key of the algorithm. */
export function parsePpk(file: PpkFile): ParsedSecret {
  const publicBlob = decodeBase64(file.publicBlob);
  const privateBlob = decodeBase64(file.privateBlob);
  if (!publicBlob || !privateBlob) throw new FormatError('PPK base64');
  const form = `PuTTY PPK ${file.version}`;
  const length = publicBlob.length + privateBlob.length;
  const publicKey = parseSshPublicKey(publicBlob);
  const encryption = file.headers.get('Encryption');
  if (encryption !== 'none') {
    if (encryption !== 'aes256-cbc') throw new FormatError('PPK encryption');
    const protection = `aes256-cbc, ${keyDerivation(file)}`;
    return { kind: 'encrypted-key', form, length, protection, publicKey, identity: privateBlob };
  }
  const key = parsePrivateBlob(publicKey, privateBlob);
  const checked = macVerifies(file, publicBlob, privateBlob) ? 'the Private-MAC matches' : undefined;
  return { kind: 'private-key', form, length, key, whole: true, ...(checked && { checked }) };
}

function keyDerivation(file: PpkFile): string {
  if (file.version < 3) return 'SHA-1';
  return /^Argon2(id|i|d)$/.exec(file.headers.get('Key-Derivation') ?? '')?.[0] ?? 'unknown key derivation';
}

function parsePrivateBlob(publicKey: PublicKey, blob: Uint8Array): PrivateKey {
  const fields = new SshFields(blob);
  switch (publicKey.type) {
    case 'rsa': {
      const d = fields.mpint();
      const p = fields.mpint();
      const q = fields.mpint();
      return { ...publicKey, d, p, q, qInv: fields.mpint() };
    }
    case 'dsa':
      return { ...publicKey, x: fields.mpint() };
    case 'ec':
      return { type: 'ec', curve: publicKey.curve, d: fields.mpint(), publicPoint: publicKey.point };
    case 'okp': {
      const seed = fields.string();
      const secret = new Uint8Array(publicKey.publicKey.length);
      if (seed.length > secret.length) throw new FormatError('PPK EdDSA seed length');
      secret.set(seed);
      return { ...publicKey, secret };
    }
    default:
      throw new FormatError('PPK key type');
  }
}

/** Version 2: HMAC-SHA-1 under a fixed key; version 3: HMAC-SHA-256 under an empty one. Version 1: SHA-1 of the blob. */
function macVerifies(file: PpkFile, publicBlob: Uint8Array, privateBlob: Uint8Array): boolean {
  if (file.version === 1) {
    const hash = file.headers.get('Private-Hash') ?? '';
    return createHash('sha1').update(privateBlob).digest('hex') === hash.toLowerCase();
  }
  const key =
    file.version === 2 ? createHash('sha1').update('putty-private-key-file-mac-key').digest() : new Uint8Array(0);
  const texts = [file.algorithm, 'none', file.headers.get('Comment') ?? ''].map(bytesOf);
  const data = concatBytes(...[...texts, publicBlob, privateBlob].map(sshString));
  const mac = createHmac(file.version === 2 ? 'sha1' : 'sha256', key)
    .update(data)
    .digest('hex');
  return mac === file.headers.get('Private-MAC')?.toLowerCase();
}

function sshString(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return concatBytes(length, bytes);
}
