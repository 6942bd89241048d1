import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/prove/identity.js';
import type { PublicKey } from '../../src/types.js';
import { rsaKey, rsaNumbers, spkiOf } from './keys.js';

const big = (member: unknown) => BigInt(`0x${Buffer.from(member as string, 'base64url').toString('hex')}`);
const bytes = (member: unknown) => Uint8Array.from(Buffer.from(member as string, 'base64url'));

/** A public key in a JWK, as a standard prints it. */
function fromJwk(jwk: Record<string, string>): PublicKey {
  if (jwk.kty === 'RSA') return { type: 'rsa', n: big(jwk.n), e: big(jwk.e) };
  if (jwk.kty === 'OKP') return { type: 'okp', curve: jwk.crv as 'Ed25519', publicKey: bytes(jwk.x) };
  const point = Uint8Array.from([4, ...bytes(jwk.x), ...bytes(jwk.y)]);
  return { type: 'ec', curve: jwk.crv as 'P-256', point };
}

describe('a JWK thumbprint', () => {
  it('is that of RFC 7638 section 3.1', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn' +
      'jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qM' +
      'QvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJ' +
      'zKnqDKgw';
    expect(identify(fromJwk({ kty: 'RSA', n, e: 'AQAB' })).jwkThumbprint).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
  });

  it('is that of RFC 8037 appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(identify(fromJwk({ kty: 'OKP', crv: 'Ed25519', x })).jwkThumbprint).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });
});

describe('an SPKI hash is that of node:crypto', () => {
  it('for RSA', () => {
    const key = rsaKey(1024, 3);
    const { n, e } = rsaNumbers(key);
    expect(identify({ type: 'rsa', n, e })).toMatchObject({ algorithm: 'RSA', bits: 1024, spkiSha256: spkiOf(key) });
  });

  it.each(['P-256', 'P-384', 'P-521', 'secp256k1'] as const)('for %s', (namedCurve) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const identity = identify(fromJwk(publicKey.export({ format: 'jwk' }) as Record<string, string>));
    const bits = { 'P-384': 384, 'P-521': 521 }[namedCurve as string] ?? 256;
    expect(identity).toMatchObject({ algorithm: 'EC', curve: namedCurve, bits, spkiSha256: spkiOf(publicKey) });
  });

  it.each(['ed25519', 'x25519', 'ed448', 'x448'] as const)('for %s', (type) => {
    const { publicKey } = generateKeyPairSync(type as 'ed25519');
    const identity = identify(fromJwk(publicKey.export({ format: 'jwk' }) as Record<string, string>));
    expect(identity.spkiSha256).toBe(spkiOf(publicKey));
    expect(identity.algorithm.toLowerCase()).toBe(type);
  });
});

describe('an OpenSSH fingerprint', () => {
  it('is that of published keys', () => {
    // GitHub's host keys (docs.github.com, "GitHub's SSH key fingerprints") and their fingerprints.
    const ed25519 = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64');
    expect(identify({ type: 'okp', curve: 'Ed25519', publicKey: ed25519.subarray(19) }).sshFingerprint).toBe(
      'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    );
    const ecdsa = Buffer.from(
      'AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT' +
        '/y6v0mKV0U2w0WZ2YB/++Tpockg=',
      'base64',
    );
    expect(identify({ type: 'ec', curve: 'P-256', point: ecdsa.subarray(-65) }).sshFingerprint).toBe(
      'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM',
    );
  });

  it('is absent where SSH has no such key', () => {
    const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' });
    const x = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
    for (const jwk of [k1, x])
      expect(identify(fromJwk(jwk as Record<string, string>))).not.toHaveProperty('sshFingerprint');
  });
});
