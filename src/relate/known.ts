/** Public keys that are known, from certificates in the dump or from the user, as the relations need them. */
import { hex } from '../bytes/convert.js';
import { DerCursor, TAG } from '../bytes/der.js';
import { BoundsError, FormatError } from '../errors.js';
import { EC_CURVES, OKP_CURVES } from '../prove/curves.js';
import { PQ_ALGORITHMS, pqOid } from '../prove/identity.js';
import type { EcCurve, OkpCurve, PqAlgorithm, PublicKey } from '../types.js';
import type { KnownModulus } from './exponent-test.js';

const RSA_OIDS = new Set(['2a864886f70d010101', '2a864886f70d01010a']);
const EC_OID = '2a8648ce3d0201';
const CURVE_BY_OID: ReadonlyMap<string, EcCurve> = new Map(
  (Object.keys(EC_CURVES) as EcCurve[]).map((curve) => [hex(EC_CURVES[curve].oid), curve]),
);
const OKP_BY_OID: ReadonlyMap<string, OkpCurve> = new Map(
  (Object.keys(OKP_CURVES) as OkpCurve[]).map((curve) => [hex(OKP_CURVES[curve].oid), curve]),
);
const PQ_BY_OID: ReadonlyMap<string, PqAlgorithm> = new Map(
  PQ_ALGORITHMS.map((algorithm) => [hex(pqOid(algorithm)), algorithm]),
);

/** The public key of a DER SubjectPublicKeyInfo (RFC 5280); undefined for an algorithm without relations. */
export function publicKeyOfSpki(spki: Uint8Array): PublicKey | undefined {
  try {
    const body = new DerCursor(spki).enter(TAG.sequence);
    const algorithm = body.enter(TAG.sequence);
    const oid = hex(algorithm.take(TAG.oid).content);
    const bits = body.take(TAG.bitString).content.slice(1);
    if (RSA_OIDS.has(oid)) {
      const key = new DerCursor(bits).enter(TAG.sequence);
      return { type: 'rsa', n: key.unsigned(), e: key.unsigned() };
    }
    if (oid === EC_OID) {
      const curve = CURVE_BY_OID.get(hex(algorithm.take(TAG.oid).content));
      return curve && { type: 'ec', curve, point: bits };
    }
    const curve = OKP_BY_OID.get(oid);
    if (curve !== undefined) return { type: 'okp', curve, publicKey: bits };
    const postQuantum = PQ_BY_OID.get(oid);
    return postQuantum && { type: 'pq', algorithm: postQuantum, publicKey: bits };
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}

export interface KnownKeys {
  readonly moduli: readonly KnownModulus[];
  /** Hex of the x coordinates, in the size of the curve. */
  readonly points: ReadonlyMap<EcCurve, ReadonlySet<string>>;
  /** Hex of public keys. */
  readonly okp: ReadonlyMap<OkpCurve, ReadonlySet<string>>;
  /** Hex of ρ, the part of the public key that is hashed from the seed alone. */
  readonly rho: ReadonlyMap<PqAlgorithm, ReadonlySet<string>>;
}

/** Sorts public keys by what they are looked for with. */
export function knownKeys(keys: Iterable<PublicKey>): KnownKeys {
  const moduli = new Map<bigint, KnownModulus>();
  const points = new Map<EcCurve, Set<string>>();
  const okp = new Map<OkpCurve, Set<string>>();
  const rho = new Map<PqAlgorithm, Set<string>>();
  for (const key of keys) {
    if (key.type === 'rsa') moduli.set(key.n, { n: key.n, e: key.e });
    else if (key.type === 'ec') add(points, key.curve, key.point.subarray(1, 1 + EC_CURVES[key.curve].size));
    else if (key.type === 'okp') add(okp, key.curve, key.publicKey);
    // FIPS 203 algorithm 13: t, ρ; FIPS 204 algorithm 22: ρ, t.
    else if (key.type === 'pq' && key.algorithm.startsWith('ML-KEM')) add(rho, key.algorithm, key.publicKey.slice(-32));
    else if (key.type === 'pq') add(rho, key.algorithm, key.publicKey.subarray(0, 32));
  }
  return { moduli: [...moduli.values()], points, okp, rho };
}

function add<K>(to: Map<K, Set<string>>, name: K, bytes: Uint8Array): void {
  const set = to.get(name) ?? new Set();
  to.set(name, set.add(hex(bytes)));
}
