/** Skippable frames, which zstd (RFC 8878, section 3.1.2) and lz4 (frame format 1.6) share: 0x184D2A50 to 5F, length, data. */
import type { Packed } from './packed.js';

export const startsWith = (head: Uint8Array, first: readonly number[]) =>
  first.every((byte, index) => head[index] === byte);

export const isSkippable = (head: Uint8Array) =>
  ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]);

/** What stands behind skippable frames at the start, as far as it can be seen. */
export function behindSkippable(head: Uint8Array): Uint8Array {
  let rest = head;
  while (rest.length >= 8 && isSkippable(rest)) {
    const size = new DataView(rest.buffer, rest.byteOffset).getUint32(4, true);
    rest = rest.subarray(Math.min(rest.length, 8 + size));
  }
  return rest;
}

/** Its magic was taken. pzstd's, of four bytes, says how long the next frame is and does not count. */
export async function skippable(packed: Packed): Promise<void> {
  const length = await packed.u32le();
  if (length > 4) await packed.passOver(length);
  else await packed.exactly(length);
}
