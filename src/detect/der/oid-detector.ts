/**
 * PKCS#8 keys of the newer algorithms (RFC 8410, RFC 9881, RFC 9935, RFC 9909) whose header is gone: the end of the
 * algorithm's OID and the beginning of the private-key field tell what they are.
 */
import { DerCursor, TAG } from '../../bytes/der.js';
import { OKP_CURVES } from '../../prove/curves.js';
import { PQ_ALGORITHMS, pqOid } from '../../prove/identity.js';
import { pqSizes } from '../../prove/pq.js';
import type { OkpCurve, PqAlgorithm } from '../../types.js';
import { type Anchor, anchor, type Detector } from '../detector.js';
import { readPq } from './pq.js';
import { reportPart } from './whole.js';

const FORM = 'PKCS#8 DER';
const OKP = Object.keys(OKP_CURVES) as OkpCurve[];
/** [1] IMPLICIT BIT STRING with no unused bits: the public key of version 2. */
const PUBLIC_KEY = 0x81;

/** Three bytes of OID, OCTET STRING { OCTET STRING { secret: all that is left of a block of 48 bytes, once freed. */
function okpAnchor(curve: OkpCurve): Anchor {
  const { oid, secret } = OKP_CURVES[curve];
  return anchor(Uint8Array.from([...oid, TAG.octetString, secret + 2, TAG.octetString, secret]), curve);
}

/** Whether the structure before the OID's contents is whole, so that the PKCS#8 detector has reported it. */
function isWholeBefore(bytes: Uint8Array, oid: number): boolean {
  // INTEGER version, SEQUENCE, OID
  return bytes[oid - 7] === TAG.integer && bytes[oid - 6] === 1 && bytes[oid - 4] === TAG.sequence;
}

export const okpDetector: Detector = {
  name: 'okp-damaged-header',
  anchors: OKP.map(okpAnchor),
  detect({ bytes, at, anchor: { tag, literal } }, sink) {
    if (isWholeBefore(bytes, at)) return;
    const curve = tag as OkpCurve;
    const { secret: size, public: publicSize } = OKP_CURVES[curve];
    const from = at + literal.length;
    let to = from + size;
    if (to > bytes.length) return;
    const key = { type: 'okp', curve, secret: bytes.slice(from, to) } as const;
    let publicKey: Uint8Array | undefined;
    if (bytes[to] === PUBLIC_KEY && bytes[to + 1] === publicSize + 1 && to + 3 + publicSize <= bytes.length) {
      publicKey = bytes.slice(to + 3, to + 3 + publicSize);
      to += 3 + publicSize;
    }
    reportPart(sink, 'pkcs8-private-key', FORM, [at, to], { ...key, publicKey });
  },
};

/**
 * The last two bytes of the OID and a short field of a seed; or the last four and the field of a long or bare key, whose
 * header alone says too little.
 */
function pqAnchors(algorithm: PqAlgorithm): Anchor[] {
  const oid = pqOid(algorithm);
  const { seed, expanded } = pqSizes(algorithm);
  const field = seed === undefined ? expanded : seed + 2;
  const long = anchor(
    Uint8Array.from([...oid.slice(-4), TAG.octetString, seed === undefined ? field : 0x82]),
    algorithm,
  );
  if (seed === undefined) return [long];
  return [anchor(Uint8Array.from([...oid.slice(-2), TAG.octetString, field, 0x80, seed]), algorithm), long];
}

export const pqDetector: Detector = {
  name: 'pq-damaged-header',
  anchors: PQ_ALGORITHMS.flatMap(pqAnchors),
  detect({ bytes, at, anchor: { tag, literal } }, sink) {
    const algorithm = tag as PqAlgorithm;
    const oidLength = pqOid(algorithm).length;
    const field = at + literal.lastIndexOf(TAG.octetString);
    if (isWholeBefore(bytes, field - oidLength)) return;
    const cursor = new DerCursor(bytes, field);
    const key = readPq(algorithm, cursor.open(TAG.octetString));
    reportPart(sink, 'pkcs8-private-key', FORM, [at, cursor.at], key);
  },
};
