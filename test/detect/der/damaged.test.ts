/** What arithmetic can still say of keys whose header is overwritten or whose end is cut off. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fixture, spkiSha256 } from '../binary-harness.js';
import { findAtEnd, findPlanted, freshKeys, MANIFEST, type Specimen } from './support.js';

const keys = freshKeys();
const rsa = keys.filter(({ name }) => name.startsWith('RSA'));
const ec = keys.filter(({ name }) => /^(P-|secp)/.test(name));
const named = (name: string) => keys.find((specimen) => specimen.name === name) as Specimen;

/** Freed heap blocks lose their first 16 bytes to the allocator's links. */
function freed(der: Uint8Array, bytes = 16): Uint8Array {
  const damaged = der.slice();
  damaged.set(Uint8Array.from([0x90, 0x12, 0x34, 0x56, 0x78, 0x7f, 0, 0, 0x10, 0x30, 0x02, 0x01, 0x7f, 0x7f, 0, 0]));
  return bytes === 16 ? damaged : Uint8Array.from([...damaged.subarray(0, bytes), ...der.subarray(bytes)]);
}

describe('the first bytes overwritten', () => {
  it.each(rsa)('$name is proven', ({ der, key }) => {
    for (const bytes of [4, 8, 16]) {
      const found = findPlanted(freed(der, bytes), bytes);
      expect(found.map((one) => [one.confidence, one.key?.spkiSha256])).toEqual([['proven', spkiSha256(key)]]);
    }
  });

  it.each(ec.filter(({ name }) => name.endsWith('pkcs8')))('$name is proven by its inner structure', ({ der, key }) => {
    const found = findPlanted(freed(der));
    expect(found.map((one) => [one.confidence, one.key?.spkiSha256])).toEqual([['proven', spkiSha256(key)]]);
  });

  it.each(['ed25519', 'x25519', 'ed448', 'x448'])('%s is parsed when its OID is left', (name) => {
    const { der, key } = named(`${name} in pkcs8`);
    const found = findPlanted(freed(der, 9));
    expect(found.map((one) => [one.confidence, one.key?.spkiSha256])).toEqual([['parsed', spkiSha256(key)]]);
    expect(found[0]).toMatchObject({ to: der.length, evidence: expect.arrayContaining(['structure cut or damaged']) });
  });

  it('a multi-prime key is proven from its three primes', () => {
    const found = findPlanted(freed(fixture('der/rsa-multiprime-pkcs1.der')));
    const spki = MANIFEST.get('rsa-multiprime-pkcs1.der');
    expect(found.map((one) => [one.confidence, one.key?.spkiSha256])).toEqual([['proven', spki]]);
  });

  it('a multi-prime key whose other primes are gone, too, is not named by the product of the first two', () => {
    const der = fixture('der/rsa-multiprime-pkcs1.der');
    expect(findPlanted(freed(der.subarray(0, der.length - 20)))).toEqual([]);
  });

  it('a DSA key is proven when its version is left', () => {
    const found = findPlanted(freed(fixture('der/dsa-traditional.der'), 4));
    expect(found.map((one) => one.key?.spkiSha256)).toEqual([MANIFEST.get('dsa-traditional.der')]);
    expect(found[0]).toMatchObject({ confidence: 'proven', rule: 'dsa-private-key' });
  });

  it('an EC key without public key is named when the curve’s OID stands before it', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const d = Buffer.from(privateKey.export({ format: 'jwk' }).d as string, 'base64url');
    const algorithm = '301006072a8648ce3d020106052b81040022';
    const der = Buffer.from(`304e020100${algorithm}04373035020101 0430`.replace(' ', '') + d.toString('hex'), 'hex');
    expect(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ec');
    for (const bytes of [0, 16]) {
      const found = findPlanted(bytes === 0 ? der : freed(der));
      expect(new Set(found.map((one) => one.key?.spkiSha256))).toEqual(new Set([spkiSha256(privateKey)]));
    }
  });
});

describe('an indefinite length before it', () => {
  it.each(['RSA-2048 in pkcs1', 'P-256 in pkcs8', 'ed25519 in pkcs8'])('%s is found', (name) => {
    const { der, key } = named(name);
    const header = (der[1] as number) < 0x80 ? 2 : 2 + ((der[1] as number) & 0x7f);
    const ber = Uint8Array.from([0x30, 0x80, ...der.subarray(header), 0, 0]);
    const found = findPlanted(ber);
    expect(new Set(found.map((one) => one.key?.spkiSha256))).toEqual(new Set([spkiSha256(key)]));
  });
});

describe('the end cut off', () => {
  // 2048 bits: header, version, n, e take 4 + 3 + 261 + 5 bytes; d 260; p 132 or so.
  const { der, key } = named('RSA-2048 in pkcs1');
  const spki = spkiSha256(key);
  const endOfE = 4 + 3 + 261 + 5;

  it('RSA is proven from all of d on, and by the bulk of d before', () => {
    const lengths = { none: [] as number[], named: [] as number[] };
    for (let length = 0; length < der.length; length += 7) {
      const found = findAtEnd(der.subarray(0, length));
      const names = found.map((one) => [one.confidence, one.key?.spkiSha256]);
      if (found.length === 0) lengths.none.push(length);
      else {
        expect(names).toEqual([['proven', spki]]);
        lengths.named.push(length);
      }
    }
    expect(Math.max(...lengths.none)).toBeLessThan(endOfE + 4 + 128 + 16);
    expect(Math.min(...lengths.named)).toBeGreaterThan(endOfE + 4 + 128);
  });

  it('RSA is proven when another region follows instead of random bytes at the end', () => {
    for (const length of [endOfE + 200, endOfE + 300, endOfE + 420, der.length - 10]) {
      const cut = Uint8Array.from([...der.subarray(0, length), ...new Uint8Array(4096)]);
      const names = findPlanted(cut).map((one) => one.key?.spkiSha256);
      expect(names).toEqual([spki]);
    }
  });

  it.each(ec)('$name is named once its scalar and curve are there', ({ name, der: whole, key: own }) => {
    const seen = new Set<string | undefined>();
    let first = 0;
    for (let length = 0; length < whole.length; length++) {
      const found = findAtEnd(whole.subarray(0, length));
      for (const one of found) {
        seen.add(one.key?.spkiSha256);
        expect(one.confidence).toBe('parsed');
        first ||= length;
      }
    }
    expect(seen).toEqual(new Set([spkiSha256(own)]));
    const rules = findAtEnd(whole.subarray(0, -1)).map((one) => one.rule);
    expect(rules).toContain(name.endsWith('sec1') ? 'sec1-private-key' : 'pkcs8-private-key');
    // Behind the scalar, or in SEC1 behind the curve that follows it.
    const size = { 'P-384': 48, 'P-521': 66 }[name.split(' ')[0] as string] ?? 32;
    const scalar = Buffer.from(own.export({ format: 'jwk' }).d as string, 'base64url');
    const end = Buffer.from(whole).indexOf(scalar) + size;
    expect(first).toBeLessThanOrEqual(name.endsWith('sec1') ? end + 12 : end);
  });

  it('a post-quantum key is named once its seed is there', () => {
    const both = fixture('der/pq-ML-DSA-65-both.der');
    const found = findAtEnd(both.subarray(0, 1000));
    expect(found.map((one) => one.key?.spkiSha256)).toEqual([MANIFEST.get('pq-ML-DSA-65-both.der')]);
    expect(found[0]?.confidence).toBe('parsed');
  });
});
