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
