/** Bytes that are no key, or try to be too much of one. */
import { describe, expect, it } from 'vitest';
import { DER_DETECTORS } from '../../../src/detect/der/detectors.js';
import { parseAnyDerPrivateKey } from '../../../src/detect/der/parse.js';
import { cpuTimer } from '../../support/cpu.js';
import { Random } from '../../support/random.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, scan, spkiSha256 } from '../binary-harness.js';
import { findPlanted, freshKeys, MANIFEST } from './support.js';

const keys = freshKeys().filter(({ name }) => !/3072|768/.test(name));

describe('damage anywhere', () => {
  it.each(keys)('$name: cut at each byte, the parsers throw FormatError or BoundsError', ({ der }) => {
    cutEverywhere(der, (cut) => expect(onlyExpected(() => parseAnyDerPrivateKey(cut))).toBeUndefined());
  });

  it.each(keys)('$name: with flipped bits, whatever is proven has the right name', ({ name, key, der }) => {
    const spki = spkiSha256(key);
    let proven = 0;
    flipBits(der, 60, name.length, (damaged) => {
      for (const one of findPlanted(damaged)) {
        if (one.confidence !== 'proven') continue;
        proven++;
        // Damage to n makes another public key where only the leading part of d is left to prove it by, and damage to e
        // where no private exponent is left.
        const sure =
          !one.evidence[0]?.startsWith('the leading') && one.evidence.some((relation) => relation.includes('e·d'));
        if (sure || !name.startsWith('RSA')) expect(one.key?.spkiSha256).toBe(spki);
      }
    });
    if (name.startsWith('RSA')) expect(proven).toBeGreaterThan(40);
  });

  it.each([...MANIFEST.keys()].filter((file) => /^(ec|dsa|rsa)/.test(file)))('%s: with flipped bits', (file) => {
    flipBits(fixture(`der/${file}`), 40, 5, (damaged) => void findPlanted(damaged));
  });

  it('post-quantum keys: with flipped bits', () => {
    for (const file of ['pq-ML-DSA-44-both.der', 'pq-ML-KEM-512-expanded.der', 'pq-id-slh-dsa-sha2-128s.der']) {
      flipBits(fixture(`der/${file}`), 20, 5, (damaged) => void findPlanted(damaged));
    }
  });
});

describe('no finding', () => {
  it('in random bytes', () => {
    const { found, undecided } = scan(DER_DETECTORS, new Random(99).bytes(2_000_000));
    expect([found, undecided]).toEqual([[], 0]);
  });

  it.each(DER_DETECTORS)('of $name in random bytes full of its anchors', (detector) => {
    const random = new Random(detector.name.length);
    const bytes = random.bytes(20_000);
    for (let at = 0; at + 64 < bytes.length; at += 16 + random.below(100)) {
      bytes.set(random.pick(detector.anchors).literal, at);
    }
    const proven = scan([detector], bytes).found.filter((one) => one.confidence === 'proven');
    expect(proven).toEqual([]);
  });

  it('for an RSA key whose numbers contradict each other', () => {
    const { der } = keys.find(({ name }) => name === 'RSA-1024 in pkcs1') as (typeof keys)[0];
    const damaged = der.slice();
    // A byte in each of the eight numbers.
    for (let at = 40; at < damaged.length; at += 30) damaged[at] = (damaged[at] as number) ^ 0x55;
    expect(findPlanted(damaged)).toEqual([]);
  });

  it('for structures of zeros', () => {
    for (const { der } of keys) {
      // Not even the first byte of an Ed25519 seed is left.
      expect(findPlanted(der.slice().fill(0, 16))).toEqual([]);
    }
  });
});

describe('work', () => {
  it.each(DER_DETECTORS)('of $name stays linear in 64 KiB of its own anchors', (detector) => {
    for (const { literal } of [detector.anchors[0], detector.anchors.at(-1)] as const as typeof detector.anchors) {
      const bytes = new Uint8Array(1 << 16);
      for (let at = 0; at + literal.length < bytes.length; at += literal.length) bytes.set(literal, at);
      const elapsed = cpuTimer();
      scan([detector], bytes);
      expect(elapsed()).toBeLessThan(5_000);
    }
  });

  it('is not spent on integers that claim a megabyte', () => {
    const bytes = new Random(1).bytes(1 << 16);
    for (let at = 0; at + 64 < bytes.length; at += 32) {
      bytes.set([0x02, 0x01, 0x00, 0x02, 0x81, 0x80], at);
      bytes.set([0x02, 0x83, 0x0e, 0xff, 0xff], at + 9);
    }
    const elapsed = cpuTimer();
    expect(scan(DER_DETECTORS, bytes).found).toEqual([]);
    expect(elapsed()).toBeLessThan(5_000);
  });
});
