/**
 * PrivateKeyInfo / OneAsymmetricKey (RFC 5208, RFC 5958): SEQUENCE { version, AlgorithmIdentifier, OCTET STRING,
 * [0] attributes OPTIONAL, [1] publicKey OPTIONAL }.
 */
import { hex } from '../../bytes/convert.js';
import { DerCursor, dottedOid, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { OKP_CURVES } from '../../prove/curves.js';
import { PQ_ALGORITHMS, pqOid } from '../../prove/identity.js';
import type { OkpCurve, ParsedSecret, PqAlgorithm, PrivateKey } from '../../types.js';
import { readCurve } from './curve.js';
import { readPq } from './pq.js';
import { readRsa } from './rsa.js';
import { readSec1Body } from './sec1.js';

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const DSA = '1.2.840.10040.4.1';
const EC = '1.2.840.10045.2.1';
/** OpenSSL's and others' keys for ECDH only. */
const ECDH = '1.3.132.1.12';
const PUBLIC_KEY = 0x81;

const OKP_BY_OID: ReadonlyMap<string, OkpCurve> = new Map(
  (Object.keys(OKP_CURVES) as OkpCurve[]).map((curve) => [hex(OKP_CURVES[curve].oid), curve]),
);
const PQ_BY_OID: ReadonlyMap<string, PqAlgorithm> = new Map(PQ_ALGORITHMS.map((name) => [hex(pqOid(name)), name]));

/** Bytes may follow the structure: `length` tells how many it takes. Throws FormatError. */
export function parsePkcs8(bytes: Uint8Array): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  return { kind: 'private-key', form: 'PKCS#8 DER', length: outer.end, key: readPkcs8Body(body, true), whole: true };
}

/**
 * The fields behind the SEQUENCE header. `whole` is false where the header is damaged or the end is cut: then what
 * follows the private key is not read, and of the private key itself only the public part may be missing.
 */
export function readPkcs8Body(body: DerCursor, whole: boolean): PrivateKey {
  if (body.unsigned() > 1n) throw new FormatError('PKCS#8: unknown version');
  const algorithm = body.enter(TAG.sequence);
  const oid = algorithm.take(TAG.oid).content;
  if (!whole) return readKey(oid, algorithm, body.open(TAG.octetString), undefined);
  const secret = body.take(TAG.octetString).content;
  return readKey(oid, algorithm, new DerCursor(secret), readPublicKey(body));
}

/** The [1] IMPLICIT BIT STRING of version 2; attributes and what else may follow are passed over. */
function readPublicKey(body: DerCursor): Uint8Array | undefined {
  while (!body.done) {
    const { tag, content } = body.next();
    if (tag === PUBLIC_KEY) return content.slice(1);
  }
  return undefined;
}

/** Algorithms that are named and not checked. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.3.1': 'DH',
  '1.2.840.10046.2.1': 'X9.42 DH',
  '1.2.643.7.1.1.1.1': 'GOST R 34.10-2012',
  '1.2.643.7.1.1.1.2': 'GOST R 34.10-2012',
  '1.2.643.2.2.19': 'GOST R 34.10-2001',
};
const MIN_OTHER = 16;

/** Only of a whole structure: an unknown OID in a damaged one is damage. */
function otherKey(oid: string, secret: DerCursor): PrivateKey {
  const { content } = secret.next();
  if (content.length < MIN_OTHER || !secret.done) throw new FormatError('PKCS#8: unknown algorithm');
  return { type: 'other', algorithm: OTHER_NAMES[oid] ?? `algorithm ${oid}`, secret: content.slice() };
}

/** `secret`: over the contents of the privateKey field. */
function readKey(oid: Uint8Array, parameters: DerCursor, secret: DerCursor, publicKey?: Uint8Array): PrivateKey {
  const id = hex(oid);
  const okp = OKP_BY_OID.get(id);
  if (okp !== undefined) {
    const inner = secret.take(TAG.octetString).content.slice();
    if (inner.length !== OKP_CURVES[okp].secret) throw new FormatError('PKCS#8: secret of the wrong length');
    return { type: 'okp', curve: okp, secret: inner, publicKey };
  }
  const pq = PQ_BY_OID.get(id);
  if (pq !== undefined) return { ...readPq(pq, secret), ...(publicKey && { publicKey }) };
  switch (dottedOid(oid)) {
    case RSA:
      return readRsa(secret);
    case RSA_PSS:
      return { ...readRsa(secret), pss: true };
    case DSA: {
      const domain = parameters.enter(TAG.sequence);
      const [p, q, g] = [domain.unsigned(), domain.unsigned(), domain.unsigned()];
      return { type: 'dsa', p, q, g, x: secret.unsigned() };
    }
    case EC:
    case ECDH: {
      const key = readSec1Body(secret.open(TAG.sequence), readCurve(parameters));
      return key.publicPoint === undefined && publicKey !== undefined ? { ...key, publicPoint: publicKey } : key;
    }
    default:
      return otherKey(dottedOid(oid), secret);
  }
}
