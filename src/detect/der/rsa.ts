/** RSAPrivateKey and DSAPrivateKey in the traditional DER forms (RFC 8017 appendix A.1.2; OpenSSL's DSA sequence). */
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { ParsedSecret, RsaPrivateKey } from '../../types.js';

/** PKCS#1, whole. `length` is what it takes of `bytes`. */
export function parsePkcs1(bytes: Uint8Array): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  const version = body.unsigned();
  if (version > 1n) throw new FormatError('PKCS#1: unknown version');
  const [n, e, d, p, q, dp, dq, qInv] = Array.from({ length: 8 }, () => body.unsigned());
  const otherPrimes = version === 1n ? readOtherPrimes(body) : undefined;
  if (!body.done) throw new FormatError('PKCS#1: something follows');
  const key: RsaPrivateKey = { type: 'rsa', n, e, d, p, q, dp, dq, qInv, otherPrimes };
  return { kind: 'private-key', form: 'PKCS#1 DER', length: outer.end, key, whole: true };
}

/** OtherPrimeInfos: SEQUENCE OF SEQUENCE { prime, exponent, coefficient }. */
function readOtherPrimes(body: DerCursor): bigint[] {
  const primes: bigint[] = [];
  const infos = body.enter(TAG.sequence);
  while (!infos.done) {
    const info = infos.enter(TAG.sequence);
    primes.push(info.unsigned());
    info.unsigned();
    info.unsigned();
  }
  return primes;
}

/** DSA: SEQUENCE { 0, p, q, g, y, x }. */
export function parseDsa(bytes: Uint8Array): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  if (body.unsigned() !== 0n) throw new FormatError('DSA: unknown version');
  const [p, q, g, y, x] = Array.from({ length: 5 }, () => body.unsigned()) as [bigint, bigint, bigint, bigint, bigint];
  if (!body.done) throw new FormatError('DSA: something follows');
  return { kind: 'private-key', form: 'DSA DER', length: outer.end, key: { type: 'dsa', p, q, g, y, x }, whole: true };
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
    } catch {
      return { values, end: cursor.at, cut: readCut(bytes, cursor.at) };
    }
  }
  return { values, end: cursor.at };
}

function readCut(bytes: Uint8Array, at: number): RsaIntegers['cut'] {
  try {
    const { tag, content, contentStart, end } = new DerCursor(bytes, at).header();
    if (tag !== TAG.integer || end <= bytes.length || content.length === 0) return undefined;
    const hex = Buffer.from(content.buffer, content.byteOffset, content.length).toString('hex');
    return { top: BigInt(`0x${hex}`), missingBits: (end - contentStart - content.length) * 8 };
  } catch {
    return undefined;
  }
}
