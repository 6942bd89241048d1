/** Elliptic-curve parameters in DER (RFC 5480, SEC 1 appendix C.2): a named curve, or one spelled out. */
import { type DerCursor, dottedOid, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import type { EcCurve } from '../../types.js';

/** Dotted OID → the curves that can be proven, or the usual name of another. */
const NAMED: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
  '1.3.132.0.10': 'secp256k1',
  '1.2.840.10045.3.1.1': 'P-192',
  '1.3.132.0.33': 'P-224',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
  '1.2.156.10197.1.301': 'SM2',
};

/** Field prime of each provable curve, by which explicit parameters are recognised (SEC 2). */
const FIELDS: ReadonlyMap<bigint, EcCurve> = new Map<bigint, EcCurve>([
  [2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n, 'P-256'],
  [2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n, 'P-384'],
  [2n ** 521n - 1n, 'P-521'],
  [2n ** 256n - 2n ** 32n - 977n, 'secp256k1'],
]);

/** Reads ECParameters at the cursor: a curve's name, or its dotted OID when it has none here. */
export function readCurve(cursor: DerCursor): string {
  if (cursor.peek === TAG.oid) {
    const oid = cursor.oid();
    return NAMED[oid] ?? oid;
  }
  // SpecifiedECDomain: version, fieldID SEQUENCE { prime-field OID, prime }, …
  const domain = cursor.enter(TAG.sequence);
  domain.unsigned();
  const field = domain.enter(TAG.sequence);
  if (dottedOid(field.take(TAG.oid).content) !== '1.2.840.10045.1.1') throw new FormatError('EC: no prime field');
  const curve = FIELDS.get(field.unsigned());
  if (curve === undefined) throw new FormatError('EC: unknown explicit curve');
  return curve;
}
