/**
 * LZO1X blocks (Linux, Documentation/staging/lzo.rst: the bitstream). Strict: what does not fit is a FormatError, and
 * nothing is written past the end of the target.
 */
import { FormatError } from '../errors.js';
import { copyBack } from './snappy-block.js';

/** Unpacks into the front of `target`; returns the number of bytes. The end marker must be the end of `packed`. */
export function unpackLzo1x(packed: Uint8Array, target: Uint8Array): number {
  const end = packed.length;
  let [at, out] = [0, 0];
  // Bytes copied by the instruction before: 0 to 3 trailing literals of a match, 4 for a run of literals.
  let state = 0;

  const literals = (count: number) => {
    if (at + count > end || out + count > target.length) throw new FormatError('lzo: literals do not fit');
    if (count <= 32) for (let i = 0; i < count; i++) target[out + i] = packed[at + i] as number;
    else target.set(packed.subarray(at, at + count), out);
    at += count;
    out += count;
  };
  /** Lengths beyond a field's: zero bytes count 255 each, the first other one ends them. */
  const longer = (base: number): number => {
    let length = base;
    while (packed[at] === 0) {
      length += 255;
      at++;
    }
    if (at >= end) throw new FormatError('lzo: cut');
    return length + (packed[at++] as number);
  };

  // A first byte above 17 stands for literals. 17 itself begins streams of another version, which only Linux's zram has.
  const first = packed[0];
  if (first === undefined) throw new FormatError('lzo: empty');
  if (first > 17) {
    at = 1;
    const count = first - 17;
    literals(count);
    state = count < 4 ? count : 4;
  }
  while (at < end) {
    const code = packed[at++] as number;
    let [length, distance, trailing] = [0, 0, 0];
    if (code >= 64) {
      // 1LLDDDSS … 0 1 L D D D S S, then H: length 3-8, distance within 2 KiB.
      if (at >= end) throw new FormatError('lzo: cut');
      length = (code >>> 5) + 1;
      distance = ((packed[at++] as number) << 3) + ((code >>> 2) & 7) + 1;
      trailing = code & 3;
    } else if (code >= 16) {
      const far = code < 32;
      const mask = far ? 7 : 31;
      length = (code & mask) === 0 ? longer(mask + 2) : (code & mask) + 2;
      if (at + 2 > end) throw new FormatError('lzo: cut');
      const field = (packed[at] as number) | ((packed[at + 1] as number) << 8);
      at += 2;
      trailing = field & 3;
      distance = (field >>> 2) + 1;
      if (far) {
        distance = ((code & 8) << 11) + (field >>> 2);
        if (distance === 0) {
          if (length !== 3 || at !== end) throw new FormatError('lzo: bytes behind the end');
          return out;
        }
        distance += 16384;
      }
    } else if (state === 0) {
      literals(code === 0 ? longer(18) : code + 3);
      state = 4;
      continue;
    } else {
      if (at >= end) throw new FormatError('lzo: cut');
      const high = packed[at++] as number;
      length = state === 4 ? 3 : 2;
      distance = (high << 2) + (code >>> 2) + (state === 4 ? 2049 : 1);
      trailing = code & 3;
    }
    if (distance > out || out + length > target.length) throw new FormatError('lzo: bad match');
    copyBack(target, out, distance, length);
    out += length;
    literals(trailing);
    state = trailing;
  }
  throw new FormatError('lzo: no end');
}
