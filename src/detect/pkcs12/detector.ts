/** PKCS#12 keystores in binary. */
import { BoundsError, FormatError } from '../../errors.js';
import { readCertificate } from '../der/certificates.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { readPkcs12 } from './secrets.js';

const SEQUENCE = 0x30;

export const pkcs12Detector: Detector = {
  name: 'pkcs12',
  // The version, and the tag of the authenticated safe after it.
  anchors: [hexAnchor('02010330')],
  detect({ bytes, at }: Hit, sink: Sink): void {
    const start = pfxStart(bytes, at);
    if (start === undefined || !startsWithData(bytes, at + 3)) return;
    const contents = readPkcs12(bytes.subarray(start));
    for (const { secret, clear } of contents.secrets) {
      sink.secret(clear ? 'pkcs8-private-key' : 'pkcs12-keystore', start, start + contents.length, secret);
    }
    for (const der of contents.certificates) {
      try {
        sink.certificate(readCertificate(der));
      } catch (error) {
        if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
      }
    }
  },
};

/** Where the sequence begins whose contents begin at `at`: `30 LL`, `30 81 LL` to `30 84 …`, or `30 80`. */
function pfxStart(bytes: Uint8Array, at: number): number | undefined {
  for (let digits = 1; digits <= 4; digits++) {
    const start = at - 2 - digits;
    if (bytes[start] === SEQUENCE && bytes[start + 1] === 0x80 + digits) return start;
  }
  // A shorter length than 128 is too short for a keystore.
  return bytes[at - 2] === SEQUENCE && bytes[at - 1] === 0x80 ? at - 2 : undefined;
}

/** Whether the sequence at `at` begins with the OID of PKCS#7 data, 1.2.840.113549.1.7.1. */
function startsWithData(bytes: Uint8Array, at: number): boolean {
  const length = bytes[at + 1] ?? 0;
  const oidAt = at + 2 + (length > 0x80 ? length & 0x7f : 0);
  return DATA_OID.every((byte, i) => bytes[oidAt + i] === byte);
}

const DATA_OID = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
