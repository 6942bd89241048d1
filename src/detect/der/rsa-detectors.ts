/**
 * RSA (and DSA) keys in traditional DER. A freed block loses its first 16 bytes to the allocator's links, a region's end
 * cuts the rest off, and the numbers that are left still prove the key.
 */
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { RsaPrivateKey } from '../../types.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { headerBefore } from './header.js';
import { parseDsa, parsePkcs1, readIntegers } from './rsa.js';

const FORM = 'PKCS#1 DER';

/** Version, then the header of the modulus: INTEGER of 128 or more bytes, or the 64 of a 512-bit key. */
export const pkcs1Detector: Detector = {
  name: 'pkcs1',
  anchors: [
    '02 01 00 02 82',
    '02 01 00 02 81',
    '02 01 00 02 41 00',
    '02 01 00 02 40',
    '02 01 01 02 82',
    '02 01 01 02 81',
  ].map((digits) => hexAnchor(digits)),
  detect({ bytes, at }, sink) {
    const start = headerBefore(bytes, at);
    if (start !== undefined && (whole(bytes, start, sink) || wholeDsa(bytes, start, sink))) return;
    const { values, end, cut } = readIntegers(bytes, at + 3, 8);
    const [n, e, d, p, q, dp, dq, qInv] = values;
    if (n === undefined || e === undefined) return;
    const partialD = values.length === 2 ? cut : undefined;
    report({ type: 'rsa', n, e, d, p, q, dp, dq, qInv, partialD }, start ?? at, cut ? bytes.length : end, sink);
  },
};

function whole(bytes: Uint8Array, start: number, sink: Sink): boolean {
  try {
    const secret = parsePkcs1(bytes.subarray(start));
    sink.secret('pkcs1-private-key', start, start + secret.length, secret);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return false;
  }
}

function wholeDsa(bytes: Uint8Array, start: number, sink: Sink): boolean {
  try {
    const secret = parseDsa(bytes.subarray(start));
    sink.secret('dsa-private-key', start, start + secret.length, secret);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return false;
  }
}

/** A public exponent followed by another INTEGER: never in certificates, where e comes last. */
const EXPONENTS = ['02 03 01 00 01', '02 01 03', '02 01 11', '02 01 25'];

export const publicExponentDetector: Detector = {
  name: 'pkcs1-damaged-header',
  anchors: EXPONENTS.flatMap((exponent) =>
    ['02 82', '02 81', ...(exponent.length > 10 ? ['02 40', '02 41', '02 3f'] : [])].map((d) =>
      hexAnchor(`${exponent} ${d}`),
    ),
  ),
  detect(hit, sink) {
    const { bytes, at } = hit;
    const { values, end, cut } = readIntegers(bytes, at, 7);
    const [e, d, p, q, dp, dq, qInv] = values;
    if (e === undefined) return;
    const modulus = modulusBefore(hit);
    // With its version in place, the other detector has reported the structure.
    if (modulus?.versioned) return;
    const n = modulus?.value;
    const partialD = values.length === 1 && n !== undefined ? cut : undefined;
    report(
      { type: 'rsa', n, e, d, p, q, dp, dq, qInv, partialD },
      modulus?.start ?? at,
      cut ? bytes.length : end,
      sink,
    );
  },
};

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
    try {
      const cursor = new DerCursor(bytes, start, at);
      const value = cursor.unsigned();
      if (!cursor.done) continue;
      return { value, start, versioned: bytes[start - 3] === TAG.integer && bytes[start - 2] === 1 };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return undefined;
}

function report(key: RsaPrivateKey, from: number, to: number, sink: Sink): void {
  sink.secret('pkcs1-private-key', from, to, { kind: 'private-key', form: FORM, length: to - from, key, whole: false });
}
