/** The detectors of private keys in DER: whole ones by their header, damaged and cut ones by what is left of them. */
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { anchor, type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { certificateDetector } from './certificates.js';
import { sec1Detector } from './ec-detector.js';
import { ENCRYPTION_SCHEMES, encodeOid, parseEncryptedPkcs8 } from './encrypted.js';
import { headersBefore } from './header.js';
import { okpDetector, pqDetector } from './oid-detector.js';
import { parsePkcs8, readPkcs8Body } from './pkcs8.js';
import { pkcs1Detector, publicExponentDetector } from './rsa-detectors.js';
import { reportPart, reportWhole } from './whole.js';

const pkcs8Detector: Detector = {
  name: 'pkcs8',
  // version, then the AlgorithmIdentifier's SEQUENCE
  anchors: [hexAnchor('02 01 00 30'), hexAnchor('02 01 01 30')],
  detect(hit, sink) {
    const { bytes, at } = hit;
    // The AlgorithmIdentifier begins with an OID, behind a length of one to three bytes.
    if (bytes[at + 5] !== TAG.oid && bytes[at + 6] !== TAG.oid && bytes[at + 7] !== TAG.oid) return;
    if (reportWhole(hit, sink, 'pkcs8-private-key', parsePkcs8)) return;
    // Header damaged, or cut behind the private key itself. RSA is recovered from its own inner structure.
    const body = new DerCursor(bytes, at);
    const key = readPkcs8Body(body, false);
    if (key.type === 'rsa') return;
    reportPart(sink, 'pkcs8-private-key', 'PKCS#8 DER', [headersBefore(bytes, at)[0] ?? at, body.at], key);
  },
};

const encryptedDetector: Detector = {
  name: 'encrypted-pkcs8',
  anchors: ENCRYPTION_SCHEMES.map((oid) => {
    const content = encodeOid(oid);
    return anchor(concatBytes(Uint8Array.of(TAG.oid, content.length), content));
  }),
  detect(hit: Hit, sink: Sink) {
    // The OID is the first field of the AlgorithmIdentifier, and that the first of the structure.
    for (const algorithm of headersBefore(hit.bytes, hit.at)) {
      if (reportWhole({ ...hit, at: algorithm }, sink, 'encrypted-private-key', parseEncryptedPkcs8)) return;
    }
  },
};

export const DER_DETECTORS: readonly Detector[] = [
  pkcs8Detector,
  pkcs1Detector,
  publicExponentDetector,
  sec1Detector,
  okpDetector,
  pqDetector,
  encryptedDetector,
  certificateDetector,
];
