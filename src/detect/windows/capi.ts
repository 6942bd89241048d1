/**
 * Private key blobs of Windows CryptoAPI (PRIVATEKEYBLOB), which .NET strong-name files (.snk) are, too. All fields are
 * little-endian (learn.microsoft.com, "Base Provider Key BLOBs" and "DSS Provider Key BLOBs"; wincrypt.h).
 */
import { bigintFromBytesLE, latin1 } from '../../bytes/convert.js';
import { checkedSize, Fields, slice } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret, PrivateKey } from '../../types.js';

/** Bytes of the BLOBHEADER before the magic: type, version, two reserved, algorithm. */
export const BLOB_HEADER_LENGTH = 8;

export const CAPI_MAGICS: readonly string[] = ['RSA2', 'DSS2', 'DSS4'];

const PRIVATEKEYBLOB = 7;

const MAX_BITS = 16384;

/** The key of a blob whose BLOBHEADER begins at index 0. */
export function parseCapiBlob(bytes: Uint8Array): ParsedSecret {
  if (!isBlobHeader(bytes)) throw new FormatError('CryptoAPI blob header');
  const secret = parseCapiKey(bytes.subarray(BLOB_HEADER_LENGTH));
  return { ...secret, length: BLOB_HEADER_LENGTH + secret.length };
}

/** Whether a header of a private blob, version 2 or 3, stands at index 0. Its algorithm says nothing more. */
export function isBlobHeader(bytes: Uint8Array): boolean {
  return bytes[0] === PRIVATEKEYBLOB && (bytes[1] === 2 || bytes[1] === 3) && bytes[2] === 0 && bytes[3] === 0;
}

/** The key of a blob without its BLOBHEADER: what stands from the magic on. */
export function parseCapiKey(bytes: Uint8Array): ParsedSecret {
  switch (latin1(bytes, 0, 4)) {
    case 'RSA2':
      return readRsa(bytes);
    case 'DSS2':
      return readDss(bytes);
    case 'DSS4':
      return readDss3(bytes);
    default:
      throw new FormatError('CryptoAPI blob magic');
  }
}

/** Consecutive little-endian numbers. */
class Numbers {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  number(length: number): bigint {
    const bytes = slice(this.#bytes, this.at, length, 'CryptoAPI number');
    this.at += length;
    return bigintFromBytesLE(bytes);
  }
}

/** RSAPUBKEY {magic, bits, e}, then n, p, q, dp, dq, q⁻¹ mod p, d. */
function readRsa(bytes: Uint8Array): ParsedSecret {
  const header = new Fields(bytes, true);
  const size = bytesOfBits(header.u32(4), 256, 16);
  const e = BigInt(header.u32(8));
  if (e < 3n || e % 2n === 0n) throw new FormatError('CryptoAPI RSA exponent');
  const numbers = new Numbers(bytes, 12);
  const half = size / 2;
  const n = numbers.number(size);
  const [p, q, dp, dq, qInv] = [
    numbers.number(half),
    numbers.number(half),
    numbers.number(half),
    numbers.number(half),
    numbers.number(half),
  ];
  const key: PrivateKey = { type: 'rsa', n, e, p, q, dp, dq, qInv, d: numbers.number(size) };
  return capiSecret('RSA', key, numbers.at);
}

/** DSSPUBKEY {magic, bits}, then p, q[20], g, x[20], and the DSSSEED of 24 bytes. The public value is not stored. */
function readDss(bytes: Uint8Array): ParsedSecret {
  const size = bytesOfBits(new Fields(bytes, true).u32(4), 512, 64);
  const numbers = new Numbers(bytes, 8);
  const [p, q, g, x] = [numbers.number(size), numbers.number(20), numbers.number(size), numbers.number(20)];
  slice(bytes, numbers.at, 24, 'DSSSEED');
  return capiSecret('DSS', dsaKey(p, q, g, undefined, x), numbers.at + 24);
}

/** DSSPRIVKEY_VER3 {magic, bits of p, q, j, x, DSSSEED}, then p, q, g, j, y, x. */
function readDss3(bytes: Uint8Array): ParsedSecret {
  const header = new Fields(bytes, true);
  const pSize = bytesOfBits(header.u32(4), 512, 8);
  const qSize = bytesOfBits(header.u32(8), 160, 8);
  const jSize = bytesOfBits(header.u32(12), 0, 8);
  const xSize = bytesOfBits(header.u32(16), 8, 8);
  const numbers = new Numbers(bytes, 20 + 24);
  const [p, q, g] = [numbers.number(pSize), numbers.number(qSize), numbers.number(pSize)];
  numbers.number(jSize);
  const y = numbers.number(pSize);
  return capiSecret('DSS', dsaKey(p, q, g, y, numbers.number(xSize)), numbers.at);
}

function dsaKey(p: bigint, q: bigint, g: bigint, y: bigint | undefined, x: bigint): PrivateKey {
  if (x <= 0n || x >= q || q >= p || g >= p) throw new FormatError('CryptoAPI DSS numbers');
  return { type: 'dsa', p, q, g, y, x };
}

function capiSecret(algorithm: string, key: PrivateKey, length: number): ParsedSecret {
  return { kind: 'private-key', form: `CryptoAPI ${algorithm} private blob`, length, key, whole: true };
}

function bytesOfBits(bits: number, least: number, multiple: number): number {
  checkedSize(bits, MAX_BITS, 'CryptoAPI key bits');
  if (bits < least || bits % multiple !== 0) throw new FormatError('CryptoAPI key bits');
  return bits / 8;
}
