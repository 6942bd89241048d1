/** Elliptic-curve parameters in DER (RFC 5480, SEC 1 appendix C.2): a named curve, or one spelled out. */
import { hex } from '../../bytes/convert.js';
import { type DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { EC_CURVES } from '../../prove/curves.js';
import type { EcCurve } from '../../types.js';

const PROVABLE = Object.keys(EC_CURVES) as EcCurve[];
const PROVABLE_BY_OID: ReadonlyMap<string, EcCurve> = new Map(
  PROVABLE.map((curve) => [hex(EC_CURVES[curve].oid), curve]),
);
const PROVABLE_BY_ORDER: ReadonlyMap<bigint, EcCurve> = new Map(
  PROVABLE.map((curve) => [EC_CURVES[curve].order, curve]),
);

/** Usual names of curves that are only parsed (SEC 2, RFC 5639, GB/T 32918). */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.1': 'P-192',
  '1.3.132.0.33': 'P-224',
  '1.3.132.0.31': 'secp192k1',
  '1.3.132.0.32': 'secp224k1',
  '1.3.36.3.3.2.8.1.1.1': 'brainpoolP160r1',
  '1.3.36.3.3.2.8.1.1.3': 'brainpoolP192r1',
  '1.3.36.3.3.2.8.1.1.5': 'brainpoolP224r1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.9': 'brainpoolP320r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
  '1.2.156.10197.1.301': 'SM2',
};

/** Arcs under which curves are registered: SEC, X9.62, brainpool, SM2. Another OID is no curve. */
const ARCS = ['1.3.132.0.', '1.2.840.10045.3.', '1.3.36.3.3.2.8.1.1.', '1.2.156.10197.1.301'];
const PRIME_FIELD = '1.2.840.10045.1.1';
/** What a curve is called that is spelled out and none of the known ones. */
const EXPLICIT = 'explicit parameters';

/** Reads ECParameters at the cursor: a curve's name, or its dotted OID when it has none here. Throws FormatError. */
export function readCurve(cursor: DerCursor): string {
  if (cursor.peek !== TAG.oid) return readExplicit(cursor.enter(TAG.sequence));
  const provable = PROVABLE_BY_OID.get(hex(cursor.header().content));
  const oid = cursor.oid();
  if (!ARCS.some((arc) => oid.startsWith(arc))) throw new FormatError('EC: not the OID of a curve');
  return provable ?? NAMES[oid] ?? oid;
}

/** SpecifiedECDomain { version, fieldID, curve, base, order, … }, recognised by the order of its base point. */
function readExplicit(domain: DerCursor): string {
  domain.unsigned();
  if (domain.enter(TAG.sequence).oid() !== PRIME_FIELD) return EXPLICIT;
  domain.take(TAG.sequence);
  domain.take(TAG.octetString);
  return PROVABLE_BY_ORDER.get(domain.unsigned()) ?? EXPLICIT;
}
