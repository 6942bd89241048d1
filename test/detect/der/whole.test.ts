/** Whole keys: found once at their place, proven and named as node:crypto or OpenSSL name them. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseAnyDerPrivateKey } from '../../../src/detect/der/parse.js';
import { fixture, spkiSha256 } from '../binary-harness.js';
import { findPlanted, freshKeys, MANIFEST, outermost } from './support.js';

describe.each(freshKeys())('$name', ({ name, key, der }) => {
  it('is found at its place and named', () => {
    const found = findPlanted(der, der.length);
    expect(outermost(found)).toMatchObject({ from: 0, to: der.length });
    // Nested structures are the same key.
    expect(new Set(found.map((one) => one.key?.spkiSha256))).toEqual(new Set([spkiSha256(key)]));
    expect(found.every(({ secret }) => secret.kind === 'private-key' && secret.whole)).toBe(true);
  });

  it('is proven where the structure has something to prove it by', () => {
    const unproven = /DSA|25519|448/.test(name);
    expect(outermost(findPlanted(der))?.confidence).toBe(unproven ? 'parsed' : 'proven');
  });

  it('is parsed with its exact length, whatever follows', () => {
    const followed = Uint8Array.from([...der, 0x30, 0x82, 1, 2, 3]);
    expect(parseAnyDerPrivateKey(followed)).toMatchObject({ kind: 'private-key', length: der.length, whole: true });
  });
});

const PRIVATE = [...MANIFEST].filter(([file]) => /^(rsa|dsa|ec)-/.test(file));

describe.each(PRIVATE)('OpenSSL’s %s', (file, spki) => {
  it('is found and named', () => {
    const der = fixture(`der/${file}`);
    const one = outermost(findPlanted(der, 5));
    expect(one).toMatchObject({ from: 0, to: der.length, key: { spkiSha256: spki } });
    expect(one?.confidence).toBe(/dsa-pkcs8|no-public/.test(file) ? 'parsed' : 'proven');
  });
});

describe('particular structures', () => {
  it('templates without a scalar, as ring keeps them, are no keys', () => {
    // rust: ring/src/ec/suite_b/ecdsa: the constant parts of P-256 and P-384, one behind the other.
    const p256 = '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420a14403420003';
    const p384 = '3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430a164036200';
    const templates = Buffer.from(p256.slice(0, -2) + p384 + p256.slice(0, -2), 'hex');
    expect(findPlanted(Uint8Array.from(Buffer.concat([templates, templates])))).toEqual([]);
  });

  it('keys of algorithms that are not checked are told by their name', () => {
    const { privateKey } = generateKeyPairSync('dh' as 'x448', { group: 'modp14' } as object);
    const der = Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' }));
    expect(parseAnyDerPrivateKey(der)).toMatchObject({ key: { type: 'other', algorithm: 'DH' }, length: der.length });
    expect(() =>
      parseAnyDerPrivateKey(Uint8Array.from(Buffer.from('3010020100300506032a0304040402020101', 'hex'))),
    ).toThrow();
  });

  it('a multi-prime key says so', () => {
    const found = findPlanted(fixture('der/rsa-multiprime-pkcs1.der'));
    expect(found[0]?.evidence[0]).toBe('the product of 3 primes = n');
  });

  it.each(['ec-brainpool-pkcs8.der', 'ec-brainpool-sec1.der'])('%s is parsed, with its curve', (file) => {
    const der = fixture(`der/${file}`);
    const found = findPlanted(der);
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      expect(one).toMatchObject({ confidence: 'parsed', key: { algorithm: 'EC', curve: 'brainpoolP256r1' } });
    }
    expect(outermost(found)).toMatchObject({ from: 0, to: der.length });
  });

  it('RFC 8410’s key of version 2, with attributes and public key, is proven', () => {
    // Section 10.3.
    const der = Buffer.from(
      'MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJz' +
        'gSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
      'base64',
    );
    const x = Buffer.from('19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1', 'hex');
    const one = findPlanted(der)[0];
    expect(one).toMatchObject({ from: 0, to: der.length, confidence: 'proven' });
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') };
    expect(one?.key?.spkiSha256).toBe(spkiSha256(jwk));
  });

  it('a key whose public point is another is parsed and noted', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = Uint8Array.from(privateKey.export({ type: 'sec1', format: 'der' }));
    der[der.length - 1] = (der.at(-1) as number) ^ 1;
    const one = findPlanted(der)[0];
    expect(one).toMatchObject({ confidence: 'parsed', evidence: [expect.stringContaining('not that of')] });
  });
});
