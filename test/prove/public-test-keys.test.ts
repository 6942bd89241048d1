import { createHash, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PUBLIC_TEST_KEYS } from '../../src/prove/public-test-keys.js';

function spkiSha256(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

const fromJwk = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' });
const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
const okp = (crv: string, publicHex: string): KeyObject => fromJwk({ kty: 'OKP', crv, x: base64url(publicHex) });
const ec = (crv: string, x: string, y: string): KeyObject =>
  fromJwk({ kty: 'EC', crv, x: base64url(x), y: base64url(y) });
const rsa = (n: string): KeyObject => fromJwk({ kty: 'RSA', n, e: 'AQAB' });

/** The public halves only, as the standards print them. */
const STANDARDS: readonly (readonly [name: string, key: () => KeyObject])[] = [
  [
    'RFC 8032 Ed25519 TEST 1 (also RFC 8037 appendix A)',
    () => okp('Ed25519', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'),
  ],
  [
    'RFC 8032 Ed448 Blank',
    () =>
      okp(
        'Ed448',
        '5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6c' +
          'd1fa1abeafe8256180',
      ),
  ],
  [
    'RFC 7748 X25519 test key, Alice',
    () => okp('X25519', '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  ],
  [
    'RFC 8410 example key Ed25519',
    () =>
      createPublicKey({
        key: Buffer.from('MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=', 'base64'),
        format: 'der',
        type: 'spki',
      }),
  ],
  [
    'RFC 9421 HTTP signature test-key-ed25519',
    () => fromJwk({ kty: 'OKP', crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' }),
  ],
  [
    'RFC 6979 test key EC P-256',
    () =>
      ec(
        'P-256',
        '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6',
        '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
      ),
  ],
  [
    'RFC 9500 test key EC P-256',
    () =>
      ec(
        'P-256',
        '422548f88fb782ffb5eca3744452c72a1e558fbd6f73be5e48e93232cc45c5b1',
        '6c4cd10c4cb8d5b8a17139e94882c8992572993425f41419ab7e90a42a494272',
      ),
  ],
  [
    'EC secp256k1 with private scalar 1 (public point is the generator)',
    () =>
      ec(
        'secp256k1',
        '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
        '483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
      ),
  ],
  [
    'RFC 7517 JWK example key RSA 2048',
    () =>
      rsa(
        '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB' +
          'ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8' +
          'KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_' +
          'xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      ),
  ],
  [
    'RFC 9500 test key RSA 2048',
    () =>
      rsa(
        'sPnoGUOnrpiSqt4XynxA-HRP7S-BSObI6qJ7fQAVSPtRkqsotWxQYLEYzNEx5ZSHTGypibVsJylvCfuToDTfMul8b_CZjP2Ob0Ld' +
          'pYrNH6l5hvFE89FU1nZQF15oVLOpUgA7wGiHuEVawrGfey92UE68mOyUVXGweJIVDdxqdMoPvNNUl86BU02vlBiESxOuox-dWmuV' +
          'V7vfYZ79Toh_LUK43YvJh-rhv4nKuF7iHjVjBd9sB6iDjj70HFldzOQ9r8SRI-9NirupPTkF5AKNe6kUhKJ1luB7S27ZkvB3tSTT' +
          '3P593VVJvnzOjaA1z6Cz-4-eRvcysqhrRgFlwI9TEw',
      ),
  ],
];

describe('public test keys', () => {
  it('keeps each entry under its own lowercase SHA-256', () => {
    for (const [hash, entry] of PUBLIC_TEST_KEYS) {
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(entry.spkiSha256).toBe(hash);
      expect(entry.name).not.toBe('');
      expect(entry.source).not.toBe('');
    }
  });

  it('has no hash twice and is sorted by source', () => {
    // A hash written twice would vanish in the map, so the file's own lines are counted.
    const text = readFileSync(new URL('../../src/prove/public-test-keys.ts', import.meta.url), 'utf8');
    expect(PUBLIC_TEST_KEYS.size).toBe(text.match(/^ {2}\['/gm)?.length);
    const sources = [...PUBLIC_TEST_KEYS.values()].map((entry) => entry.source);
    const runs = sources.filter((source, i) => source !== sources[i - 1]);
    expect(new Set(runs).size).toBe(runs.length);
  });

  it('names no two keys alike', () => {
    const labels = [...PUBLIC_TEST_KEYS.values()].map((entry) => `${entry.source}: ${entry.name}`);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it.each(STANDARDS)('knows %s by its public half', (name, key) => {
    expect(PUBLIC_TEST_KEYS.get(spkiSha256(key()))?.name).toBe(name);
  });

  it('does not know a fresh key', () => {
    expect(PUBLIC_TEST_KEYS.has(spkiSha256(generateKeyPairSync('ed25519').publicKey))).toBe(false);
  });
});
