/**
 * Names of X.509 certificates (RFC 5280). The ASN.1 libraries are large and copy their input, so they are loaded on
 * first use, on the main thread, and see only small exact slices.
 */
import { createHash } from 'node:crypto';
import { hex } from '../bytes/convert.js';
import { DerCursor, TAG } from '../bytes/der.js';
import { FormatError } from '../errors.js';
import type { CertificateName } from '../types.js';
import { formatName } from './distinguished-name.js';

/** Larger certificates are not in use. */
const MAX_LENGTH = 64 * 1024;

/**
 * Subject, serial number (hexadecimal as encoded) and validity (UTC) of `der`, which must be exactly one certificate.
 * Throws FormatError for anything else.
 */
export async function nameCertificate(der: Uint8Array): Promise<CertificateName> {
  if (der.length > MAX_LENGTH) throw new FormatError('certificate: too long');
  if (new DerCursor(der).take(TAG.sequence).end !== der.length) throw new FormatError('certificate: something follows');
  const { Certificate } = await import('pkijs');
  // The library wants an unshared buffer of its own.
  const own = der.slice();
  try {
    const { subject, serialNumber, notBefore, notAfter } = Certificate.fromBER(own);
    return {
      // Not the library's list of attributes: that forgets which of them form one RDN.
      subject: formatName(new DerCursor(new Uint8Array(subject.valueBeforeDecode))),
      serial: hex(serialNumber.valueBlock.valueHexView.slice()),
      notBefore: notBefore.value.toISOString(),
      notAfter: notAfter.value.toISOString(),
      sha256: createHash('sha256').update(own).digest('hex'),
    };
  } catch {
    // The library throws errors of many kinds, and RangeErrors for dates; their messages may quote the bytes.
    throw new FormatError('certificate: malformed');
  }
}
