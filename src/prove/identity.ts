/**
 * The names of a public key: SPKI SHA-256 (RFC 5280, 3279, 5480, 8410, 9881, 9935, 9909), RFC 7638 thumbprint, and the
 * OpenSSH fingerprint.
 */
import { createHash } from 'node:crypto';
import { bitLength, bytesFromBigint, concatBytes } from '../bytes/convert.js';
import type { KeyIdentity, PqAlgorithm, PublicKey } from '../types.js';
import { EC_CURVES, OKP_CURVES, tlv } from './curves.js';
import { PUBLIC_TEST_KEYS } from './public-test-keys.js';

const h = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));
const RSA_ALGORITHM = h('300d06092a864886f70d0101010500');
const DSA_OID = h('2a8648ce380401');
const EC_OID = h('2a8648ce3d0201');
/** 2.16.840.1.101.3.4: the last arcs name ML-DSA (3.17–19), SLH-DSA (3.20–31) and ML-KEM (4.1–3). */
const NIST_ALGORITHMS = '608648016503040';

const PQ_ARCS: Readonly<Record<PqAlgorithm, string>> = {
  'ML-DSA-44': '311',
  'ML-DSA-65': '312',
  'ML-DSA-87': '313',
  'SLH-DSA-SHA2-128s': '314',
  'SLH-DSA-SHA2-128f': '315',
  'SLH-DSA-SHA2-192s': '316',
  'SLH-DSA-SHA2-192f': '317',
  'SLH-DSA-SHA2-256s': '318',
  'SLH-DSA-SHA2-256f': '319',
  'SLH-DSA-SHAKE-128s': '31a',
  'SLH-DSA-SHAKE-128f': '31b',
  'SLH-DSA-SHAKE-192s': '31c',
  'SLH-DSA-SHAKE-192f': '31d',
  'SLH-DSA-SHAKE-256s': '31e',
  'SLH-DSA-SHAKE-256f': '31f',
  'ML-KEM-512': '401',
  'ML-KEM-768': '402',
  'ML-KEM-1024': '403',
};

/** Contents octets of a post-quantum algorithm's OID. */
export function pqOid(algorithm: PqAlgorithm): Uint8Array {
  return h(NIST_ALGORITHMS + PQ_ARCS[algorithm]);
}

export const PQ_ALGORITHMS = Object.keys(PQ_ARCS) as PqAlgorithm[];

export function identify(key: PublicKey): KeyIdentity & { spkiSha256: string } {
  const spkiSha256 = createHash('sha256').update(spki(key)).digest('hex');
  const published = PUBLIC_TEST_KEYS.get(spkiSha256);
  const jwk = jwkMembers(key);
  const ssh = sshBlob(key);
  return {
    ...describe(key),
    spkiSha256,
    ...(jwk && { jwkThumbprint: createHash('sha256').update(JSON.stringify(jwk)).digest('base64url') }),
    ...(ssh && { sshFingerprint: `SHA256:${createHash('sha256').update(ssh).digest('base64').replace(/=+$/, '')}` }),
    ...(published && { known: `${published.name} (${published.source})` }),
  };
}

function describe(key: PublicKey): Pick<KeyIdentity, 'algorithm' | 'bits' | 'curve'> {
  switch (key.type) {
    case 'rsa':
      return { algorithm: 'RSA', bits: bitLength(key.n) };
    case 'dsa':
      return { algorithm: 'DSA', bits: bitLength(key.p) };
    case 'ec':
      return { algorithm: 'EC', bits: EC_CURVES[key.curve].bits, curve: key.curve };
    case 'okp':
      return { algorithm: key.curve };
    case 'pq':
      return { algorithm: key.algorithm };
  }
}

/** DER SubjectPublicKeyInfo; RSA always with rsaEncryption, also for keys that are restricted to PSS. */
export function spki(key: PublicKey): Uint8Array {
  switch (key.type) {
    case 'rsa':
      return wrap(RSA_ALGORITHM, sequence(integer(key.n), integer(key.e)));
    case 'dsa': {
      const parameters = sequence(integer(key.p), integer(key.q), integer(key.g));
      return wrap(sequence(tlv(0x06, DSA_OID), parameters), integer(key.y));
    }
    case 'ec':
      return wrap(sequence(tlv(0x06, EC_OID), tlv(0x06, EC_CURVES[key.curve].oid)), key.point);
    case 'okp':
      return wrap(sequence(tlv(0x06, OKP_CURVES[key.curve].oid)), key.publicKey);
    case 'pq':
      return wrap(sequence(tlv(0x06, pqOid(key.algorithm))), key.publicKey);
  }
}

function wrap(algorithm: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return sequence(algorithm, tlv(0x03, concatBytes(Uint8Array.of(0), publicKey)));
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return tlv(0x30, concatBytes(...parts));
}

function integer(value: bigint): Uint8Array {
  return tlv(0x02, signed(value));
}

/** Big-endian with a leading zero where the top bit is set: DER INTEGER contents, SSH mpint contents. */
function signed(value: bigint): Uint8Array {
  const bytes = bytesFromBigint(value);
  return (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes;
}

/** The required members in lexical order (RFC 7638 section 3, RFC 8037, RFC 8812). */
function jwkMembers(key: PublicKey): Record<string, string> | undefined {
  const url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  switch (key.type) {
    case 'rsa':
      return { e: url(bytesFromBigint(key.e)), kty: 'RSA', n: url(bytesFromBigint(key.n)) };
    case 'ec': {
      const { size, jwk } = EC_CURVES[key.curve];
      return { crv: jwk, kty: 'EC', x: url(key.point.subarray(1, 1 + size)), y: url(key.point.subarray(1 + size)) };
    }
    case 'okp':
      return { crv: key.curve, kty: 'OKP', x: url(key.publicKey) };
    default:
      return undefined;
  }
}

/** The public key blob (RFC 4253 section 6.6, RFC 5656, RFC 8709). */
function sshBlob(key: PublicKey): Uint8Array | undefined {
  const text = (name: string) => Uint8Array.from(Buffer.from(name, 'latin1'));
  switch (key.type) {
    case 'rsa':
      return sshStrings(text('ssh-rsa'), signed(key.e), signed(key.n));
    case 'dsa':
      return sshStrings(text('ssh-dss'), signed(key.p), signed(key.q), signed(key.g), signed(key.y));
    case 'ec': {
      const { ssh } = EC_CURVES[key.curve];
      return ssh === undefined ? undefined : sshStrings(text(`ecdsa-sha2-${ssh}`), text(ssh), key.point);
    }
    case 'okp':
      if (key.curve === 'Ed25519') return sshStrings(text('ssh-ed25519'), key.publicKey);
      return key.curve === 'Ed448' ? sshStrings(text('ssh-ed448'), key.publicKey) : undefined;
    default:
      return undefined;
  }
}

function sshStrings(...strings: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...strings.flatMap((string) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, string.length);
      return [length, string];
    }),
  );
}
