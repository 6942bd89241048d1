import { createHash } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { parseCapiBlob } from '../../../src/detect/windows/capi.js';
import { parseCngBlob } from '../../../src/detect/windows/cng.js';
import { capiDetector, cngDetector } from '../../../src/detect/windows/detector.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan, spkiSha256 } from '../binary-harness.js';
import { be, capiRsa, cngEcc, cngRsa, dsaNumbers, ecPair, padded, reversed, rsaPair, u32 } from './builders.js';

const DETECTORS = [cngDetector, capiDetector];

/** Expects exactly one proven key, at the planted place. */
function expectProven(blob: Buffer, rule: string, spki: string, seed = 1): void {
  const planted = plant(blob, seed);
  const { found } = scan(DETECTORS, planted.bytes);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    rule,
    confidence: 'proven',
    severity: 'critical',
    from: planted.offset,
    to: planted.offset + blob.length,
    key: { spkiSha256: spki },
  });
}

describe('CNG RSA blobs', () => {
  it.each([
    [1024, 65537],
    [2048, 65537],
    [1024, 3],
  ])('of %i bits with exponent %i are proven, private and full', (bits, e) => {
    const pair = rsaPair(bits, e);
    for (const full of [false, true]) {
      expectProven(cngRsa(pair, bits, full), 'cng-private-key', spkiSha256(pair.publicKey));
    }
  });

  it('with d modulo φ instead of λ are proven', () => {
    const { jwk, publicKey } = rsaPair(1024);
    const number = (text: string | undefined) => BigInt(`0x${be(text).toString('hex')}`);
    const [p, q, e] = [number(jwk.p), number(jwk.q), number(jwk.e)];
    const phi = (p - 1n) * (q - 1n);
    let d = 1n;
    for (let k = 1n; ; k++) {
      if ((k * phi + 1n) % e !== 0n) continue;
      d = (k * phi + 1n) / e;
      break;
    }
    const other = { ...jwk, d: Buffer.from(d.toString(16).padStart(256, '0'), 'hex').toString('base64url') };
    expectProven(cngRsa({ jwk: other, publicKey }, 1024, true), 'cng-private-key', spkiSha256(publicKey));
  });

  it('that are public, or whose sizes do not agree, are none', () => {
    const pair = rsaPair(1024);
    const blob = cngRsa(pair, 1024, false);
    const publicBlob = Buffer.concat([Buffer.from('RSA1'), u32(1024, 3, 128, 0, 0), be(pair.jwk.e), be(pair.jwk.n)]);
    expect(scan(DETECTORS, publicBlob).found).toEqual([]);
    for (const field of [4, 8, 12, 16, 20]) {
      const lying = Buffer.from(blob);
      lying.writeUInt32LE(0xffffffff, field);
      expect(scan(DETECTORS, lying).found).toEqual([]);
    }
  });
});

describe('CNG elliptic-curve blobs', () => {
  it.each([
    ['prime256v1', 32, ['ECK2', 'ECS2', 'ECKV', 'ECDV']],
    ['secp384r1', 48, ['ECK4', 'ECS4', 'ECDV']],
    ['secp521r1', 66, ['ECK6', 'ECS6', 'ECDV']],
    ['secp256k1', 32, ['ECKV', 'ECDV']],
  ] as const)('on %s are proven under each of their magics', (curve, size, magics) => {
    const pair = ecPair(curve);
    for (const magic of magics) expectProven(cngEcc(pair, magic, size), 'cng-private-key', spkiSha256(pair.publicKey));
  });

  it('with explicit parameters are proven', () => {
    const pair = ecPair('prime256v1');
    const header = Buffer.concat([Buffer.from('ECDV'), u32(1, 1, 0, 32, 32, 1, 20)]);
    const parameters = Buffer.alloc(5 * 32 + 32 + 1 + 20, 0x11);
    const { jwk } = pair;
    const blob = Buffer.concat([header, parameters, be(jwk.x, 32), be(jwk.y, 32), be(jwk.d, 32)]);
    expectProven(blob, 'cng-private-key', spkiSha256(pair.publicKey));
  });

  it('that are public, or whose point is another key’s, are none', () => {
    const [one, two] = [ecPair('prime256v1'), ecPair('prime256v1')];
    const blob = cngEcc(one, 'ECS2', 32);
    expect(scan(DETECTORS, Buffer.concat([Buffer.from('ECS1'), blob.subarray(4)])).found).toEqual([]);
    const mixed = { jwk: { ...one.jwk, d: two.jwk.d }, publicKey: one.publicKey };
    expect(scan(DETECTORS, cngEcc(mixed, 'ECS2', 32)).found).toEqual([]);
    // A public blob with foreign bytes after it.
    expect(scan(DETECTORS, Buffer.concat([blob.subarray(0, 72), Buffer.alloc(64, 0x41)])).found).toEqual([]);
  });
});

describe('DSA blobs', () => {
  const small = dsaNumbers(1024, 160);

  it('of CNG, first version, are proven', () => {
    const { p, q, g, y, x, publicKey } = small;
    const header = Buffer.concat([Buffer.from('DSPV'), u32(128, 0xffffffff), Buffer.alloc(20, 0xff), padded(q, 20)]);
    const blob = Buffer.concat([header, padded(p, 128), padded(g, 128), padded(y, 128), padded(x, 20)]);
    expectProven(blob, 'cng-private-key', spkiSha256(publicKey));
  });

  it('of CNG, second version, are proven', () => {
    const { p, q, g, y, x, publicKey } = dsaNumbers(2048, 256);
    const header = Buffer.concat([
      Buffer.from('DPV2'),
      u32(256, 1, 1, 32, 32, 0xffffffff),
      Buffer.alloc(32),
      padded(q, 32),
    ]);
    const blob = Buffer.concat([header, padded(p, 256), padded(g, 256), padded(y, 256), padded(x, 32)]);
    expectProven(blob, 'cng-private-key', spkiSha256(publicKey));
  });

  it('of CryptoAPI are named, though they do not hold the public value', () => {
    const { p, q, g, x, publicKey } = small;
    const header = Buffer.concat([Buffer.from([7, 2, 0, 0]), u32(0x2200), Buffer.from('DSS2'), u32(1024)]);
    const numbers = [reversed(p, 128), reversed(q, 20), reversed(g, 128), reversed(x, 20)];
    const blob = Buffer.concat([header, ...numbers, Buffer.alloc(24, 0xff)]);
    const { found } = scan(DETECTORS, plant(blob, 2).bytes);
    expect(found).toMatchObject([{ rule: 'capi-private-key', key: { spkiSha256: spkiSha256(publicKey) } }]);
  });

  it('of CryptoAPI, version 3, are proven', () => {
    const { p, q, g, y, x, publicKey } = dsaNumbers(2048, 256);
    const header = Buffer.concat([Buffer.from([7, 3, 0, 0]), u32(0x2200), Buffer.from('DSS4'), u32(2048, 256, 0, 256)]);
    const numbers = [reversed(p, 256), reversed(q, 32), reversed(g, 256), reversed(y, 256), reversed(x, 32)];
    expectProven(Buffer.concat([header, Buffer.alloc(24), ...numbers]), 'capi-private-key', spkiSha256(publicKey));
  });
});

describe('CNG post-quantum blobs', () => {
  const wide = (name: string) => Buffer.from(`${name}\0`, 'utf16le');
  const blob = (magic: string, set: string, key: Uint8Array) =>
    Buffer.concat([Buffer.from(magic), u32(wide(set).length, key.length), wide(set), key]);
  const seed = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff);

  it.each([
    ['44', ml_dsa44],
    ['65', ml_dsa65],
    ['87', ml_dsa87],
  ] as const)('of ML-DSA-%s give the same key from seed and expanded key', (set, scheme) => {
    const { secretKey } = scheme.keygen(seed(32));
    const fromSeed = scan(DETECTORS, plant(blob('DSSS', set, seed(32)), 1).bytes).found;
    const fromKey = scan(DETECTORS, plant(blob('DSSK', set, secretKey), 1).bytes).found;
    expect(fromSeed).toMatchObject([{ rule: 'cng-private-key', key: { algorithm: `ML-DSA-${set}` } }]);
    expect(fromKey[0]?.key?.spkiSha256).toBe(fromSeed[0]?.key?.spkiSha256);
  });

  it.each([
    ['512', ml_kem512],
    ['768', ml_kem768],
    ['1024', ml_kem1024],
  ] as const)('of ML-KEM-%s give the same key from seed and expanded key', (set, scheme) => {
    const { secretKey } = scheme.keygen(seed(64));
    const fromSeed = scan(DETECTORS, plant(blob('MLKS', set, seed(64)), 1).bytes).found;
    const fromKey = scan(DETECTORS, plant(blob('MLKR', set, secretKey), 1).bytes).found;
    expect(fromSeed).toMatchObject([{ key: { algorithm: `ML-KEM-${set}` } }]);
    expect(fromKey[0]?.key?.spkiSha256).toBe(fromSeed[0]?.key?.spkiSha256);
  });

  it('with the size of another parameter set are none', () => {
    expect(scan(DETECTORS, blob('DSSS', '44', seed(64))).found).toEqual([]);
    expect(scan(DETECTORS, blob('DSSS', '45', seed(32))).found).toEqual([]);
  });
});

describe('CryptoAPI RSA blobs', () => {
  it.each([
    [512, 0xa400],
    [1024, 0x2400],
    [2048, 0xa400],
  ])('of %i bits are proven, also as a strong-name file', (bits, algorithm) => {
    const pair = rsaPair(bits);
    expectProven(capiRsa(pair, bits, algorithm), 'capi-private-key', spkiSha256(pair.publicKey));
  });

  it('whose BLOBHEADER is overwritten are proven', () => {
    const pair = rsaPair(1024);
    const blob = capiRsa(pair, 1024).fill(0xdd, 0, 8);
    const { found } = scan(DETECTORS, plant(blob, 4).bytes);
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: spkiSha256(pair.publicKey) } }]);
  });

  it('that are public are none', () => {
    const pair = rsaPair(1024);
    const blob = capiRsa(pair, 1024);
    const publicBlob = Buffer.concat([
      Buffer.from([6]),
      blob.subarray(1, 8),
      Buffer.from('RSA1'),
      blob.subarray(12, 148),
    ]);
    expect(scan(DETECTORS, publicBlob).found).toEqual([]);
    // The four letters alone, as in the text RSA2048.
    expect(scan(DETECTORS, Buffer.from('RSA2048 RSA3072 ECS2 DSS2 '.repeat(50))).found).toEqual([]);
  });
});

describe('blobs that OpenSSL wrote', () => {
  it.each(['rsa', 'dsa'])('hold the %s key that OpenSSL says', (type) => {
    const truth = createHash('sha256')
      .update(fixture(`windows/${type}.spki`))
      .digest('hex');
    for (const file of [`${type}.msblob`, `${type}.pvk`]) {
      const { found } = scan(DETECTORS, plant(fixture(`windows/${file}`), 7).bytes);
      expect(found).toMatchObject([{ rule: 'capi-private-key', key: { spkiSha256: truth } }]);
    }
  });
});

describe('damage', () => {
  const rsa = rsaPair(512);
  const blobs = [cngRsa(rsa, 512, true), capiRsa(rsa, 512), cngEcc(ecPair('prime256v1'), 'ECK2', 32)];

  it('gives a FormatError, a BoundsError, or what can be proven', () => {
    for (const blob of blobs) {
      cutEverywhere(blob, (cut) => {
        onlyExpected(() => parseCngBlob(cut));
        onlyExpected(() => parseCapiBlob(cut));
      });
      flipBits(blob, 200, 5, (damaged) => void scan(DETECTORS, damaged));
    }
  });

  it('never makes another key of one', () => {
    const truth = spkiSha256(rsa.publicKey);
    flipBits(blobs[0] as Buffer, 100, 6, (damaged) => {
      for (const { key } of scan(DETECTORS, damaged).found) expect(key?.spkiSha256).toBe(truth);
    });
  });
});
