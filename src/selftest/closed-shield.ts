/**
 * The specimen of `openssh-shield-closed`: told by addresses, so that it needs a map, and cannot stand among the others.
 * A structure as OpenSSH 10.5 has it, of an Ed25519 key, with a ciphertext and a public half that are hashes.
 */
import { createHash } from 'node:crypto';
import { closedShields } from '../relate/closed-shields.js';
import { NumberStore } from '../relate/number-store.js';
import type { ScanResult, ScanTask } from '../sieve/protocol.js';
import { type Slot, windowBytes } from '../sieve/slot.js';
import type { Region, Span } from '../types.js';

export const CLOSED_SHIELD = 'openssh-shield-closed';
const ADDRESS = 0x5555_0000_0000n;
/** Where nothing is. */
const PREKEY = 0x7fff_0000_0000n;
const [POINT, CIPHERTEXT, STRUCTURE, LENGTH] = [64, 128, 320, 512];

/** Memory that begins at ADDRESS. */
export function closedShieldMemory(): Uint8Array {
  const memory = Buffer.alloc(LENGTH);
  const hash = (name: string) => createHash('sha512').update(`dumpsieve ${name}`).digest();
  hash('point').copy(memory, POINT, 0, 32);
  Buffer.concat([hash('first half'), hash('second half')]).copy(memory, CIPHERTEXT);
  const pointers = { 0: 2n, 1: 0xffff_ffffn, 4: ADDRESS + BigInt(POINT), 12: ADDRESS + BigInt(CIPHERTEXT) };
  const words = { ...pointers, 13: 128n, 14: PREKEY, 15: 0x4000n };
  for (const [index, word] of Object.entries(words)) memory.writeBigUInt64LE(word, STRUCTURE + 8 * Number(index));
  return memory;
}

/** Scans a window in the self-test's slot. */
export type Scan = (task: Omit<ScanTask, 'slot'>) => ScanResult;

/** Through a window and what follows the addresses. Tells what was missed. */
export async function testClosedShield(slot: Slot, scan: Scan): Promise<string[]> {
  const memory = closedShieldMemory();
  windowBytes(slot, LENGTH).set(memory);
  const numbers = NumberStore.create(LENGTH).buffer;
  const { shieldTails } = scan({ pieces: [{ offset: 0, length: LENGTH }], from: 0, to: LENGTH, numbers });
  const regions: Region[] = [{ kind: 'heap', offset: 0, length: LENGTH, address: ADDRESS }];
  const read = async (spans: readonly Span[]) =>
    spans.map(({ offset, length }) => new Uint8Array(memory.subarray(offset, offset + length)));
  const [found] = await closedShields(shieldTails, regions, read);
  const isRight = found?.rule === CLOSED_SHIELD && found.offset === CIPHERTEXT && found.key?.spkiSha256 !== undefined;
  return isRight ? [] : [CLOSED_SHIELD];
}
