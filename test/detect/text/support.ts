/**
 * Runs detectors over bytes as the sieve does, and names keys by the SHA-256 of their SubjectPublicKeyInfo, computed
 * with node:crypto from what a detector found, not with the code under test.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytesFromBigint } from '../../../src/bytes/convert.js';
import type { TextEncoding } from '../../../src/bytes/text-view.js';
import type { Detector } from '../../../src/detect/detector.js';
import type { CredentialRuleId, RuleId } from '../../../src/detect/rules.js';
import { BoundsError, FormatError } from '../../../src/errors.js';
import type { CertificateSighting, ParsedSecret, PrivateKey } from '../../../src/types.js';
import { Random } from '../../support/random.js';

export const ENCODINGS: readonly TextEncoding[] = ['ascii', 'utf16le', 'utf16be'];

export interface Found {
  readonly rule: RuleId | CredentialRuleId;
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

export interface Scan {
  readonly secrets: readonly Found[];
  readonly certificates: readonly CertificateSighting[];
}

/** All that the detectors report, the same thing at the same place once. Memory is shared, as it is in the workers. */
export function scan(detectors: Detector | readonly Detector[], bytes: Uint8Array): Scan {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const secrets = new Map<string, Found>();
  const certificates = new Map<string, CertificateSighting>();
  for (const detector of Array.isArray(detectors) ? (detectors as readonly Detector[]) : [detectors as Detector]) {
    for (const anchor of detector.anchors) {
      for (let at = haystack.indexOf(anchor.literal); at >= 0; at = haystack.indexOf(anchor.literal, at + 1)) {
        try {
          detector.detect(
            { bytes: shared, at, anchor },
            {
              secret: (rule, from, to, secret) =>
                void secrets.set(`${rule} ${from} ${to} ${secret.form}`, { rule, from, to, secret }),
              certificate: (sighting) => void certificates.set(sighting.sha256, sighting),
              publicKey: () => undefined,
              undecided: () => undefined,
            },
          );
        } catch (error) {
          if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
        }
      }
    }
  }
  return { secrets: [...secrets.values()], certificates: [...certificates.values()] };
}

export function encode(text: string, encoding: TextEncoding): Uint8Array {
  const bytes = Buffer.from(text, encoding === 'ascii' ? 'latin1' : 'utf16le');
  return Uint8Array.from(encoding === 'utf16be' ? bytes.swap16() : bytes);
}

/** The bytes at `offset` of random ones, with as many again after them as before. */
export function plant(bytes: Uint8Array, offset: number, seed = 1): Uint8Array {
  const out = new Random(seed).bytes(bytes.length + 2 * offset);
  out.set(bytes, offset);
  return out;
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/text/${name}`, import.meta.url), 'latin1');
}

/** File name, SPKI digest (or `-`) and kind of each fixture, as the program that made it told them. */
export function manifest(): Array<{ file: string; spki: string; kind: string }> {
  return fixture('manifest.tsv')
    .trim()
    .split('\n')
    .map((line) => {
      const [file = '', spki = '', kind = ''] = line.split('\t');
      return { file, spki, kind };
    });
}

/** SPKI digests of the private keys found, in order. */
export function spkis({ secrets }: Scan): string[] {
  return secrets.map(({ secret }) => (secret.kind === 'private-key' ? spkiOf(secret.key) : 'encrypted'));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const OKP_PREFIXES = {
  Ed25519: '302e020100300506032b657004220420',
  X25519: '302e020100300506032b656e04220420',
  Ed448: '3047020100300506032b6571043b0439',
  X448: '3046020100300506032b656f043a0438',
};
const ECDH_NAMES: Record<string, readonly [name: string, bytes: number]> = {
  'P-256': ['prime256v1', 32],
  'P-384': ['secp384r1', 48],
  'P-521': ['secp521r1', 66],
  secp256k1: ['secp256k1', 32],
};

/** SHA-256 of the public half: of RSA and DSA from n and y, of the others derived from the secret. */
export function spkiOf(key: PrivateKey): string {
  const spki = { type: 'spki', format: 'der' } as const;
  switch (key.type) {
    case 'rsa': {
      // A detector gives 0 for a modulus that is missing.
      const n = key.n || (key.p as bigint) * (key.q as bigint);
      const jwk = { kty: 'RSA', n: base64url(bytesFromBigint(n)), e: base64url(bytesFromBigint(key.e as bigint)) };
      if (key.d && modPow(modPow(3n, key.e as bigint, n), key.d, n) !== 3n) return 'contradiction';
      return sha256(createPublicKey({ key: jwk, format: 'jwk' }).export(spki));
    }
    case 'ec': {
      const [name, size] = ECDH_NAMES[key.curve] ?? ['', 0];
      const ecdh = createECDH(name);
      ecdh.setPrivateKey(bytesFromBigint(key.d, size));
      const point = ecdh.getPublicKey();
      if (key.publicPoint && !point.equals(key.publicPoint)) return 'contradiction';
      const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map(base64url);
      return sha256(createPublicKey({ key: { kty: 'EC', crv: key.curve, x, y }, format: 'jwk' }).export(spki));
    }
    case 'okp': {
      const der = Buffer.concat([Buffer.from(OKP_PREFIXES[key.curve], 'hex'), key.secret]);
      return sha256(createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export(spki));
    }
    case 'dsa': {
      if (modPow(key.g, key.x, key.p) !== key.y) return 'contradiction';
      const parameters = tlv(0x30, integer(key.p), integer(key.q), integer(key.g));
      const algorithm = tlv(0x30, Buffer.from('06072a8648ce380401', 'hex'), parameters);
      return sha256(tlv(0x30, algorithm, tlv(0x03, Buffer.from([0]), integer(key.y))));
    }
    default:
      return key.type;
  }
}

function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), body]);
}

function integer(value: bigint): Buffer {
  const bytes = bytesFromBigint(value);
  return tlv(0x02, (bytes[0] as number) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let power = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * power) % modulus;
    power = (power * power) % modulus;
  }
  return result;
}
