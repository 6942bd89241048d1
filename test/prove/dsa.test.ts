import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DerCursor } from '../../src/bytes/der.js';
import { proveDsa } from '../../src/prove/dsa.js';
import { identify } from '../../src/prove/identity.js';
import { spkiOf } from './keys.js';

const { privateKey, publicKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
// PKCS#8: version, { OID, { p, q, g } }, OCTET STRING { x }; SPKI: { OID, … }, BIT STRING { y }
const body = new DerCursor(privateKey.export({ type: 'pkcs8', format: 'der' })).enter(0x30);
body.next();
const algorithm = body.enter(0x30);
algorithm.next();
const domain = algorithm.enter(0x30);
const [p, q, g] = [domain.unsigned(), domain.unsigned(), domain.unsigned()];
const x = new DerCursor(body.take(4).content).unsigned();
const spki = new DerCursor(publicKey.export({ type: 'spki', format: 'der' })).enter(0x30);
spki.next();
const y = new DerCursor(spki.take(3).content.slice(1)).unsigned();

describe('a DSA key', () => {
  it('is proven by its public key', () => {
    const proof = proveDsa({ type: 'dsa', p, q, g, y, x });
    expect(proof?.confidence).toBe('proven');
    expect(proof?.publicKey && identify(proof.publicKey).spkiSha256).toBe(spkiOf(publicKey));
  });

  it('is parsed and named without its public key', () => {
    const proof = proveDsa({ type: 'dsa', p, q, g, x });
    expect(proof?.confidence).toBe('parsed');
    expect(proof?.publicKey && identify(proof.publicKey).spkiSha256).toBe(spkiOf(publicKey));
  });

  it.each([
    ['another x', { x: x - 1n }],
    ['another y', { y: y + 1n }],
    ['a generator of another order', { g: g + 1n, y: undefined }],
    ['a q that does not divide p−1', { q: q + 2n }],
    ['an even p', { p: p + 1n }],
    ['x beyond q', { x: x + q }],
    ['x of zero', { x: 0n }],
    ['small numbers', { p: 23n, q: 11n, g: 4n, y: 18n, x: 7n }],
    ['numbers larger than any key', { p: p << 60000n }],
  ])('is none with %s', (_name, change) => {
    expect(proveDsa({ type: 'dsa', p, q, g, y, x, ...change })).toBeUndefined();
  });
});
