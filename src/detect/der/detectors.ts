/** The detectors of private keys in DER: whole ones by their header, damaged and cut ones by what is left of them. */
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { OkpCurve } from '../../types.js';
import { anchor, type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { certificateDetector } from './certificates.js';
import { ENCRYPTION_SCHEMES, encodeOid, parseEncryptedPkcs8 } from './encrypted.js';
import { headerBefore } from './header.js';
import { parsePkcs8, readPkcs8Body } from './pkcs8.js';
import { pkcs1Detector, publicExponentDetector } from './rsa-detectors.js';
import { parseSec1, readSec1Body } from './sec1.js';

const pkcs8Detector: Detector = {
  name: 'pkcs8',
  // version, then the AlgorithmIdentifier's SEQUENCE
  anchors: [hexAnchor('02 01 00 30'), hexAnchor('02 01 01 30')],
  detect({ bytes, at }, sink) {
    // The AlgorithmIdentifier begins with an OID, behind a short or a one-byte long length.
    if (bytes[at + 5] !== TAG.oid && bytes[at + 6] !== TAG.oid && bytes[at + 7] !== TAG.oid) return;
    const start = headerBefore(bytes, at);
    if (start !== undefined) {
      try {
        const secret = parsePkcs8(bytes.subarray(start));
        sink.secret('pkcs8-private-key', start, start + secret.length, secret);
        return;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    // Header damaged, or the end cut off behind the private key itself. RSA is recovered from its own inner structure.
    const body = new DerCursor(bytes, at);
    const key = readPkcs8Body(body, false);
    if (key.type === 'rsa') return;
    const length = body.at - at;
    sink.secret('pkcs8-private-key', at, body.at, {
      kind: 'private-key',
      form: 'PKCS#8 DER',
      length,
      key,
      whole: false,
    });
  },
};

const sec1Detector: Detector = {
  name: 'sec1',
  // version 1, then the scalar of 32, 48, 66, 64, 40 or 28 bytes
  anchors: ['20', '30', '42', '40', '28', '1c'].map((length) => hexAnchor(`02 01 01 04 ${length}`)),
  detect({ bytes, at }, sink) {
    const start = headerBefore(bytes, at);
    if (start !== undefined) {
      try {
        const secret = parseSec1(bytes.subarray(start));
        sink.secret('sec1-private-key', start, start + secret.length, secret);
        return;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    const body = new DerCursor(bytes, at);
    const key = readSec1Body(body);
    const length = body.at - at;
    sink.secret('sec1-private-key', at, body.at, { kind: 'private-key', form: 'SEC1 DER', length, key, whole: false });
  },
};

/** RFC 8410 keys whose header is gone: OID's last bytes, OCTET STRING { OCTET STRING secret }. */
const OKP_TAILS: ReadonlyArray<readonly [OkpCurve, string]> = [
  ['Ed25519', '2b 65 70 04 22 04 20'],
  ['X25519', '2b 65 6e 04 22 04 20'],
  ['Ed448', '2b 65 71 04 3b 04 39'],
  ['X448', '2b 65 6f 04 3a 04 38'],
];

const okpDetector: Detector = {
  name: 'okp-damaged-header',
  anchors: OKP_TAILS.map(([curve, digits]) => hexAnchor(digits, curve)),
  detect({ bytes, at, anchor: { tag, literal } }, sink) {
    // version ‖ SEQUENCE ‖ OID header before it: the PKCS#8 detector has reported it.
    if (at >= 7 && bytes[at - 7] === 0x02 && bytes[at - 6] === 1 && bytes[at - 4] === TAG.sequence) return;
    const from = at + literal.length;
    const size = literal[literal.length - 1] as number;
    if (from + size > bytes.length) return;
    const key = { type: 'okp', curve: tag as OkpCurve, secret: bytes.slice(from, from + size) } as const;
    const to = from + size;
    const form = 'PKCS#8 DER';
    sink.secret('pkcs8-private-key', at, to, { kind: 'private-key', form, length: to - at, key, whole: false });
  },
};

const encryptedDetector: Detector = {
  name: 'encrypted-pkcs8',
  anchors: ENCRYPTION_SCHEMES.map((oid) => {
    const content = encodeOid(oid);
    return anchor(concatBytes(Uint8Array.of(TAG.oid, content.length), content));
  }),
  detect({ bytes, at }: Hit, sink: Sink) {
    const algorithm = headerBefore(bytes, at);
    const start = algorithm === undefined ? undefined : headerBefore(bytes, algorithm);
    if (start === undefined) return;
    const secret = parseEncryptedPkcs8(bytes.subarray(start));
    sink.secret('encrypted-private-key', start, start + secret.length, secret);
  },
};

export const DER_DETECTORS: readonly Detector[] = [
  pkcs8Detector,
  pkcs1Detector,
  publicExponentDetector,
  sec1Detector,
  okpDetector,
  encryptedDetector,
  certificateDetector,
];
