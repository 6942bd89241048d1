/** Elliptic-curve keys in SEC1 form, bare or in a PKCS#8 whose own header is damaged. */
import { DerCursor, TAG } from '../../bytes/der.js';
import { type Detector, hexAnchor } from '../detector.js';
import { readCurve } from './curve.js';
import { headersBefore } from './header.js';
import { parseSec1, readSec1Body } from './sec1.js';
import { ifWellFormed, reportPart, reportWhole } from './whole.js';

/** Bytes of the scalars of P-256, P-384, P-521, brainpoolP512, brainpoolP320, P-224, P-192. */
const SCALARS = ['20', '30', '42', '40', '28', '1c', '18'];
/** Lengths of the OIDs of curves. */
const MIN_OID = 5;
const MAX_OID = 10;

export const sec1Detector: Detector = {
  name: 'sec1',
  // version 1, then the header of the scalar
  anchors: SCALARS.map((length) => hexAnchor(`02 01 01 04 ${length}`)),
  detect(hit, sink) {
    const { bytes, at } = hit;
    const curve = curveBefore(bytes, at);
    if (reportWhole(hit, sink, 'sec1-private-key', (rest) => parseSec1(rest, curve))) return;
    const body = new DerCursor(bytes, at);
    const key = readSec1Body(body, curve);
    reportPart(sink, 'sec1-private-key', 'SEC1 DER', [headersBefore(bytes, at)[0] ?? at, body.at], key);
  },
};

/** The curve of a surrounding PKCS#8: OID, OCTET STRING { SEQUENCE { at. */
function curveBefore(bytes: Uint8Array, at: number): string | undefined {
  for (const sequence of headersBefore(bytes, at)) {
    for (const octets of headersBefore(bytes, sequence, TAG.octetString)) {
      for (let length = MIN_OID; length <= MAX_OID; length++) {
        const start = octets - length - 2;
        if (start < 0 || bytes[start] !== TAG.oid || bytes[start + 1] !== length) continue;
        const curve = ifWellFormed(() => readCurve(new DerCursor(bytes, start, octets)));
        if (curve !== undefined) return curve;
      }
    }
  }
  return undefined;
}
