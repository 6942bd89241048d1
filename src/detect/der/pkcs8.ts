/**
 * PrivateKeyInfo / OneAsymmetricKey (RFC 5208, RFC 5958): SEQUENCE { version, AlgorithmIdentifier, OCTET STRING,
 * [0] attributes OPTIONAL, [1] publicKey OPTIONAL }.
 */
import { hex } from '../../bytes/convert.js';
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { OKP_CURVES } from '../../prove/curves.js';
import { PQ_ALGORITHMS, pqOid } from '../../prove/identity.js';
import type { OkpCurve, ParsedSecret, PqAlgorithm, PqPrivateKey, PrivateKey } from '../../types.js';
import { readCurve } from './curve.js';
import { parsePkcs1 } from './rsa.js';
import { readSec1Body } from './sec1.js';

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const DSA = '1.2.840.10040.4.1';
const EC = '1.2.840.10045.2.1';
/** OpenSSL's and others' keys for ECDH only. */
const ECDH = '1.3.132.1.12';
const PUBLIC_KEY = 0x81;
const SEED = 0x80;

const OKP_BY_OID: ReadonlyMap<string, OkpCurve> = new Map(
  (Object.keys(OKP_CURVES) as OkpCurve[]).map((curve) => [hex(OKP_CURVES[curve].oid), curve]),
);
const PQ_BY_OID: ReadonlyMap<string, PqAlgorithm> = new Map(PQ_ALGORITHMS.map((name) => [hex(pqOid(name)), name]));

/** Bytes of seeds: ML-DSA ξ, ML-KEM d ‖ z (FIPS 204, FIPS 203). */
const SEED_LENGTH = { 'ML-DSA': 32, 'ML-KEM': 64 } as const;

export function parsePkcs8(bytes: Uint8Array): ParsedSecret {
  const outer = new DerCursor(bytes).header();
  const body = new DerCursor(bytes).enter(TAG.sequence);
  return { kind: 'private-key', form: 'PKCS#8 DER', length: outer.end, key: readPkcs8Body(body, true), whole: true };
}

/**
 * The fields behind the SEQUENCE header. `bounded`: the cursor ends where the structure does, so what follows the
 * private key belongs to it.
 */
export function readPkcs8Body(body: DerCursor, bounded: boolean): PrivateKey {
  if (body.unsigned() > 1n) throw new FormatError('PKCS#8: unknown version');
  const algorithm = body.enter(TAG.sequence);
  const oid = algorithm.take(TAG.oid);
  const secret = body.take(TAG.octetString).content;
  return readKey(oid.content, algorithm, secret, bounded ? readPublicKey(body) : undefined);
}

/** The [1] IMPLICIT BIT STRING of version 2; attributes and what else may follow are passed over. */
function readPublicKey(body: DerCursor): Uint8Array | undefined {
  while (!body.done) {
    const { tag, content } = body.next();
    if (tag === PUBLIC_KEY) return content.slice(1);
  }
  return undefined;
}

function readKey(
  oid: Uint8Array,
  parameters: DerCursor,
  secret: Uint8Array,
  publicKey: Uint8Array | undefined,
): PrivateKey {
  const id = hex(oid);
  const okp = OKP_BY_OID.get(id);
  if (okp !== undefined) {
    const inner = new DerCursor(secret).take(TAG.octetString).content.slice();
    if (inner.length !== OKP_CURVES[okp].secret) throw new FormatError('PKCS#8: secret of the wrong length');
    return { type: 'okp', curve: okp, secret: inner, publicKey };
  }
  const pq = PQ_BY_OID.get(id);
  if (pq !== undefined) return readPq(pq, secret, publicKey);
  switch (new DerCursor(Uint8Array.from([TAG.oid, oid.length, ...oid])).oid()) {
    case RSA:
      return rsaOf(parsePkcs1(secret));
    case RSA_PSS:
      return { ...rsaOf(parsePkcs1(secret)), pss: true } as PrivateKey;
    case DSA: {
      const domain = parameters.enter(TAG.sequence);
      const [p, q, g] = [domain.unsigned(), domain.unsigned(), domain.unsigned()];
      return { type: 'dsa', p, q, g, x: new DerCursor(secret).unsigned() };
    }
    case EC:
    case ECDH: {
      const curve = readCurve(parameters);
      const key = readSec1Body(new DerCursor(secret).enter(TAG.sequence), curve);
      return key.publicPoint === undefined && publicKey !== undefined ? { ...key, publicPoint: publicKey } : key;
    }
    default:
      throw new FormatError('PKCS#8: unknown algorithm');
  }
}

function rsaOf(parsed: ParsedSecret): PrivateKey {
  if (parsed.kind !== 'private-key') throw new FormatError('PKCS#8: no RSA key');
  return parsed.key;
}

/** RFC 9881 and 9935: CHOICE { seed [0], expandedKey OCTET STRING, both SEQUENCE }; older drafts: the bare bytes. */
function readPq(algorithm: PqAlgorithm, secret: Uint8Array, publicKey?: Uint8Array): PqPrivateKey {
  const key = { type: 'pq', algorithm, publicKey } as const;
  if (algorithm.startsWith('SLH')) return { ...key, expanded: secret.slice() };
  const seedLength = SEED_LENGTH[algorithm.slice(0, 6) as keyof typeof SEED_LENGTH];
  if (secret.length === seedLength) return { ...key, seed: secret.slice() };
  const cursor = new DerCursor(secret);
  if (cursor.peek === SEED || cursor.peek === TAG.octetString || cursor.peek === TAG.sequence) {
    try {
      return { ...key, ...readPqChoice(cursor, seedLength) };
    } catch {
      // A bare expanded key may begin with any byte.
    }
  }
  return { ...key, expanded: secret.slice() };
}

function readPqChoice(cursor: DerCursor, seedLength: number): Pick<PqPrivateKey, 'seed' | 'expanded'> {
  if (cursor.peek === TAG.sequence) {
    const both = cursor.enter(TAG.sequence);
    return { seed: both.take(TAG.octetString).content.slice(), expanded: both.take(TAG.octetString).content.slice() };
  }
  const value = cursor.next();
  if (!cursor.done) throw new FormatError('PKCS#8: something follows');
  if (value.content.length === seedLength) return { seed: value.content.slice() };
  if (value.tag === SEED) throw new FormatError('PKCS#8: seed of the wrong length');
  return { expanded: value.content.slice() };
}
