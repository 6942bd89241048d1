/**
 * Raw Snappy blocks (google/snappy, format_description.txt): a length as varint, then literals and copies. Nothing is
 * written past the end of the target.
 */
import { FormatError } from '../errors.js';
import { copyBack, cutLiterals, type Decoded } from './block.js';

/** The declared length and where the elements begin. Throws FormatError where there is none. */
export function snappyLength(packed: Uint8Array): { readonly length: number; readonly start: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = packed[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, start: i + 1 };
  }
  throw new FormatError('snappy: no length');
}

/** Decodes into the front of `target`. A block that declares more than fits is decoded as far as it does. */
export function snappyBlock(packed: Uint8Array, target: Uint8Array): Decoded {
  let declared: ReturnType<typeof snappyLength>;
  try {
    declared = snappyLength(packed);
  } catch {
    return { end: 0, sound: false };
  }
  const { start } = declared;
  const length = Math.min(declared.length, target.length);
  const end = packed.length;
  let [at, out] = [start, 0];
  while (at < end) {
    const tag = packed[at++] as number;
    if ((tag & 3) === 0) {
      let count = (tag >>> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        if (at + bytes > end) return { end: out, sound: false };
        count = 1;
        for (let i = 0; i < bytes; i++) count += (packed[at + i] as number) * 2 ** (8 * i);
        at += bytes;
      }
      if (at + count > end || out + count > length) return cutLiterals(packed, at, target, out, count, length);
      if (count <= 32) for (let i = 0; i < count; i++) target[out + i] = packed[at + i] as number;
      else target.set(packed.subarray(at, at + count), out);
      at += count;
      out += count;
      continue;
    }
    let [count, distance] = [0, 0];
    if ((tag & 3) === 1) {
      if (at >= end) return { end: out, sound: false };
      count = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | (packed[at++] as number);
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      if (at + bytes > end) return { end: out, sound: false };
      count = (tag >>> 2) + 1;
      distance = (packed[at] as number) | ((packed[at + 1] as number) << 8);
      if (bytes === 4) distance += (packed[at + 2] as number) * 2 ** 16 + (packed[at + 3] as number) * 2 ** 24;
      at += bytes;
    }
    if (distance === 0 || distance > out || out + count > length) return { end: out, sound: false };
    copyBack(target, out, distance, count);
    out += count;
  }
  return { end: out, sound: out === declared.length };
}
