/** X.509 certificates (RFC 5280), read just far enough to know whose public key they carry. */
import { createHash } from 'node:crypto';
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { tlv } from '../../prove/curves.js';
import type { CertificateSighting } from '../../types.js';
import { type Detector, hexAnchor } from '../detector.js';
import { headersBefore } from './header.js';
import { ifWellFormed } from './whole.js';

/** Larger certificates are not in use; revocation lists and the like are. */
const MAX_LENGTH = 64 * 1024;
const VERSION = 0xa0;
const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const RSA_ALGORITHM = Uint8Array.from(Buffer.from('300d06092a864886f70d0101010500', 'hex'));

/** The certificate at the beginning of `bytes`; throws FormatError where there is none. */
export function readCertificate(bytes: Uint8Array): CertificateSighting {
  const { end } = new DerCursor(bytes).header();
  if (end > MAX_LENGTH) throw new FormatError('certificate: too long');
  const certificate = new DerCursor(bytes).enter(TAG.sequence);
  const tbs = certificate.enter(TAG.sequence);
  certificate.take(TAG.sequence);
  certificate.take(TAG.bitString);
  tbs.takeIf(VERSION);
  tbs.take(TAG.integer);
  // signature, issuer, validity, subject
  for (let i = 0; i < 4; i++) tbs.take(TAG.sequence);
  const spki = tbs.take(TAG.sequence);
  const publicKey = plainRsa(bytes.slice(spki.start, spki.end));
  const der = bytes.slice(0, end);
  return { sha256: sha256(der), spkiSha256: sha256(publicKey), der, spki: publicKey.slice() };
}

/** RSA is named alike whether the key is restricted to PSS, and whether the NULL parameters are there or left out. */
function plainRsa(spki: Uint8Array): Uint8Array {
  const body = new DerCursor(spki).enter(TAG.sequence);
  const oid = body.enter(TAG.sequence).oid();
  const key = body.take(TAG.bitString);
  if (oid !== RSA && oid !== RSA_PSS) return spki;
  return tlv(TAG.sequence, concatBytes(RSA_ALGORITHM, spki.slice(key.start, key.end)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `SEQUENCE, SEQUENCE, [0] { INTEGER 2 }, INTEGER`: version 3, which all certificates in use are. */
export const certificateDetector: Detector = {
  name: 'certificate',
  anchors: [hexAnchor('a0 03 02 01 02 02')],
  detect({ bytes, at }, sink) {
    for (const tbs of headersBefore(bytes, at)) {
      for (const start of headersBefore(bytes, tbs)) {
        const sighting = ifWellFormed(() => readCertificate(bytes.subarray(start)));
        if (sighting !== undefined) return sink.certificate(sighting);
      }
    }
  },
};
