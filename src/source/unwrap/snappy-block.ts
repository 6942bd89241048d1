/** A block of snappy: format_description.txt of google/snappy. */
import { copyMatch, type Decoded } from './lz4-block.js';

/** Decodes `input` into `output`, which must end where the decoded bytes may at most end. */
export function snappyBlock(input: Uint8Array, output: Uint8Array): Decoded {
  let [at, to, declared] = [0, 0, 0];
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++];
    if (byte === undefined || shift > 28) return { end: 0, sound: false };
    declared += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const inputEnd = input.length;
  const limit = Math.min(declared, output.length);
  while (at < inputEnd) {
    const tag = input[at++] as number;
    const kind = tag & 3;
    /** Bytes of length or distance behind the tag. */
    const extra = kind === 0 ? Math.max(0, (tag >> 2) - 59) : kind === 3 ? 4 : kind;
    if (at + extra > inputEnd) return { end: to, sound: false };
    let value = 0;
    for (let i = 0; i < extra; i++) value += (input[at + i] as number) * 2 ** (8 * i);
    at += extra;
    if (kind === 0) {
      const length = (extra > 0 ? value : tag >> 2) + 1;
      const room = Math.min(length, inputEnd - at, limit - to);
      if (room > 16) output.set(input.subarray(at, at + room), to);
      else for (let i = 0; i < room; i++) output[to + i] = input[at + i] as number;
      at += room;
      to += room;
      if (room < length) return { end: to, sound: false };
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = kind === 1 ? value + ((tag >> 5) << 8) : value;
    if (distance === 0 || distance > to || length > limit - to) return { end: to, sound: false };
    to = copyMatch(output, to, distance, length);
  }
  return { end: to, sound: to === declared };
}
