/** A block of LZO1X: Documentation/staging/lzo.rst of Linux describes what its decompressor accepts. */
import { copyMatch, type Decoded } from './lz4-block.js';

/** Decodes `input` into `output`, which must end where the decoded bytes may at most end. */
export function lzo1xBlock(input: Uint8Array, output: Uint8Array): Decoded {
  let [at, to] = [0, 0];
  /** Literals that came behind the last match; 4 for a longer run of them. They decide what small instructions mean. */
  let state = 0;
  const limit = output.length;
  const byte = () => input[at++] ?? -1;
  /** Copies as much as there is and fits; whether that was all. */
  const literals = (length: number) => {
    const room = Math.max(0, Math.min(length, input.length - at, limit - to));
    if (room > 16) output.set(input.subarray(at, at + room), to);
    else for (let i = 0; i < room; i++) output[to + i] = input[at + i] as number;
    at += room;
    to += room;
    return room === length && at <= input.length;
  };
  /** A length that did not fit into its instruction: 255 for each zero byte, and the first other byte. */
  const extended = (base: number) => {
    let length = base;
    while (input[at] === 0) {
      at++;
      length += 255;
    }
    return length + byte();
  };
  const broken = () => ({ end: to, sound: false });

  const first = input[0] ?? 0;
  if (first > 17) {
    at = 1;
    if (!literals(first - 17)) return broken();
    state = Math.min(4, first - 17);
  }
  while (at < input.length) {
    const instruction = byte();
    if (instruction < 16 && state === 0) {
      if (!literals(3 + (instruction === 0 ? extended(15) : instruction))) return broken();
      state = 4;
      continue;
    }
    let [length, distance, next] = [0, 0, instruction & 3];
    if (instruction < 16) {
      length = state === 4 ? 3 : 2;
      distance = (instruction >> 2) + (byte() << 2) + (state === 4 ? 2049 : 1);
    } else if (instruction >= 64) {
      length = (instruction >> 5) + 1;
      distance = ((instruction >> 2) & 7) + (byte() << 3) + 1;
    } else {
      const mask = instruction >= 32 ? 31 : 7;
      length = 2 + (instruction & mask || extended(mask));
      const pair = byte() | (byte() << 8);
      next = pair & 3;
      distance = (pair >> 2) + 1;
      if (instruction < 32) {
        distance += 0x3fff + ((instruction & 8) << 11);
        // The end is a match at no distance.
        if (distance === 0x4000) return { end: to, sound: at === input.length };
      }
    }
    if (at > input.length || distance > to || length > limit - to) return broken();
    to = copyMatch(output, to, distance, length);
    if (!literals(next)) return broken();
    state = next;
  }
  return broken();
}
