/** Seeds and scalars in portions; the keys are made by node:crypto. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { USUAL } from '../../src/relate/bounds.js';
import { KIND, NumberStore, ORDER } from '../../src/relate/number-store.js';
import { relateSeeds } from '../../src/relate/seeds.js';
import { Random } from '../support/random.js';

const part = (key: KeyObject, name: 'd' | 'x') =>
  Buffer.from(key.export({ format: 'jwk' })[name] as string, 'base64url');
const pairOf = (make: () => { privateKey: KeyObject }) => {
  const { privateKey } = make();
  return { secret: part(privateKey, 'd'), publicKey: part(privateKey, 'x') };
};

describe.each([
  ['Ed25519', () => pairOf(() => generateKeyPairSync('ed25519'))],
  ['X25519', () => pairOf(() => generateKeyPairSync('x25519'))],
] as const)('seeds and scalars of %s', (curve, make) => {
  it('are found whichever portion they are in, the first, the last, or one between', () => {
    const random = new Random(5);
    const store = NumberStore.create(1 << 20);
    const pairs = [make(), make(), make()];
    const lead = 8;
    const runs = Array.from({ length: 201 }, (_, i) => {
      const pair = pairs[i / 100];
      return Buffer.concat([
        Buffer.alloc(lead),
        pair ? Buffer.concat([pair.secret, pair.publicKey]) : random.bytes(64),
        Buffer.alloc(lead),
      ]);
    });
    for (const [i, bytes] of runs.entries()) store.add(KIND.run, ORDER.little, 1000 * i, bytes, lead);
    const input = { runs: store.entries(), memory: [], bounds: { ...USUAL, seeds: 1_000_000 } };
    const found = (most?: number) =>
      relateSeeds(input, [curve], new Map(), most).keys.flatMap(({ key, entry, at }) =>
        key.type === 'okp' && key.curve === curve && !key.expanded
          ? [[entry.offset, at, Buffer.from(key.secret).toString('hex')]]
          : [],
      );
    const expected = pairs.map(({ secret }, i) => [100_000 * i, lead, secret.toString('hex')]);
    for (const most of [undefined, 1, 7, 40, 401]) expect(found(most)).toEqual(expected);
  });
});
