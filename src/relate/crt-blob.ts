/**
 * RSA numbers side by side without a modulus: p, q, dp, dq, qInv, as BearSSL and smart card software hold a key. With
 * the usual exponents, e·dp − 1 = k·(p − 1) for a k below e, which the leading bits of dp and p tell; so that the lowest
 * 32 bits refuse nearly every place.
 */
import type { ParsedSecret } from '../types.js';
import { lowest32 } from './blob.js';
import { type ByteOrder, describeOrder, ORDER } from './number-store.js';
import { isOddAndFull, readNumber } from './numbers.js';

/** Bytes of factors: RSA of 1024 to 4096 bits. */
const SIZES = [64, 96, 128, 192, 256];
/** Public exponents that such small devices use. */
const EXPONENTS = [65_537, 3, 17];

export interface CrtBlob {
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

/** Bytes from the beginning of a run at which the numbers may begin: odd bytes before it, others of the structure. */
const MAX_BEFORE = 8;
const MAX_AFTER = 64;

/** The first p‖q‖dp‖dq‖qInv near the beginning of the run `[from, to)`, at any byte. */
export function findCrtBlob(bytes: Uint8Array, from: number, to: number): CrtBlob | undefined {
  for (const size of SIZES) {
    const last = Math.min(from + MAX_AFTER, bytes.length - 5 * size, to + MAX_BEFORE - 5 * size);
    for (let at = Math.max(0, from - MAX_BEFORE); at <= last; at++) {
      const [first, second, third] = [bytes[at], bytes[at + size - 1], bytes[at + size]] as [number, number, number];
      // Odd and full, most significant byte first or last: most places fail by their first bytes.
      const big = first >= 0x80 && (second & 1) === 1 && third >= 0x80;
      const little = (first & 1) === 1 && second >= 0x80 && (third & 1) === 1;
      const blob =
        (big ? blobAt(bytes, at, size, ORDER.big) : undefined) ??
        (little ? blobAt(bytes, at, size, ORDER.little) : undefined);
      if (blob) return blob;
    }
  }
  return undefined;
}

function blobAt(bytes: Uint8Array, at: number, size: number, order: ByteOrder): CrtBlob | undefined {
  if (!isOddAndFull(bytes, at, size, order) || !isOddAndFull(bytes, at + size, size, order)) return undefined;
  if (!mayRelate(bytes, at + 2 * size, at, size, order)) return undefined;
  const [p, q, dp, dq, qInv] = [0, 1, 2, 3, 4].map((i) => readNumber(bytes, at + i * size, size, order)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (p === q || p * 2n < q || (q * qInv) % p !== 1n) return undefined;
  const form = `RSA p, q, dp, dq and qInv next to each other, ${describeOrder(order)}`;
  const key = { type: 'rsa', p, q, dp, dq, qInv } as const;
  const length = 5 * size;
  return { from: at, to: at + length, secret: { kind: 'private-key', form, length, key, whole: true } };
}

/** Whether e·dp − 1 = k·(p − 1) holds modulo 2^32 for the k that the leading 48 bits tell, or the one above. */
function mayRelate(bytes: Uint8Array, dpAt: number, pAt: number, size: number, order: ByteOrder): boolean {
  const ratio = leading(bytes, dpAt, size, order) / leading(bytes, pAt, size, order);
  const dpLow = lowest32(bytes, dpAt, size, order);
  const pLow = (lowest32(bytes, pAt, size, order) - 1) | 0;
  for (const e of EXPONENTS) {
    const k = Math.floor(e * ratio);
    const left = (Math.imul(e, dpLow) - 1) | 0;
    if (Math.imul(k, pLow) === left || Math.imul(k + 1, pLow) === left) return true;
  }
  return false;
}

function leading(bytes: Uint8Array, at: number, size: number, order: ByteOrder): number {
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 256 + (bytes[order === ORDER.big ? at + i : at + size - 1 - i] as number);
  return value;
}
