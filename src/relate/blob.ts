/**
 * RSA numbers that follow each other without a header: n, p, q as in the BCRYPT_RSAPRIVATE_BLOB of Windows CNG (most
 * significant byte first) and the PRIVATEKEYBLOB of CryptoAPI (least significant first), whatever became of what stood
 * before. One multiplication of the lowest 32 bits tells most places apart.
 */
import type { ParsedSecret } from '../types.js';
import { type ByteOrder, ORDER } from './number-store.js';
import { isOddAndFull, readNumber } from './numbers.js';

/** Bytes of moduli: RSA of 1024 to 8192 bits. */
const MODULUS_SIZES = [128, 192, 256, 384, 512, 768, 960, 1024];
/** Bytes from the beginning of a run at which the modulus may begin: the exponent and odd bytes before it. */
const MAX_BEFORE = 8;
const MAX_AFTER = 64;

export interface Blob {
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

/** The first n‖p‖q near the beginning of the run `[from, to)`. */
export function findBlob(bytes: Uint8Array, from: number, to: number): Blob | undefined {
  for (const size of MODULUS_SIZES) {
    if (to - from + 2 * MAX_BEFORE < 2 * size) break;
    const last = Math.min(from + MAX_AFTER, bytes.length - 2 * size, to + MAX_BEFORE - 2 * size);
    for (let at = Math.max(0, from - MAX_BEFORE); at <= last; at++) {
      const blob = blobAt(bytes, at, size, ORDER.big) ?? blobAt(bytes, at, size, ORDER.little);
      if (blob) return blob;
    }
  }
  return undefined;
}

function blobAt(bytes: Uint8Array, at: number, size: number, order: ByteOrder): Blob | undefined {
  const half = size / 2;
  const [p, q] = [at + size, at + size + half];
  if (!isOddAndFull(bytes, at, size, order) || !isOddAndFull(bytes, p, half, order)) return undefined;
  if (!isOddAndFull(bytes, q, half, order)) return undefined;
  const low = (from: number, length: number): number => lowest32(bytes, from, length, order);
  if (Math.imul(low(p, half), low(q, half)) !== (low(at, size) | 0)) return undefined;
  const key = {
    type: 'rsa',
    n: readNumber(bytes, at, size, order),
    p: readNumber(bytes, p, half, order),
    q: readNumber(bytes, q, half, order),
  } as const;
  if (key.p * key.q !== key.n) return undefined;
  // dp and dq follow: they tell the exponent.
  const dpAt = q + half;
  const follow = dpAt + size <= bytes.length;
  const exponents = follow && {
    dp: readNumber(bytes, dpAt, half, order),
    dq: readNumber(bytes, dpAt + half, half, order),
  };
  const form = `RSA n, p and q next to each other, ${order === ORDER.big ? 'big-endian' : 'little-endian'}`;
  const length = 2 * size;
  return {
    from: at,
    to: at + length,
    secret: { kind: 'private-key', form, length, key: { ...key, ...exponents }, whole: true },
  };
}

/** The lowest 32 bits of the number of `size` bytes at `from`. */
export function lowest32(bytes: Uint8Array, from: number, size: number, order: ByteOrder): number {
  const at = order === ORDER.little ? from : from + size - 4;
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return order === ORDER.little ? a | (b << 8) | (c << 16) | (d << 24) : d | (c << 8) | (b << 16) | (a << 24);
}
