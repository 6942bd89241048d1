/**
 * Shielded keys of OpenSSH's agent and server (sshkey.c, `sshkey_shield_private`): the key is encrypted with AES-256-CTR
 * under the SHA-512 of a random prekey of 16 KiB. Where both lie in a dump the key is open. A ciphertext that decrypts
 * to the name of a key type is proof.
 */
import { createCipheriv } from 'node:crypto';
import { latin1 } from '../bytes/convert.js';
import { readWirePrivateKey, WIRE_KEY_TYPES } from '../detect/openssh/private-wire.js';
import { BoundsError, FormatError } from '../errors.js';
import type { PrivateKey } from '../types.js';
import type { NumberEntry } from './number-store.js';
import { joinSplit } from './split-ciphertexts.js';

const TYPE_LENGTHS: ReadonlySet<number> = new Set(WIRE_KEY_TYPES.map((type) => type.length));

export interface UnshieldedKey {
  readonly key: PrivateKey;
  readonly whole: boolean;
  readonly prekey: NumberEntry;
  readonly entry: NumberEntry;
  readonly at: number;
  readonly size: number;
}

export interface ShieldResult {
  readonly keys: readonly UnshieldedKey[];
  readonly cuts: readonly string[];
}

/** `pieces`: what ciphertexts may be split into. `trials`: places of ciphertexts that are looked up, at most. */
export function relateShields(
  shields: readonly NumberEntry[],
  ciphertexts: readonly NumberEntry[],
  pieces: readonly NumberEntry[],
  trials: number,
): ShieldResult {
  const keys: UnshieldedKey[] = [];
  if (shields.length === 0) return { keys, cuts: [] };
  const prekeys = byFirstBytes(shields);
  let left = trials;
  for (const entry of concat(ciphertexts, joinSplit(pieces))) {
    const { bytes, lead } = entry;
    for (let at = 0; at + 32 <= bytes.length - lead; at += 8) {
      if (left-- <= 0) return { keys, cuts: [`${shields.length} prekeys with ${ciphertexts.length} ciphertexts`] };
      for (const { prekey, fourth } of prekeys.get(first24(bytes, at)) ?? []) {
        if (!TYPE_LENGTHS.has((bytes[at + 3] as number) ^ fourth)) continue;
        const key = open(prekey, bytes.subarray(at));
        if (key) keys.push({ ...key, prekey, entry, at });
      }
    }
  }
  return { keys, cuts: [] };
}

function* concat<T>(first: Iterable<T>, second: Iterable<T>): Generator<T> {
  yield* first;
  yield* second;
}

/**
 * Prekeys by the first three bytes of their key stream: the plaintext begins with the length of the type's name, as 32
 * bits, so that a ciphertext begins with the same.
 */
function byFirstBytes(shields: readonly NumberEntry[]): Map<number, Array<{ prekey: NumberEntry; fourth: number }>> {
  const found = new Map<number, Array<{ prekey: NumberEntry; fourth: number }>>();
  for (const prekey of shields) {
    const stream = keyStream(prekey, 16);
    const first = first24(stream, 0);
    found.set(first, [...(found.get(first) ?? []), { prekey, fourth: stream[3] as number }]);
  }
  return found;
}

function first24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

/** The first bytes of the key stream. */
function keyStream({ bytes }: NumberEntry, length: number): Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', bytes.slice(0, 32), bytes.slice(32, 48));
  return cipher.update(new Uint8Array(length));
}

function open(
  prekey: NumberEntry,
  ciphertext: Uint8Array,
): { key: PrivateKey; whole: boolean; size: number } | undefined {
  const stream = keyStream(prekey, ciphertext.length);
  const plain = ciphertext.map((byte, i) => byte ^ (stream[i] as number));
  const type = latin1(plain, 4, 4 + (plain[3] as number));
  if (!WIRE_KEY_TYPES.includes(type)) return undefined;
  try {
    const { key, whole, length } = readWirePrivateKey(plain);
    return key && { key, whole, size: length };
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
    return undefined;
  } finally {
    stream.fill(0);
  }
}
