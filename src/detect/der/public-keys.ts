/**
 * SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) in DER: public data, and what private keys that exist only as numbers
 * are recognised by. The end of the algorithm and the header of the key are the anchor.
 */
import { concatBytes } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { EC_CURVES, OKP_CURVES, tlv } from '../../prove/curves.js';
import type { EcCurve, OkpCurve } from '../../types.js';
import { anchor, type Detector, hexAnchor } from '../detector.js';
import { ifWellFormed } from './whole.js';

const RSA = Uint8Array.from(Buffer.from('300d06092a864886f70d0101010500', 'hex'));
const EC_OID = Uint8Array.from(Buffer.from('06072a8648ce3d0201', 'hex'));
const CURVES = Object.keys(EC_CURVES) as EcCurve[];
const RSA_TAG = 'rsa';
/** RSAPublicKey by itself (RFC 8017 appendix A.1.1): 1024, 2048, 3072 and 4096 bits, with e of three bytes. */
const PKCS1_HEADS = ['30818902818100', '3082010a0282010100', '3082018a0282018100', '3082020a0282020100'];
const PKCS1_TAG = 'RSAPublicKey';
const OKP = Object.keys(OKP_CURVES) as OkpCurve[];
/** 16384 bits and the headers. */
const MAX_RSA = 2100;

/** The end of the OID, and BIT STRING with no unused bits, uncompressed point. */
function pointAnchor(curve: EcCurve) {
  const { oid, size } = EC_CURVES[curve];
  const length = 2 * size + 2;
  const header = length < 0x80 ? [TAG.bitString, length] : [TAG.bitString, 0x81, length];
  return anchor(Uint8Array.from([...oid.slice(-4), ...header, 0, 4]), curve);
}

function okpAnchor(curve: OkpCurve) {
  const { oid, public: size } = OKP_CURVES[curve];
  return anchor(Uint8Array.from([...oid, TAG.bitString, size + 1, 0]), curve);
}

export const publicKeyDetector: Detector = {
  name: 'public-key',
  anchors: [
    hexAnchor('0d010101 0500 0382', RSA_TAG),
    hexAnchor('0d010101 0500 0381', RSA_TAG),
    ...PKCS1_HEADS.map((digits) => hexAnchor(digits, PKCS1_TAG)),
    ...CURVES.map(pointAnchor),
    ...OKP.map(okpAnchor),
  ],
  detect({ bytes, at, anchor: { literal, tag } }, sink) {
    if (tag === RSA_TAG) {
      const bits = ifWellFormed(() => rsaBits(bytes.subarray(at + 6, at + 6 + MAX_RSA)));
      if (bits) sink.publicKey(tlv(TAG.sequence, concatBytes(RSA, bits)));
      return;
    }
    if (tag === PKCS1_TAG) {
      const bits = ifWellFormed(() => {
        const { end } = new DerCursor(bytes.subarray(at, at + MAX_RSA)).take(TAG.sequence);
        return rsaBits(tlv(TAG.bitString, concatBytes(Uint8Array.of(0), bytes.slice(at, at + end))));
      });
      if (bits) sink.publicKey(tlv(TAG.sequence, concatBytes(RSA, bits)));
      return;
    }
    const okp = OKP.find((curve) => curve === tag);
    const size = okp ? OKP_CURVES[okp].public : 2 * EC_CURVES[tag as EcCurve].size;
    const from = at + literal.length;
    if (from + size > bytes.length) return;
    const key = bytes.slice(from, from + size);
    if (okp) {
      const algorithm = tlv(TAG.sequence, tlv(TAG.oid, OKP_CURVES[okp].oid));
      sink.publicKey(tlv(TAG.sequence, concatBytes(algorithm, tlv(TAG.bitString, concatBytes(Uint8Array.of(0), key)))));
      return;
    }
    const algorithm = tlv(TAG.sequence, concatBytes(EC_OID, tlv(TAG.oid, EC_CURVES[tag as EcCurve].oid)));
    sink.publicKey(
      tlv(TAG.sequence, concatBytes(algorithm, tlv(TAG.bitString, concatBytes(Uint8Array.of(0, 4), key)))),
    );
  },
};

/** The BIT STRING at the beginning, when it holds RSAPublicKey (RFC 8017 appendix A.1.1). */
function rsaBits(bytes: Uint8Array): Uint8Array {
  const bits = new DerCursor(bytes).take(TAG.bitString);
  const key = new DerCursor(bits.content.subarray(1)).enter(TAG.sequence);
  key.unsigned();
  key.unsigned();
  return bytes.slice(bits.start, bits.end);
}
