/**
 * Raw Snappy blocks (google/snappy, format_description.txt): a length as varint, then literals and copies. Strict: what
 * does not fit is a FormatError, and nothing is written past the end of the target.
 */
import { FormatError } from '../errors.js';

/** The declared length and where the elements begin. */
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

/** Unpacks into the front of `target`; returns the number of bytes, which is the declared length. */
export function unpackSnappy(packed: Uint8Array, target: Uint8Array): number {
  const { length, start } = snappyLength(packed);
  if (length > target.length) throw new FormatError('snappy: more bytes than expected');
  const end = packed.length;
  let [at, out] = [start, 0];
  while (at < end) {
    const tag = packed[at++] as number;
    if ((tag & 3) === 0) {
      let count = (tag >>> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        if (at + bytes > end) throw new FormatError('snappy: cut');
        count = 1;
        for (let i = 0; i < bytes; i++) count += (packed[at + i] as number) * 2 ** (8 * i);
        at += bytes;
      }
      if (at + count > end || out + count > length) throw new FormatError('snappy: literal too long');
      if (count <= 32) for (let i = 0; i < count; i++) target[out + i] = packed[at + i] as number;
      else target.set(packed.subarray(at, at + count), out);
      at += count;
      out += count;
      continue;
    }
    let [count, distance] = [0, 0];
    if ((tag & 3) === 1) {
      if (at >= end) throw new FormatError('snappy: cut');
      count = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | (packed[at++] as number);
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      if (at + bytes > end) throw new FormatError('snappy: cut');
      count = (tag >>> 2) + 1;
      distance = (packed[at] as number) | ((packed[at + 1] as number) << 8);
      if (bytes === 4) distance += (packed[at + 2] as number) * 2 ** 16 + (packed[at + 3] as number) * 2 ** 24;
      at += bytes;
    }
    if (distance === 0 || distance > out || out + count > length) throw new FormatError('snappy: bad copy');
    copyBack(target, out, distance, count);
    out += count;
  }
  if (out !== length) throw new FormatError('snappy: cut');
  return length;
}

/** Copies that may overlap what they write: byte by byte, or whole where they do not. */
export function copyBack(target: Uint8Array, out: number, distance: number, count: number): void {
  if (distance >= count && count > 32) target.copyWithin(out, out - distance, out - distance + count);
  else if (distance === 1 && count > 16) target.fill(target[out - 1] as number, out, out + count);
  else for (const last = out + count; out < last; out++) target[out] = target[out - distance] as number;
}
