/** The human names of a certificate. Loads the ASN.1 libraries: import it only when there is a certificate to name. */
import { createHash } from 'node:crypto';
import { Certificate } from 'pkijs';
import { hex } from '../bytes/convert.js';
import { FormatError } from '../errors.js';
import type { CertificateName } from '../types.js';

/** The library copies its input; larger certificates are not in use. */
const MAX_LENGTH = 64 * 1024;

/** Short names of attribute types (RFC 4514 section 3); others are shown as dotted OIDs. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.5': 'serialNumber',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
};

/** Throws FormatError when the DER is no certificate. */
export function nameCertificate(der: Uint8Array): CertificateName {
  if (der.length > MAX_LENGTH) throw new FormatError('certificate: too long');
  let certificate: Certificate;
  try {
    certificate = Certificate.fromBER(der.slice().buffer);
  } catch (error) {
    throw new FormatError(`certificate: ${error instanceof Error ? error.name : 'unreadable'}`);
  }
  const subject = certificate.subject.typesAndValues
    .map(({ type, value }) => `${ATTRIBUTES[type] ?? type}=${String(value.valueBlock.value)}`)
    .reverse()
    .join(',');
  return {
    subject,
    serial: hex(new Uint8Array(certificate.serialNumber.valueBlock.valueHexView)),
    notBefore: dateOf(certificate.notBefore.value),
    notAfter: dateOf(certificate.notAfter.value),
    sha256: createHash('sha256').update(der).digest('hex'),
  };
}

/** ISO 8601; empty where the certificate's time is none. */
function dateOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
