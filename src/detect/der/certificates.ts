/** X.509 certificates (RFC 5280), read just far enough to know whose public key they carry. */
import { createHash } from 'node:crypto';
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { tlv } from '../../prove/curves.js';
import type { CertificateSighting } from '../../types.js';
import { type Detector, hexAnchor } from '../detector.js';

/** Larger certificates are not in use; revocation lists and the like are. */
const MAX_LENGTH = 64 * 1024;
const VERSION = 0xa0;
const RSA_PSS = '1.2.840.113549.1.1.10';
const RSA_ALGORITHM = Uint8Array.from(Buffer.from('300d06092a864886f70d0101010500', 'hex'));

/** The certificate at the beginning of `bytes`; throws FormatError where there is none. */
export function readCertificate(bytes: Uint8Array): CertificateSighting {
  const { end } = new DerCursor(bytes).header();
  if (end > MAX_LENGTH) throw new FormatError('certificate: too long');
  const tbs = new DerCursor(bytes).enter(TAG.sequence).enter(TAG.sequence);
  tbs.takeIf(VERSION);
  tbs.take(TAG.integer);
  // signature, issuer, validity, subject
  for (let i = 0; i < 4; i++) tbs.take(TAG.sequence);
  const spki = tbs.take(TAG.sequence);
  const der = bytes.slice(0, end);
  return {
    sha256: createHash('sha256').update(der).digest('hex'),
    spkiSha256: createHash('sha256')
      .update(plainRsa(bytes.slice(spki.start, spki.end)))
      .digest('hex'),
    der,
  };
}

/** A key restricted to PSS is named like the same key without the restriction. */
function plainRsa(spki: Uint8Array): Uint8Array {
  const body = new DerCursor(spki).enter(TAG.sequence);
  const oid = body.enter(TAG.sequence).oid();
  if (oid !== RSA_PSS) return spki;
  const key = body.take(TAG.bitString);
  return tlv(TAG.sequence, concatBytes(RSA_ALGORITHM, spki.slice(key.start, key.end)));
}

/** `SEQUENCE, SEQUENCE, [0] { INTEGER 2 }, INTEGER`: version 3, which all certificates in use are. */
export const certificateDetector: Detector = {
  name: 'certificate',
  anchors: [hexAnchor('a0 03 02 01 02 02')],
  detect({ bytes, at }, sink) {
    for (const start of [at - 8, at - 7, at - 6, at - 5]) {
      if (start < 0 || bytes[start] !== TAG.sequence) continue;
      const outer = new DerCursor(bytes, start).header();
      const inner = new DerCursor(bytes, outer.contentStart).header();
      if (inner.tag !== TAG.sequence || inner.contentStart !== at) continue;
      sink.certificate(readCertificate(bytes.subarray(start, Math.min(outer.end, bytes.length))));
      return;
    }
  },
};
