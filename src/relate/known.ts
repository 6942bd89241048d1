/** Public keys that are known, from certificates in the dump or from the user, as the relations need them. */
import { hex } from '../bytes/convert.js';
import { DerCursor, TAG } from '../bytes/der.js';
import { BoundsError, FormatError } from '../errors.js';
import { EC_CURVES, OKP_CURVES } from '../prove/curves.js';
import type { EcCurve, PublicKey } from '../types.js';
import type { KnownPoints } from './curves.js';
import type { KnownModulus } from './rsa.js';

const RSA_OIDS = new Set(['2a864886f70d010101', '2a864886f70d01010a']);
const EC_OID = '2a8648ce3d0201';
const CURVE_BY_OID: ReadonlyMap<string, EcCurve> = new Map(
  (Object.keys(EC_CURVES) as EcCurve[]).map((curve) => [hex(EC_CURVES[curve].oid), curve]),
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
    return oid === hex(OKP_CURVES.Ed25519.oid) ? { type: 'okp', curve: 'Ed25519', publicKey: bits } : undefined;
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}

export interface KnownKeys {
  readonly moduli: readonly KnownModulus[];
  readonly points: KnownPoints;
}

/** Sorts public keys by what they are looked for with. */
export function knownKeys(keys: Iterable<PublicKey>): KnownKeys {
  const moduli = new Map<bigint, KnownModulus>();
  const x = new Map<EcCurve, Set<string>>();
  const ed25519 = new Set<string>();
  for (const key of keys) {
    if (key.type === 'rsa') moduli.set(key.n, { n: key.n, e: key.e });
    else if (key.type === 'ec') {
      const { size } = EC_CURVES[key.curve];
      const known = x.get(key.curve) ?? new Set();
      x.set(key.curve, known.add(hex(key.point.subarray(1, 1 + size))));
    } else if (key.type === 'okp' && key.curve === 'Ed25519') ed25519.add(hex(key.publicKey));
  }
  return { moduli: [...moduli.values()], points: { x, ed25519 } };
}
