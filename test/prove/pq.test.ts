/**
 * Vectors: ACVP-Server gen-val/json-files/SLH-DSA-keyGen-FIPS205 (SLH-DSA). The keys of ML-DSA and ML-KEM come from
 * the RFCs' examples and are tested where their encoding is, under test/detect/der.
 */
import { randomBytes } from 'node:crypto';
import { ml_kem512 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { PQ_ALGORITHMS } from '../../src/prove/identity.js';
import { pqSizes, provePq } from '../../src/prove/pq.js';
import type { PqAlgorithm } from '../../src/types.js';

const h = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'));

const SLH: ReadonlyArray<readonly [PqAlgorithm, string]> = [
  [
    'SLH-DSA-SHA2-128f',
    'E2BDAA37C8CFFE5E8D5676C23267890C31441758F573285881CDC82AB911DD84' +
      '72DC8D26DF6EF708F4C41AF9FD04B65A8927927229891D47A60D67ECEF3D2C17',
  ],
  [
    'SLH-DSA-SHAKE-128f',
    'BBC74306F75DC2DAF7372B3C9841A4D6852C17B459F1692B8E9A1A0DACE5BA26' +
      '380C99304A0DDD32F344B95144E1FDEF60BBC2340E08770FB41A80A76CB08E34',
  ],
];

describe.each(SLH)('a key of %s', (algorithm, digits) => {
  const expanded = h(digits);

  it('is proven by its root', () => {
    const proof = provePq({ type: 'pq', algorithm, expanded });
    expect(proof?.confidence).toBe('proven');
    expect(proof?.publicKey).toMatchObject({ type: 'pq', algorithm, publicKey: expanded.slice(32) });
  });

  it('is none with another root', () => {
    const damaged = expanded.slice();
    damaged[63] = (damaged[63] as number) ^ 1;
    expect(provePq({ type: 'pq', algorithm, expanded: damaged })).toBeUndefined();
  });
});

it('a key of a slow SLH-DSA parameter set is parsed at once, named by the root it carries', () => {
  const expanded = h(
    'AA9CC7DCA491FC86BCB15A709A15E9B3905C800B6E2FB9B54B6B050EE5E4DE9A' +
      'FA5464D1C661FED38B2A51CA3EAE71BACAE3D1865215E3D3850E8C1B8292BF42',
  );
  const proof = provePq({ type: 'pq', algorithm: 'SLH-DSA-SHA2-128s', expanded });
  expect(proof).toMatchObject({ confidence: 'parsed', publicKey: { publicKey: expanded.slice(32) } });
});

describe('every algorithm', () => {
  it.each(PQ_ALGORITHMS)('%s has an implementation and refuses what no key is', (algorithm) => {
    const { seed, expanded, publicKey } = pqSizes(algorithm);
    if (seed !== undefined) {
      const proof = provePq({ type: 'pq', algorithm, seed: randomBytes(seed) });
      expect(proof?.confidence).toBe('parsed');
      expect(proof?.publicKey).toMatchObject({ publicKey: { length: publicKey } });
      expect(provePq({ type: 'pq', algorithm, seed: new Uint8Array(seed) })).toBeUndefined();
      expect(provePq({ type: 'pq', algorithm, seed: randomBytes(seed - 1) })).toBeUndefined();
      expect(provePq({ type: 'pq', algorithm, expanded: randomBytes(expanded) })).toBeUndefined();
    } else if (algorithm.endsWith('f')) {
      expect(provePq({ type: 'pq', algorithm, expanded: randomBytes(expanded) })).toBeUndefined();
    }
    expect(provePq({ type: 'pq', algorithm, expanded: new Uint8Array(expanded) })).toBeUndefined();
    expect(provePq({ type: 'pq', algorithm, expanded: randomBytes(expanded + 1) })).toBeUndefined();
    expect(provePq({ type: 'pq', algorithm })).toBeUndefined();
  });
});

it('a seed is proven by the public key beside it, and only parsed beside another', () => {
  const seed = randomBytes(64);
  const { publicKey } = ml_kem512.keygen(seed);
  const key = { type: 'pq', algorithm: 'ML-KEM-512', seed } as const;
  expect(provePq({ ...key, publicKey })?.confidence).toBe('proven');
  expect(provePq({ ...key, publicKey: publicKey.slice().reverse() })?.confidence).toBe('parsed');
});
