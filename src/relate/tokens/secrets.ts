/** Secrets of HS256, HS384 and HS512 (RFC 7518 section 3.2): proven by a signature that they make. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const HASHES: ReadonlyMap<string, readonly [hash: string, bytes: number]> = new Map([
  ['HS256', ['sha256', 32]],
  ['HS384', ['sha384', 48]],
  ['HS512', ['sha512', 64]],
]);

export interface MacToken {
  readonly hash: string;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Undefined where the algorithm is none of these, or the signature is not of its length. */
export function macTokenOf(algorithm: string, signed: string, signature: Uint8Array): MacToken | undefined {
  const [hash, bytes] = HASHES.get(algorithm) ?? [];
  return hash !== undefined && signature.length === bytes ? { hash, signed, signature } : undefined;
}

export function isMacOf({ hash, signed, signature }: MacToken, secret: Uint8Array): boolean {
  return timingSafeEqual(createHmac(hash, secret).update(signed, 'latin1').digest(), signature);
}

export interface Reading {
  readonly key: Buffer;
  /** How the key stands in the text, where it is not the text itself. */
  readonly encoding?: 'base64' | 'hexadecimal';
}

/**
 * What programs take a text for: its bytes, or, where it can be that, the base64 or hexadecimal digits of a key. None that
 * is all zeros: HMAC takes it for an empty key (RFC 2104), which is no secret, and nothing to do with the text.
 */
export function readingsOf(text: string): Reading[] {
  return allReadingsOf(text).filter(({ key }) => key.some((byte) => byte !== 0));
}

function allReadingsOf(text: string): Reading[] {
  const readings: Reading[] = [{ key: Buffer.from(text, 'utf8') }];
  if (/^[0-9A-Za-z+/]{16,}={0,2}$/.test(text) || /^[0-9A-Za-z_-]{16,}={0,2}$/.test(text)) {
    readings.push({ key: Buffer.from(text, 'base64'), encoding: 'base64' });
  }
  if (/^(?:[0-9a-fA-F]{2}){8,}$/.test(text)) readings.push({ key: Buffer.from(text, 'hex'), encoding: 'hexadecimal' });
  return readings;
}
