/**
 * age identities: `AGE-SECRET-KEY-1…`, an X25519 scalar (https://age-encryption.org/v1 section "The X25519 recipient
 * type"), and `AGE-SECRET-KEY-PQ-1…`, the seed of a hybrid ML-KEM-768 and X25519 key. Both are 32 bytes in Bech32,
 * whose checksum tells a key from an example.
 */
import type { ParsedSecret } from '../../types.js';
import type { Detector } from '../detector.js';
import { decodeBech32 } from './bech32.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

const PREFIX = 'AGE-SECRET-KEY-';
const PQ_PREFIX = 'AGE-SECRET-KEY-PQ-';
const KEY_BYTES = 32;
/** 32 bytes in digits of five bits, and the checksum. */
const DATA_LENGTH = 52 + 6;

export const ageDetector: Detector = textDetector(
  'age',
  [...namedTextAnchors(PREFIX), ...namedTextAnchors(PREFIX.toLowerCase())],
  (text, sink) => {
    const { view, at } = text;
    const head = view.slice(at, at + PQ_PREFIX.length + 1);
    const prefix = [PREFIX, PQ_PREFIX].find((known) => head.toUpperCase().startsWith(`${known}1`));
    if (prefix === undefined) return;
    const from = at + prefix.length + 1;
    const to = from + DATA_LENGTH;
    const secret = decodeBech32(head.slice(0, prefix.length), view.slice(from, to));
    if (secret?.length !== KEY_BYTES) return;
    sink.secret('age-identity', view.byteIndex(at), view.byteIndex(to), identity(secret, prefix === PQ_PREFIX));
  },
);

function identity(secret: Uint8Array, hybrid: boolean): ParsedSecret {
  return {
    kind: 'private-key',
    form: hybrid ? 'age identity, hybrid ML-KEM-768 and X25519' : 'age identity',
    length: DATA_LENGTH,
    // No public key type stands for the hybrid: it is known by its seed.
    key: hybrid ? { type: 'symmetric', secret } : { type: 'okp', curve: 'X25519', secret },
    whole: true,
    checked: 'the Bech32 checksum matches',
  };
}
