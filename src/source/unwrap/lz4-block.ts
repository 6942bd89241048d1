/** A block of lz4: lz4_Block_format.md. */

/** Matches reach back this far. */
export const LZ4_HISTORY = 64 * 1024;

export interface Decoded {
  /** Where the decoded bytes end. */
  readonly end: number;
  /** Whether the block was whole: all input used, and no reference out of bounds. */
  readonly sound: boolean;
}

/**
 * Decodes `input` into `output` from `start` on. The bytes of `output` from `floor` to `start` are what came before, and
 * matches may refer to them; nothing is written at `limit` or behind it.
 */
export function lz4Block(
  input: Uint8Array,
  output: Uint8Array,
  { floor, start, limit }: { floor: number; start: number; limit: number },
): Decoded {
  let [at, to] = [0, start];
  const inputEnd = input.length;
  while (at < inputEnd) {
    const token = input[at++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) {
        if (at >= inputEnd) return { end: to, sound: false };
        more = input[at++] as number;
      }
    }
    const room = Math.min(literals, inputEnd - at, limit - to);
    if (room > 16) output.set(input.subarray(at, at + room), to);
    else for (let i = 0; i < room; i++) output[to + i] = input[at + i] as number;
    at += room;
    to += room;
    if (room < literals) return { end: to, sound: false };
    // The last sequence has literals only.
    if (at === inputEnd) return { end: to, sound: true };
    if (at + 2 > inputEnd) return { end: to, sound: false };
    const distance = (input[at] as number) | ((input[at + 1] as number) << 8);
    at += 2;
    if (distance === 0 || distance > to - floor) return { end: to, sound: false };
    let length = (token & 15) + 4;
    if (length === 19) {
      for (let more = 255; more === 255; length += more) {
        if (at >= inputEnd) return { end: to, sound: false };
        more = input[at++] as number;
      }
    }
    if (length > limit - to) return { end: to, sound: false };
    to = copyMatch(output, to, distance, length);
  }
  return { end: to, sound: false };
}

/** `length` bytes from `distance` before `to`; they may overlap what they make. Gives where they end. */
export function copyMatch(output: Uint8Array, to: number, distance: number, length: number): number {
  const end = to + length;
  if (distance === 1 && length > 16) output.fill(output[to - 1] as number, to, end);
  else if (length <= 32 || distance < 16) {
    for (let at = to; at < end; at++) output[at] = output[at - distance] as number;
  } else {
    for (let at = to; at < end; at += distance)
      output.copyWithin(at, at - distance, Math.min(end, at + distance) - distance);
  }
  return end;
}
