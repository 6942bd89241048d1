import { describe, expect, it } from 'vitest';
import { ageDetector } from '../../../src/detect/text/age.js';
import { decodeBech32 } from '../../../src/detect/text/bech32.js';
import { encode, fixture, manifest, plant, scan, spkis } from './support.js';

const spki = manifest().find(({ file }) => file === 'age.txt')?.spki;
const identity = /AGE-SECRET-KEY-1\w+/.exec(fixture('age.txt'))?.[0] ?? '';
const found = (text: string): string[] => spkis(scan(ageDetector, plant(encode(text, 'ascii'), 50)));

describe('age identities', () => {
  it('are found in either case, and bounded exactly', () => {
    expect(found(identity)).toEqual([spki]);
    expect(found(identity.toLowerCase())).toEqual([spki]);
    const [secret] = scan(ageDetector, encode(`key=${identity};`, 'ascii')).secrets;
    expect(secret).toMatchObject({ from: 4, to: 4 + 74, secret: { checked: 'the Bech32 checksum matches' } });
  });

  it('of UTF-16BE keep their last letter when garbage follows', () => {
    for (let seed = 0; seed < 50; seed++) {
      for (const encoding of ['utf16le', 'utf16be'] as const) {
        expect(spkis(scan(ageDetector, plant(encode(identity, encoding), 33, seed)))).toEqual([spki]);
      }
    }
  });

  it('with one wrong letter, of mixed case or too short are none', () => {
    for (let at = 16; at < identity.length; at++) {
      const other = identity[at] === 'Q' ? 'P' : 'Q';
      expect(found(identity.slice(0, at) + other + identity.slice(at + 1))).toEqual([]);
    }
    expect(found(identity.slice(0, 30) + identity.slice(30).toLowerCase())).toEqual([]);
    expect(found(identity.slice(0, -1))).toEqual([]);
  });

  it('are found with other text against them', () => {
    expect(found(`Q${identity}Q7`)).toEqual([spki]);
  });

  it('of the hybrid kind are known by their seed', () => {
    // c2sp.org/age: 32 bytes behind the human-readable part age-secret-key-pq-.
    const text = hybrid(Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1));
    const [secret] = scan(ageDetector, encode(text, 'ascii')).secrets;
    expect(secret?.secret).toMatchObject({ kind: 'private-key', key: { type: 'symmetric' } });
  });

  it('decode the vectors of BIP 173', () => {
    expect(decodeBech32('A', '2UEL5L')).toEqual(new Uint8Array(0));
    expect(decodeBech32('abcdef', 'qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw')).toHaveLength(20);
    expect(decodeBech32('split', 'checkupstagehandshakeupstreamerranterredcaperred2y9e3w')).toHaveLength(30);
    expect(decodeBech32('A', '1G7SGD8')).toBeUndefined();
    expect(decodeBech32('de', 'lg7wt\xff')).toBeUndefined();
  });
});

/** Bech32 of BIP 173, written from its reference code. */
function hybrid(bytes: Uint8Array): string {
  const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const values = bits
    .padEnd(Math.ceil(bits.length / 5) * 5, '0')
    .match(/.{5}/g)
    ?.map((five) => Number.parseInt(five, 2));
  const human = 'age-secret-key-pq-';
  const codes = [...human].map((letter) => letter.charCodeAt(0));
  const all = [
    ...codes.map((code) => code >> 5),
    0,
    ...codes.map((code) => code & 31),
    ...(values ?? []),
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  let checksum = 1n;
  const generator = [0x3b6a57b2n, 0x26508e6dn, 0x1ea119fan, 0x3d4233ddn, 0x2a1462b3n];
  for (const value of all) {
    const top = checksum >> 25n;
    checksum = ((checksum & 0x1ffffffn) << 5n) ^ BigInt(value);
    generator.forEach((term, i) => {
      if ((top >> BigInt(i)) & 1n) checksum ^= term;
    });
  }
  checksum ^= 1n;
  const tail = [25n, 20n, 15n, 10n, 5n, 0n].map((shift) => Number((checksum >> shift) & 31n));
  return `${human}1${[...(values ?? []), ...tail].map((value) => charset[value]).join('')}`.toUpperCase();
}
