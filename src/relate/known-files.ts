/**
 * Public keys that the user knows: certificates, PEM and DER public keys, JWK and JWKS, SSH public keys, and SPKI hashes
 * where only a name is wanted. Of a private key, its public half.
 */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { parseSshPublicKey } from '../detect/text/ssh-blob.js';
import { DumpsieveError } from '../errors.js';
import { EC_CURVES } from '../prove/curves.js';
import { spki as encodeSpki } from '../prove/identity.js';
import type { EcCurve } from '../types.js';
import { publicKeyOfSpki } from './known.js';

/** A key to look for. */
export interface KnownKey {
  /** Where it came from: file, and number in it. */
  readonly name: string;
  /** Lowercase hex. */
  readonly spkiSha256: string;
  /** Absent for a hash: then a key can be named, and not searched for. */
  readonly spki?: Uint8Array;
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The keys of one file; USAGE when there are none. `name`: the file, for messages. */
export function parseKnownFile(bytes: Buffer, name: string): KnownKey[] {
  const spkis = [...fromPem(bytes), ...fromLines(bytes), ...fromJson(bytes)];
  if (spkis.length === 0) spkis.push(...attempt(() => spkiOfCertificate(bytes)), ...attempt(() => spkiOfDer(bytes)));
  const keys = spkis.map((spki) => ({ spki, spkiSha256: createHash('sha256').update(spki).digest('hex') }));
  const hashes = [...bytes.toString('latin1').matchAll(/^(?:sha256:)?([0-9a-fA-F]{64})\b/gm)].map(([, hash = '']) => ({
    spkiSha256: hash.toLowerCase(),
  }));
  const all: Array<Omit<KnownKey, 'name'>> = [...keys, ...hashes];
  if (all.length === 0) {
    throw new DumpsieveError('USAGE', `${name}: no public key, certificate or SPKI hash in it`);
  }
  return all.map((key, i) => ({ name: all.length > 1 ? `${name} (${i + 1})` : name, ...key }));
}

function fromPem(bytes: Buffer): Uint8Array[] {
  return [...bytes.toString('latin1').matchAll(PEM)].flatMap(([block, label]) =>
    attempt(() => (label === 'CERTIFICATE' ? spkiOfCertificate(Buffer.from(block)) : spkiOf(createPublicKey(block)))),
  );
}

/** `authorized_keys`, `known_hosts` and `.pub` files: the blob is one word of base64. */
function fromLines(bytes: Buffer): Uint8Array[] {
  return [...bytes.toString('latin1').matchAll(/(?:^|\s)(AAAA[A-Za-z0-9+/]{40,}={0,2})(?=\s|$)/g)].flatMap(
    ([, blob = '']) => attempt(() => encodeSpki(parseSshPublicKey(Uint8Array.from(Buffer.from(blob, 'base64'))))),
  );
}

function fromJson(bytes: Buffer): Uint8Array[] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return [];
  }
  const { keys = [value] } = Object(value) as { keys?: unknown };
  return (Array.isArray(keys) ? keys : []).flatMap((key: unknown) =>
    attempt(() => spkiOf(createPublicKey({ key: key as object as never, format: 'jwk' }))),
  );
}

function spkiOfCertificate(bytes: Buffer): Uint8Array {
  return spkiOf(new X509Certificate(bytes).publicKey);
}

function spkiOfDer(bytes: Buffer): Uint8Array {
  return spkiOf(createPublicKey({ key: bytes, format: 'der', type: 'spki' }));
}

/**
 * In the form by which findings are named: RSA without restrictions to PSS, named curves, uncompressed points. Two
 * spellings of one key must not be two keys.
 */
function spkiOf(key: KeyObject): Uint8Array {
  const der = Uint8Array.from(key.export({ type: 'spki', format: 'der' }));
  if (key.asymmetricKeyType === 'ec') {
    const { crv, x, y } = key.export({ format: 'jwk' });
    const curve = (Object.keys(EC_CURVES) as EcCurve[]).find((name) => EC_CURVES[name].jwk === crv);
    if (curve === undefined) return der;
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url')]);
    return encodeSpki({ type: 'ec', curve, point: Uint8Array.from(point) });
  }
  const parsed = publicKeyOfSpki(der);
  return parsed ? encodeSpki(parsed) : der;
}

/** What is none of ours gives nothing; node:crypto throws errors of many kinds, and their messages stay here. */
function attempt(read: () => Uint8Array): Uint8Array[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}
