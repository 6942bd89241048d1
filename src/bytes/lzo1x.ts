/**
 * LZO1X blocks (Linux, Documentation/staging/lzo.rst: the bitstream). Nothing is written past the end of the
 * target.
 */
import { copyBack, cutLiterals, type Decoded } from './block.js';

/** Decodes into the front of `target`. The end marker must be the end of `packed`. */
export function lzo1xBlock(packed: Uint8Array, target: Uint8Array): Decoded {
  const [end, limit] = [packed.length, target.length];
  let at = 0;
  let out = 0;
  // Bytes copied by the instruction before: 0 to 3 trailing literals of a match, 4 for a run of literals.
  let state = 0;
  /** Literals that come next. */
  let run = 0;
  // No function is called for what happens once in a few bytes: this is where the time goes.

  // A first byte above 17 stands for literals. 17 itself begins streams of another version, which only Linux's zram has.
  const first = packed[0];
  if (first === undefined) return { end: out, sound: false };
  if (first > 17) {
    at = 1;
    run = first - 17;
    state = run < 4 ? run : 4;
  }
  for (;;) {
    if (run > 0) {
      if (at + run > end || out + run > limit) return cutLiterals(packed, at, target, out, run, limit);
      if (run > 64) {
        target.set(packed.subarray(at, at + run), out);
        at += run;
        out += run;
      } else for (const last = out + run; out < last; ) target[out++] = packed[at++] as number;
      run = 0;
    }
    if (at >= end) return { end: out, sound: false };
    const code = packed[at++] as number;
    let length = 0;
    let distance = 0;
    if (code >= 64) {
      // 1LLDDDSS … 0 1 L D D D S S, then H: length 3-8, distance within 2 KiB.
      if (at >= end) return { end: out, sound: false };
      length = (code >>> 5) + 1;
      distance = ((packed[at++] as number) << 3) + ((code >>> 2) & 7) + 1;
      run = code & 3;
    } else if (code >= 16) {
      const far = code < 32;
      const mask = far ? 7 : 31;
      length = (code & mask) + 2;
      if (length === 2) {
        // Longer ones: zero bytes count 255 each, the first other one ends them.
        for (length += mask; packed[at] === 0; at++) length += 255;
        length += packed[at++] as number;
      }
      if (at + 2 > end) return { end: out, sound: false };
      const field = (packed[at] as number) | ((packed[at + 1] as number) << 8);
      at += 2;
      run = field & 3;
      distance = (field >>> 2) + 1;
      if (far) {
        distance = ((code & 8) << 11) + (field >>> 2);
        if (distance === 0) {
          return { end: out, sound: length === 3 && at === end };
        }
        distance += 16384;
      }
    } else if (state === 0) {
      run = code + 3;
      if (code === 0) {
        for (run = 18; packed[at] === 0; at++) run += 255;
        if (at >= end) return { end: out, sound: false };
        run += packed[at++] as number;
      }
      state = 4;
      continue;
    } else {
      if (at >= end) return { end: out, sound: false };
      const high = packed[at++] as number;
      length = state === 4 ? 3 : 2;
      distance = (high << 2) + (code >>> 2) + (state === 4 ? 2049 : 1);
      run = code & 3;
    }
    if (distance > out || out + length > limit) return { end: out, sound: false };
    if (length > 32) {
      copyBack(target, out, distance, length);
      out += length;
    } else for (const last = out + length; out < last; out++) target[out] = target[out - distance] as number;
    state = run;
  }
}
