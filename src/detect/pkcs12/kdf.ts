/** The key derivation of PKCS#12 (RFC 7292 appendix B), and its passwords. */
import { createHash } from 'node:crypto';
import { concatBytes } from '../../bytes/convert.js';

/** What a derived value is for (appendix B.3). */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** Hash names of node:crypto with block sizes in bytes. */
const BLOCK: Readonly<Record<string, number>> = { sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 };

export function isKdfHash(hash: string): boolean {
  return hash in BLOCK;
}

/**
 * `length` bytes for one purpose. `password` is a BMPString with its terminating zero, or empty. `hash` must satisfy
 * `isKdfHash`; `iterations` is the caller's to bound.
 */
export function pkcs12Kdf(
  hash: string,
  password: Uint8Array,
  salt: Uint8Array,
  purpose: number,
  iterations: number,
  length: number,
): Uint8Array {
  const v = BLOCK[hash] as number;
  const diversifier = new Uint8Array(v).fill(purpose);
  const input = concatBytes(repeat(salt, v), repeat(password, v));
  const out: Uint8Array[] = [];
  for (let have = 0; have < length; have += (out.at(-1) as Uint8Array).length) {
    let a: Uint8Array = createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) a = createHash(hash).update(a).digest();
    out.push(a);
    addToBlocks(input, a, v);
  }
  return concatBytes(...out).slice(0, length);
}

/** Adds the repeated `a` plus one to each block of `input`, modulo 2^(8v). */
function addToBlocks(input: Uint8Array, a: Uint8Array, v: number): void {
  for (let block = 0; block < input.length; block += v) {
    let carry = 1;
    for (let i = v - 1; i >= 0; i--) {
      carry += (input[block + i] as number) + (a[i % a.length] as number);
      input[block + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** Copies of the bytes up to the next multiple of `v`. */
function repeat(bytes: Uint8Array, v: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / v) * v);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length] as number;
  return out;
}

/** The forms of a password: as a BMPString with a terminating zero; the empty one also as no bytes at all. */
export function bmpForms(password: string): readonly Uint8Array[] {
  const bmp = Buffer.from(`${password}\0`, 'utf16le').swap16();
  return password === '' ? [bmp, new Uint8Array(0)] : [bmp];
}
