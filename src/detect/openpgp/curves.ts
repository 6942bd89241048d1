/** The curves of OpenPGP by their OIDs (RFC 9580 section 9.2, RFC 6637 section 11, LibrePGP section 9.2). */
import type { EcCurve, OkpCurve } from '../../types.js';

export interface OpenPgpCurve {
  /** DER contents of the OID, without tag and length, in hex. */
  readonly oid: string;
  readonly type: 'ec' | 'okp';
  /** Name, or dotted OID of a curve that cannot be proven. */
  readonly name: EcCurve | OkpCurve | (string & {});
  /** Bytes of a scalar or seed. */
  readonly size: number;
}

export const CURVES: readonly OpenPgpCurve[] = [
  { oid: '2a8648ce3d030107', type: 'ec', name: 'P-256', size: 32 },
  { oid: '2b81040022', type: 'ec', name: 'P-384', size: 48 },
  { oid: '2b81040023', type: 'ec', name: 'P-521', size: 66 },
  { oid: '2b8104000a', type: 'ec', name: 'secp256k1', size: 32 },
  { oid: '2b2403030208010107', type: 'ec', name: '1.3.36.3.3.2.8.1.1.7', size: 32 },
  { oid: '2b240303020801010b', type: 'ec', name: '1.3.36.3.3.2.8.1.1.11', size: 48 },
  { oid: '2b240303020801010d', type: 'ec', name: '1.3.36.3.3.2.8.1.1.13', size: 64 },
  { oid: '2b06010401da470f01', type: 'okp', name: 'Ed25519', size: 32 },
  { oid: '2b060104019755010501', type: 'okp', name: 'X25519', size: 32 },
  { oid: '2b6570', type: 'okp', name: 'Ed25519', size: 32 },
  { oid: '2b656e', type: 'okp', name: 'X25519', size: 32 },
  { oid: '2b6571', type: 'okp', name: 'Ed448', size: 57 },
  { oid: '2b656f', type: 'okp', name: 'X448', size: 56 },
];

const BY_OID: ReadonlyMap<string, OpenPgpCurve> = new Map(CURVES.map((curve) => [curve.oid, curve]));

export function curveOfOid(oid: Uint8Array): OpenPgpCurve | undefined {
  return BY_OID.get(Buffer.from(oid).toString('hex'));
}
