import { createECDH, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { proveEc, proveOkp } from '../../src/prove/ec.js';
import { identify } from '../../src/prove/identity.js';
import type { Proof } from '../../src/prove/proof.js';
import type { EcCurve, OkpCurve } from '../../src/types.js';
import { spkiOf } from './keys.js';

const EC: ReadonlyArray<readonly [EcCurve, string]> = [
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
  ['secp256k1', 'secp256k1'],
];
const OKP = ['Ed25519', 'X25519', 'Ed448', 'X448'] as const;

const bytesOf = (member: unknown) => Uint8Array.from(Buffer.from(member as string, 'base64url'));
const spkiIn = (proof: Proof | undefined) => proof?.publicKey && identify(proof.publicKey).spkiSha256;

function ecNumbers(namedCurve: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  const { d, x, y } = privateKey.export({ format: 'jwk' });
  const [X, Y] = [bytesOf(x), bytesOf(y)];
  const compressed = Uint8Array.from([2 + ((Y.at(-1) as number) & 1), ...X]);
  return { privateKey, d: BigInt(`0x${Buffer.from(bytesOf(d)).toString('hex')}`), point: [4, ...X, ...Y], compressed };
}

describe.each(EC)('a key on %s', (curve, name) => {
  const { privateKey, d, point, compressed } = ecNumbers(name);
  const publicPoint = Uint8Array.from(point);

  it('is proven by its public key, compressed or not', () => {
    for (const given of [publicPoint, compressed]) {
      const proof = proveEc({ type: 'ec', curve, d, publicPoint: given });
      expect(proof).toMatchObject({ confidence: 'proven', evidence: ['d·G = Q'] });
      expect(spkiIn(proof)).toBe(spkiOf(privateKey));
    }
  });

  it('is parsed and named without its public key', () => {
    const proof = proveEc({ type: 'ec', curve, d });
    expect(proof?.confidence).toBe('parsed');
    expect(spkiIn(proof)).toBe(spkiOf(privateKey));
  });

  it('is parsed, named by the scalar, and noted when the public key is another', () => {
    for (const given of [ecNumbers(name).compressed, Uint8Array.from([2, 3]), new Uint8Array(0)]) {
      const proof = proveEc({ type: 'ec', curve, d, publicPoint: given });
      expect(proof).toMatchObject({ confidence: 'parsed', evidence: [expect.stringContaining('not that of')] });
      expect(spkiIn(proof)).toBe(spkiOf(privateKey));
    }
  });

  it('is none when the scalar is trivial or not below the order', () => {
    for (const scalar of [0n, 1n, 2n, 0x0101010101010101n, 2n ** 600n]) {
      expect(proveEc({ type: 'ec', curve, d: scalar, publicPoint })).toBeUndefined();
    }
  });
});

it('a scalar that does not look random counts only where its public key confirms it', () => {
  const d = 0x0102030405060708090a0b0c0d0e0f10n;
  expect(proveEc({ type: 'ec', curve: 'P-256', d })).toBeUndefined();
  expect(proveEc({ type: 'ec', curve: 'brainpoolP256r1', d: 0x0101010101010101010203040506n })).toBeUndefined();
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(d.toString(16).padStart(64, '0'), 'hex'));
  const proof = proveEc({ type: 'ec', curve: 'P-256', d, publicPoint: ecdh.getPublicKey() });
  expect(proof?.confidence).toBe('proven');
});

it('a scalar for a curve that cannot be proven here is parsed and has no public key', () => {
  const proof = proveEc({ type: 'ec', curve: 'brainpoolP256r1', d: 0x1234567890abcdefn });
  expect(proof).toMatchObject({ confidence: 'parsed' });
  expect(proof?.publicKey).toBeUndefined();
});

describe.each(OKP)('a key on %s', (curve: OkpCurve) => {
  const make = (): KeyObject => generateKeyPairSync(curve.toLowerCase() as 'ed25519').privateKey;
  const key = make();
  const { d, x } = key.export({ format: 'jwk' });
  const [secret, publicKey] = [bytesOf(d), bytesOf(x)];

  it('is proven by its public key', () => {
    const proof = proveOkp({ type: 'okp', curve, secret, publicKey });
    expect(proof?.confidence).toBe('proven');
    expect(spkiIn(proof)).toBe(spkiOf(key));
  });

  it('is parsed and named by the secret when the public key is absent or another', () => {
    const other = bytesOf(make().export({ format: 'jwk' }).x);
    for (const given of [undefined, other, new Uint8Array(0)]) {
      const proof = proveOkp({ type: 'okp', curve, secret, publicKey: given });
      expect(proof?.confidence).toBe('parsed');
      expect(spkiIn(proof)).toBe(spkiOf(key));
    }
  });

  it('is none when something else than a key follows the structure’s beginning', () => {
    // From Python's compiled `cryptography`: the first 16 bytes of a PKCS#8 key, then marshalled objects.
    const code = 'e9300000007202000000e910000000290f72b800000072f0000000da115f7a65';
    const other = Buffer.from(code.repeat(2), 'hex').subarray(0, secret.length);
    expect(proveOkp({ type: 'okp', curve, secret: other })).toBeUndefined();
    expect(proveOkp({ type: 'okp', curve, secret: other, publicKey: other })).toBeUndefined();
  });

  it('is none when the secret is a fill pattern or of the wrong length', () => {
    expect(proveOkp({ type: 'okp', curve, secret: secret.slice(1) })).toBeUndefined();
    expect(proveOkp({ type: 'okp', curve, secret: secret.slice().fill(0xaa) })).toBeUndefined();
  });
});
