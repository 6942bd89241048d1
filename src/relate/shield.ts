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

/** `trials`: of a ciphertext's first bytes, at most. */
export function relateShields(
  shields: readonly NumberEntry[],
  ciphertexts: readonly NumberEntry[],
  trials: number,
): ShieldResult {
  const keys: UnshieldedKey[] = [];
  let left = trials;
  for (const prekey of shields) {
    const stream = keyStream(prekey, 16);
    for (const entry of ciphertexts) {
      const { bytes, lead } = entry;
      for (let at = 0; at + 32 <= bytes.length - lead; at += 8) {
        if (left-- <= 0) return { keys, cuts: [`${shields.length} prekeys with ${ciphertexts.length} ciphertexts`] };
        // The length of the type's name, as 32 bits.
        if (bytes[at] !== stream[0] || bytes[at + 1] !== stream[1] || bytes[at + 2] !== stream[2]) continue;
        if (!TYPE_LENGTHS.has((bytes[at + 3] as number) ^ (stream[3] as number))) continue;
        const key = open(prekey, bytes.subarray(at));
        if (key) keys.push({ ...key, prekey, entry, at });
      }
    }
  }
  return { keys, cuts: [] };
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
