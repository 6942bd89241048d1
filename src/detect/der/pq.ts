/** The private-key field of post-quantum keys in PKCS#8 (RFC 9881, RFC 9935, RFC 9909, and what came before them). */
import { DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { type PqSizes, pqSizes } from '../../prove/pq.js';
import type { PqAlgorithm, PqPrivateKey } from '../../types.js';

const SEED = 0x80;

/**
 * CHOICE { seed [0], expandedKey OCTET STRING, both SEQUENCE { seed, expandedKey } } for ML-DSA and ML-KEM; the bare
 * bytes for SLH-DSA. `secret` is a cursor over the field's contents. Throws FormatError.
 */
export function readPq(algorithm: PqAlgorithm, secret: DerCursor): PqPrivateKey {
  const sizes = pqSizes(algorithm);
  const bare = secret.rest;
  // Lengths tell: a wrapped value is longer than each bare one by its header.
  const parts = byLength(bare, sizes) ?? readChoice(secret, sizes);
  return { type: 'pq', algorithm, ...parts };
}

type Parts = Pick<PqPrivateKey, 'seed' | 'expanded' | 'publicKey'>;

function readChoice(cursor: DerCursor, sizes: PqSizes): Parts {
  if (cursor.peek === TAG.sequence) {
    // Cut behind the seed, the seed is still the key.
    const both = cursor.open(TAG.sequence);
    const seed = both.take(TAG.octetString).content;
    if (seed.length !== sizes.seed) throw new FormatError('PKCS#8: seed of the wrong length');
    const expanded = whole(both)?.content;
    return { seed: seed.slice(), ...(expanded?.length === sizes.expanded && { expanded: expanded.slice() }) };
  }
  if (cursor.peek !== SEED && cursor.peek !== TAG.octetString) throw new FormatError('PKCS#8: no such choice');
  const { content } = cursor.next();
  const parts = byLength(content, sizes);
  if (parts === undefined) throw new FormatError('PKCS#8: post-quantum key of the wrong length');
  return parts;
}

/** The next value if it is an OCTET STRING and not cut. */
function whole(cursor: DerCursor): ReturnType<DerCursor['next']> | undefined {
  if (cursor.peek !== TAG.octetString) return undefined;
  const rest = cursor.rest;
  return new DerCursor(rest).header().end <= rest.length ? cursor.next() : undefined;
}

/** Bare concatenations, as OpenSSL's provider options and liboqs write them: seed, key, seed ‖ key, key ‖ public. */
function byLength(bytes: Uint8Array, sizes: PqSizes): Parts | undefined {
  const { seed = 0, expanded, publicKey } = sizes;
  switch (bytes.length) {
    case seed:
      return { seed: bytes.slice() };
    case expanded:
      return { expanded: bytes.slice() };
    case seed + expanded:
      return { seed: bytes.slice(0, seed), expanded: bytes.slice(seed) };
    case expanded + publicKey:
      return { expanded: bytes.slice(0, expanded), publicKey: bytes.slice(expanded) };
    default:
      return undefined;
  }
}
