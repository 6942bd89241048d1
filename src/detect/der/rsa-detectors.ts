/**
 * RSA (and DSA) keys in traditional DER. A freed block loses its first 16 bytes to the allocator's links, a region's end
 * cuts the rest off, and the numbers that are left still prove the key.
 */
import { DerCursor, TAG } from '../../bytes/der.js';
import type { RsaPrivateKey } from '../../types.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { headersBefore } from './header.js';
import { parseDsa, parsePkcs1, type RsaIntegers, readIntegers, readOtherPrimes } from './rsa.js';
import { ifWellFormed, reportPart, reportWhole } from './whole.js';

const FORM = 'PKCS#1 DER';

/** Version, then the header of the modulus: 128 bytes or more, or those of 512- and 768-bit keys. Multi-prime: 1. */
const MODULI = ['00 02 82', '00 02 81', '00 02 41 00', '00 02 40', '00 02 61 00', '00 02 60', '01 02 82', '01 02 81'];

export const pkcs1Detector: Detector = {
  name: 'pkcs1',
  anchors: MODULI.map((digits) => hexAnchor(`02 01 ${digits}`)),
  detect(hit, sink) {
    if (reportWhole(hit, sink, 'pkcs1-private-key', parsePkcs1)) return;
    if (reportWhole(hit, sink, 'dsa-private-key', parseDsa)) return;
    const { bytes, at } = hit;
    const from = headersBefore(bytes, at)[0] ?? at;
    // The numbers of DSA, p, q, g, y and x, differ from those of RSA in that the second is one of 160 to 256 bits.
    const integers = readIntegers(bytes, at + 3, 8);
    const [p, q, g, y, x] = integers.values;
    if (p === undefined || q === undefined) return;
    if (g !== undefined && y !== undefined && x !== undefined && q > 2n ** 128n) {
      const end = readIntegers(bytes, at + 3, 5).end;
      reportPart(sink, 'dsa-private-key', 'DSA DER', [from, end], { type: 'dsa', p, q, g, y, x });
      return;
    }
    reportRsa(hit, sink, from, integers);
  },
};

/**
 * A public exponent (65537, 3, 17, 35, 37) followed by another INTEGER, d: never in certificates, where e comes last.
 * d is 128 bytes or longer, or about the 64 or 96 bytes of the small keys, or 127 by chance.
 */
const EXPONENTS = ['02 03 01 00 01', '02 01 03', '02 01 11', '02 01 23', '02 01 25'];
const SMALL = ['02 3f', '02 40', '02 41', '02 60', '02 61', '02 7f'];

export const publicExponentDetector: Detector = {
  name: 'pkcs1-damaged-header',
  anchors: EXPONENTS.flatMap((exponent, index) =>
    ['02 82', '02 81', ...(index === 0 ? SMALL : [])].map((d) => hexAnchor(`${exponent} ${d}`)),
  ),
  detect(hit, sink) {
    const { bytes, at } = hit;
    const modulus = modulusBefore(hit);
    // With its version in place, the other detector has reported the structure.
    if (modulus?.versioned) return;
    const { values, ...rest } = readIntegers(bytes, at, 7);
    // The place of n, for `reportRsa`: 0 is no modulus and counts as missing.
    reportRsa(hit, sink, modulus?.start ?? at, { values: [modulus?.value ?? 0n, ...values], ...rest });
  },
};

/** The numbers of a PKCS#1 body, from n on, as far as they go. */
function reportRsa({ bytes }: Hit, sink: Sink, from: number, { values, end, cut }: RsaIntegers): void {
  const [n, e, d, p, q, dp, dq, qInv] = values;
  if (d === undefined && cut === undefined) return;
  const partialD = values.length === 2 ? cut : undefined;
  const otherPrimes = qInv === undefined ? undefined : ifWellFormed(() => readOtherPrimes(new DerCursor(bytes, end)));
  const key: RsaPrivateKey = { type: 'rsa', n, e, d, p, q, dp, dq, qInv, partialD, otherPrimes };
  reportPart(sink, 'pkcs1-private-key', FORM, [from, cut ? bytes.length : end], key);
}

/** The modulus that ends where the exponent begins: about as long as d, which follows the exponent. */
function modulusBefore({ bytes, at }: Hit): { value: bigint; start: number; versioned: boolean } | undefined {
  const exponent = new DerCursor(bytes, at).next();
  const d = new DerCursor(bytes, exponent.end).header();
  const length = d.end - d.contentStart;
  // d may have a few leading zero bytes less than n, rarely more than two.
  for (let size = length - 1; size <= length + 4; size++) {
    const header = size < 0x80 ? 2 : size < 0x100 ? 3 : 4;
    const start = at - size - header;
    if (start < 0 || bytes[start] !== TAG.integer) continue;
    const cursor = new DerCursor(bytes, start, at);
    const value = ifWellFormed(() => cursor.unsigned());
    if (value === undefined || !cursor.done) continue;
    return { value, start, versioned: bytes[start - 3] === TAG.integer && bytes[start - 2] === 1 };
  }
  return undefined;
}
