/** Looks back from a structure's first field to its header. */
import { TAG } from '../../bytes/der.js';

/** Index of the SEQUENCE header whose contents begin at `at`, whatever the form of its length; undefined if none. */
export function headerBefore(bytes: Uint8Array, at: number): number | undefined {
  if (at >= 2 && bytes[at - 2] === TAG.sequence && (bytes[at - 1] as number) < 0x80) return at - 2;
  for (let count = 1; count <= 3; count++) {
    const start = at - 2 - count;
    if (start >= 0 && bytes[start] === TAG.sequence && bytes[start + 1] === 0x80 + count) return start;
  }
  return undefined;
}
