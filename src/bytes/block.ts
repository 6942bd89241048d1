/** What decoders of packed blocks have in common. */

export interface Decoded {
  /** Where the decoded bytes end. */
  readonly end: number;
  /** Whether the block was whole: all input used, and nothing out of bounds. What was decoded before stays. */
  readonly sound: boolean;
}

/** Copies that may overlap what they write: byte by byte, or whole where they do not. */
export function copyBack(target: Uint8Array, out: number, distance: number, count: number): void {
  if (distance >= count && count > 32) target.copyWithin(out, out - distance, out - distance + count);
  else if (distance === 1 && count > 16) target.fill(target[out - 1] as number, out, out + count);
  else for (const last = out + count; out < last; out++) target[out] = target[out - distance] as number;
}

/** Literals of which not all are there, or not all fit: what is there and fits. */
export function cutLiterals(
  packed: Uint8Array,
  at: number,
  target: Uint8Array,
  out: number,
  count: number,
  limit: number,
): Decoded {
  const room = Math.max(0, Math.min(count, packed.length - at, limit - out));
  target.set(packed.subarray(at, at + room), out);
  return { end: out + room, sound: false };
}
