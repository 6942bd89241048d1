import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prove } from '../../src/prove/prove.js';
import { rsaKey, rsaNumbers } from './keys.js';

describe('prove', () => {
  it('takes each family to its prover', () => {
    const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const [secret, publicKey] = [d, x].map((member) => Buffer.from(member as string, 'base64url'));
    expect(prove({ type: 'okp', curve: 'Ed25519', secret: secret as Buffer, publicKey })?.confidence).toBe('proven');
    expect(prove(rsaNumbers(rsaKey(1024)))?.confidence).toBe('proven');
    expect(prove({ type: 'ec', curve: 'P-256', d: 1n })).toBeUndefined();
    expect(prove({ type: 'dsa', p: 7n, q: 3n, g: 2n, x: 2n })).toBeUndefined();
    expect(prove({ type: 'pq', algorithm: 'ML-DSA-44' })).toBeUndefined();
  });

  it('calls a symmetric key parsed, and a fill pattern none', () => {
    expect(prove({ type: 'symmetric', secret: Buffer.from('hmac key of some length') })?.confidence).toBe('parsed');
    expect(prove({ type: 'symmetric', secret: new Uint8Array(32) })).toBeUndefined();
    expect(prove({ type: 'symmetric', secret: new Uint8Array(0) })).toBeUndefined();
  });

  it('does the arithmetic on one key once', () => {
    const key = rsaNumbers(rsaKey(2048));
    expect(prove(key)).toBe(prove({ ...key }));
    expect(prove({ ...key, d: key.d + 1n })).not.toBe(prove(key));
  });

  it('forgets keys not met for long', () => {
    const key = rsaNumbers(rsaKey(1024));
    const first = prove(key);
    const others = (from: number, to: number) => {
      for (let i = from; i < to; i++) prove({ type: 'symmetric', secret: Buffer.from(`key number ${i}`) });
    };
    others(0, 500);
    expect(prove(key)).toBe(first);
    others(500, 1000);
    expect(prove(key)).toBe(first);
    others(1000, 1600);
    expect(prove(key)).not.toBe(first);
    expect(prove(key)).toEqual(first);
  });
});
