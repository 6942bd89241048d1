/** Post-quantum keys: the examples of RFC 9881, RFC 9935 and RFC 9909, made by implementations other than ours. */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/bytes/convert.js';
import { parsePkcs8 } from '../../../src/detect/der/parse.js';
import { fixture } from '../binary-harness.js';
import { findPlanted, MANIFEST } from './support.js';

const GOOD = [...MANIFEST].filter(([file]) => /^pq-(ML|id).*(?<!crt)\.der$/.test(file));

describe.each(GOOD)('%s', (file, spki) => {
  const der = fixture(`der/${file}`);

  it('is found and named', () => {
    const [one, ...others] = findPlanted(der, 3);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ from: 0, to: der.length, key: { spkiSha256: spki } });
    expect(one?.confidence).toBe(/seed|128s/.test(file) ? 'parsed' : 'proven');
  });

  it('is found when its first bytes are overwritten', () => {
    const damaged = der.slice();
    // The field of SLH-DSA is so short that it takes more of the OID to be sure.
    damaged.fill(0x41, 0, file.includes('slh') ? 14 : 16);
    expect(findPlanted(damaged).map((one) => one.key?.spkiSha256)).toEqual([spki]);
  });
});

describe('the RFCs’ inconsistent keys', () => {
  const judged = (name: string) => {
    const found = findPlanted(fixture(`der/pq-bad-${name}.der`));
    return found.map(({ confidence, key }) => [confidence, key?.spkiSha256 === MANIFEST.get(`pq-bad-${name}.der`)]);
  };

  it('are parsed, not proven, when seed and expanded key differ', () => {
    expect(judged('ML-DSA-44-1')).toEqual([['parsed', true]]);
    expect(judged('ML-KEM-512-1')).toEqual([['parsed', expect.any(Boolean)]]);
    expect(judged('ML-KEM-512-4')).toEqual([['parsed', true]]);
  });

  it('are parsed when the secret vector does not fit a good public key', () => {
    expect(judged('ML-KEM-512-2')).toEqual([['parsed', true]]);
  });

  it('are none when the hash of the public key is wrong', () => {
    expect(judged('ML-DSA-44-2')).toEqual([]);
    expect(judged('ML-KEM-512-3')).toEqual([]);
  });

  it('are proven when only what follows from the secret is wrong', () => {
    expect(judged('ML-DSA-44-3')).toEqual([['proven', true]]);
  });
});

describe('forms from before the RFCs', () => {
  const both = fixture('der/pq-ML-KEM-768-both.der');
  const seed = both.slice(30, 94);
  const expanded = both.slice(98);
  const head = (length: number) => [0x30, 0x82, (length + 18) >> 8, (length + 18) & 0xff, 2, 1, 0];
  const algorithm = [0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 2];
  const wrap = (content: Uint8Array) => {
    const field = [4, 0x82, content.length >> 8, content.length & 0xff];
    return concatBytes(Uint8Array.from([...head(content.length + 2), ...algorithm, ...field]), content);
  };
  const spki = MANIFEST.get('pq-ML-KEM-768-both.der');
  // dk = dkPKE (1152 bytes) ‖ ek (1184) ‖ H(ek) ‖ z
  const publicKey = expanded.slice(1152, 1152 + 1184);

  it('the fixture has the parts that are cut out of it', () => {
    expect([expanded.length, seed.length]).toEqual([2400, 64]);
    expect(parsePkcs8(both)).toMatchObject({ key: { seed, expanded } });
  });

  it.each([
    ['bare expanded key', expanded],
    ['bare seed and expanded key', concatBytes(seed, expanded)],
    ['bare expanded and public key', concatBytes(expanded, publicKey)],
    ['OCTET STRING of expanded and public key', concatBytes(Uint8Array.from([4, 0x82, 0x0e, 0]), expanded, publicKey)],
  ])('%s', (_name, content) => {
    const [one] = findPlanted(wrap(content));
    expect(one).toMatchObject({ confidence: 'proven', key: { spkiSha256: spki } });
  });
});
