/** Proof of a parsed key by arithmetic, whatever its family. */
import { createHash } from 'node:crypto';
import type { PrivateKey } from '../types.js';
import { proveDsa } from './dsa.js';
import { proveEc, proveOkp } from './ec.js';
import { provePq } from './pq.js';
import type { Proof } from './proof.js';
import { isPattern, looksRandom } from './randomness.js';
import { proveRsa } from './rsa.js';

const UNCHECKED = 'whole PKCS#8 structure of an algorithm that is not checked';

/** The same key stands in a dump many times, and arithmetic costs milliseconds. */
const CACHE_SIZE = 512;
const cache = new Map<string, Proof | undefined>();

/** Undefined: contradictory numbers, or no key at all. Results are kept by a hash of the numbers. */
export function prove(key: PrivateKey): Proof | undefined {
  const id = createHash('sha256').update(JSON.stringify(key, plain)).digest('base64');
  const known = cache.has(id);
  const proof = known ? cache.get(id) : proveAnew(key);
  // A Map keeps the order of insertion: what was used last goes to its end.
  if (known) cache.delete(id);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value as string);
  cache.set(id, proof);
  return proof;
}

function proveAnew(key: PrivateKey): Proof | undefined {
  switch (key.type) {
    case 'rsa':
      return proveRsa(key);
    case 'dsa':
      return proveDsa(key);
    case 'ec':
      return proveEc(key);
    case 'okp':
      return proveOkp(key);
    case 'pq':
      return provePq(key);
    case 'other':
      return looksRandom(key.secret.subarray(0, 64)) ? { confidence: 'parsed', evidence: [UNCHECKED] } : undefined;
    case 'symmetric':
      return isPattern(key.secret) ? undefined : { confidence: 'parsed', evidence: ['no public half to check'] };
  }
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString(16);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
