/** DSA (FIPS 186-4 section 4.1): q divides p − 1, g has order q, and y = g^x mod p. */
import { bitLength } from '../bytes/convert.js';
import type { DsaPrivateKey } from '../types.js';
import { power } from './modular.js';
import type { Proof } from './proof.js';

const MAX_BITS = 4096;
const MIN_BITS = 512;
const MIN_ORDER_BITS = 128;
const MAX_ORDER_BITS = 512;

/** Without y the domain parameters are checked and x is taken on trust: then the key is only parsed. */
export function proveDsa({ p, q, g, y, x }: DsaPrivateKey): Proof | undefined {
  const [bits, orderBits] = [bitLength(p), bitLength(q)];
  if (bits < MIN_BITS || bits > MAX_BITS || orderBits < MIN_ORDER_BITS || orderBits > MAX_ORDER_BITS) return undefined;
  if (p % 2n === 0n || (p - 1n) % q !== 0n || x <= 1n || x >= q || g <= 1n || g >= p) return undefined;
  if (power(g, q, p) !== 1n) return undefined;
  const derived = power(g, x, p);
  if (y !== undefined && y !== derived) return undefined;
  const publicKey = { type: 'dsa', p, q, g, y: derived } as const;
  const evidence = ['q divides p−1 and g^q ≡ 1 mod p', ...(y === undefined ? [] : ['y = g^x mod p'])];
  return { confidence: y === undefined ? 'parsed' : 'proven', evidence, publicKey };
}
