/**
 * The private serialisation of OpenSSH, `sshkey_private_serialize` of sshkey.c: what an agent receives in
 * SSH2_AGENTC_ADD_IDENTITY (draft-ietf-sshm-ssh-agent section 3.2) and what stands inside `openssh-key-v1`. Unlike the
 * public blob, which gives e before n, it gives n first.
 */
import { bigintFromBytes } from '../../bytes/convert.js';
import { checkedSize } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';
import type { NistCurve, PrivateKey, RsaPrivateKey } from '../../types.js';
import { SshFields } from '../text/ssh-blob.js';

/** Bytes of the longest number that is read: 16384 bits and a sign byte. */
const MAX_MPINT = 2049;

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

interface Ecdsa {
  readonly curve: NistCurve;
  readonly name: string;
  /** Bytes of an uncompressed point. */
  readonly pointLength: number;
}

const ECDSA: ReadonlyMap<string, Ecdsa> = new Map([
  ['ecdsa-sha2-nistp256', { curve: 'P-256', name: 'nistp256', pointLength: 65 }],
  ['ecdsa-sha2-nistp384', { curve: 'P-384', name: 'nistp384', pointLength: 97 }],
  ['ecdsa-sha2-nistp521', { curve: 'P-521', name: 'nistp521', pointLength: 133 }],
]);

/** Plain key types. Each has a certificate variant, too, but for DSA only in old versions. */
export const WIRE_KEY_TYPES: readonly string[] = ['ssh-rsa', 'ssh-dss', 'ssh-ed25519', ...ECDSA.keys()];

export interface WireKey {
  /** Absent for a key that lives in hardware (`sk-…`): what is stored is a handle, and no private key. */
  readonly key?: PrivateKey;
  /** False when the bytes ended inside the key and arithmetic may still prove what is there. */
  readonly whole: boolean;
  /** Bytes read. */
  readonly length: number;
}

/**
 * Reads one private key, its type first. FormatError for an unknown type or for fields that cannot be; BoundsError
 * where the bytes end before enough of the key was read.
 */
export function readWirePrivateKey(bytes: Uint8Array): WireKey {
  const fields = new SshFields(bytes);
  const type = shortText(fields);
  if (type.startsWith('sk-')) return { whole: true, length: fields.position };
  const plain = type.endsWith(CERTIFICATE_SUFFIX) ? type.slice(0, -CERTIFICATE_SUFFIX.length) : type;
  const certificate = plain === type ? undefined : new CertificateFields(fields.string(), type);
  if (plain === 'ssh-rsa') return readRsa(bytes, fields, certificate);
  let key: PrivateKey;
  if (plain === 'ssh-dss') {
    const from = certificate?.fields ?? fields;
    const [p, q, g, y] = [mpint(from), mpint(from), mpint(from), mpint(from)];
    key = { type: 'dsa', p, q, g, y, x: mpint(fields) };
  } else if (plain === 'ssh-ed25519') {
    const publicKey = exactly(fields, 32);
    const secret = exactly(fields, 64);
    key = { type: 'okp', curve: 'Ed25519', secret: secret.slice(0, 32), publicKey };
  } else {
    const ecdsa = ECDSA.get(plain);
    if (ecdsa === undefined) throw new FormatError('unknown SSH key type');
    const from = certificate?.fields ?? fields;
    if (shortText(from) !== ecdsa.name) throw new FormatError('SSH curve name');
    const publicPoint = exactly(from, ecdsa.pointLength);
    key = { type: 'ec', curve: ecdsa.curve, d: mpint(fields), publicPoint };
  }
  return { key, whole: true, length: fields.position };
}

/** A certificate's fields from those of its public key on: type, nonce, then the key (PROTOCOL.certkeys). */
class CertificateFields {
  readonly fields: SshFields;

  constructor(blob: Uint8Array, type: string) {
    this.fields = new SshFields(blob);
    if (shortText(this.fields) !== type) throw new FormatError('SSH certificate type');
    this.fields.string();
  }
}

/** n, e (from the certificate, e first, where there is one), d, iqmp, p, q. Any after d may be cut off. */
function readRsa(bytes: Uint8Array, fields: SshFields, certificate: CertificateFields | undefined): WireKey {
  let n: bigint;
  let e: bigint;
  if (certificate) {
    e = mpint(certificate.fields);
    n = mpint(certificate.fields);
  } else {
    n = mpint(fields);
    e = mpint(fields);
  }
  // A public blob gives e first: then this is none of ours.
  if (n < 1n << 255n || e < 3n || e >= n) throw new FormatError('SSH RSA numbers');
  const key: { -readonly [K in keyof RsaPrivateKey]: RsaPrivateKey[K] } = { type: 'rsa', n, e };
  let end = fields.position;
  try {
    for (const name of ['d', 'qInv', 'p', 'q'] as const) {
      key[name] = mpint(fields);
      end = fields.position;
    }
  } catch (error) {
    if (!(error instanceof BoundsError || error instanceof FormatError)) throw error;
    if (key.d !== undefined) return { key, whole: false, length: end };
    key.partialD = cutMpint(bytes, end);
    return { key, whole: false, length: bytes.length };
  }
  return { key, whole: true, length: end };
}

/** The leading bytes of a number whose string begins at `at` and runs over the end of the bytes. */
function cutMpint(bytes: Uint8Array, at: number): NonNullable<RsaPrivateKey['partialD']> {
  const length = checkedSize(new SshFields(bytes.subarray(at)).uint32(), MAX_MPINT, 'SSH number');
  const top = bytes.subarray(at + 4);
  if (top.length >= length) throw new FormatError('SSH number');
  return { top: bigintFromBytes(top), missingBits: 8 * (length - top.length) };
}

function mpint(fields: SshFields): bigint {
  const bytes = fields.string();
  if (bytes.length === 0 || bytes.length > MAX_MPINT || (bytes[0] as number) >= 0x80) {
    throw new FormatError('SSH number');
  }
  return bigintFromBytes(bytes);
}

function exactly(fields: SshFields, length: number): Uint8Array {
  const bytes = fields.string();
  if (bytes.length !== length) throw new FormatError('SSH field length');
  return bytes.slice();
}

/** A name of the protocol: printable ASCII, at most 64 characters (RFC 4251 section 6). */
export function shortText(fields: SshFields): string {
  const bytes = fields.string();
  if (bytes.length === 0 || bytes.length > 64) throw new FormatError('SSH name length');
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^[\x21-\x7e]+$/.test(text)) throw new FormatError('SSH name');
  return text;
}
