/** RSAPrivateKey and DSAPrivateKey in the traditional DER forms (RFC 8017 appendix A.1.2; OpenSSL's DSA sequence). */
import { bigintFromBytes } from '../../bytes/convert.js';
import { DerCursor, MAX_INTEGER, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret, RsaPrivateKey } from '../../types.js';

/** PKCS#1, whole. Bytes may follow: `length` is what it takes of `bytes`. Throws FormatError. */
export function parsePkcs1(bytes: Uint8Array): ParsedSecret {
  const { end } = new DerCursor(bytes).header();
  return { kind: 'private-key', form: 'PKCS#1 DER', length: end, key: readRsa(new DerCursor(bytes)), whole: true };
}

/** RSAPrivateKey at the cursor. Throws FormatError. */
export function readRsa(cursor: DerCursor): RsaPrivateKey {
  const body = cursor.enter(TAG.sequence);
  const version = body.unsigned();
  if (version > 1n) throw new FormatError('PKCS#1: unknown version');
  const [n, e, d, p, q, dp, dq, qInv] = Array.from({ length: 8 }, () => body.unsigned());
  const otherPrimes = version === 1n ? readOtherPrimes(body) : undefined;
  if (!body.done) throw new FormatError('PKCS#1: something follows');
  return { type: 'rsa', n, e, d, p, q, dp, dq, qInv, otherPrimes };
}

/** More primes than in any use: RFC 8017 sets no limit. */
const MAX_OTHER_PRIMES = 16;

/** OtherPrimeInfos: SEQUENCE OF SEQUENCE { prime, exponent, coefficient }. */
export function readOtherPrimes(body: DerCursor): bigint[] {
  const primes: bigint[] = [];
  const infos = body.enter(TAG.sequence);
  while (!infos.done) {
    if (primes.length === MAX_OTHER_PRIMES) throw new FormatError('PKCS#1: too many primes');
    const info = infos.enter(TAG.sequence);
    primes.push(info.unsigned());
    info.unsigned();
    info.unsigned();
  }
  return primes;
}

/** DSA, whole: SEQUENCE { 0, p, q, g, y, x }. Bytes may follow. Throws FormatError. */
export function parseDsa(bytes: Uint8Array): ParsedSecret {
  const { end } = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  if (body.unsigned() !== 0n) throw new FormatError('DSA: unknown version');
  const [p, q, g, y, x] = [body.unsigned(), body.unsigned(), body.unsigned(), body.unsigned(), body.unsigned()];
  if (!body.done) throw new FormatError('DSA: something follows');
  return { kind: 'private-key', form: 'DSA DER', length: end, key: { type: 'dsa', p, q, g, y, x }, whole: true };
}

/** The integers of a PKCS#1 body that can be read from `at` on, and where the last whole one ends. */
export interface RsaIntegers {
  readonly values: readonly bigint[];
  readonly end: number;
  /** The integer that the bytes end in: its leading part, and how many bits of it are missing. */
  readonly cut?: { readonly top: bigint; readonly missingBits: number };
}

/** Reads up to `most` INTEGERs, stopping without complaint where something else stands. */
export function readIntegers(bytes: Uint8Array, at: number, most: number): RsaIntegers {
  const cursor = new DerCursor(bytes, at);
  const values: bigint[] = [];
  while (values.length < most) {
    try {
      values.push(cursor.unsigned());
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { values, end: cursor.at, cut: readCut(bytes, cursor.at) };
    }
  }
  return { values, end: cursor.at };
}

function readCut(bytes: Uint8Array, at: number): RsaIntegers['cut'] {
  if (at + 2 > bytes.length || bytes[at] !== TAG.integer) return undefined;
  try {
    const { content, contentStart, end } = new DerCursor(bytes, at).header();
    if (end <= bytes.length || content.length === 0 || end - contentStart > MAX_INTEGER) return undefined;
    return { top: bigintFromBytes(content), missingBits: (end - bytes.length) * 8 };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return undefined;
  }
}
