/** Looks back from a structure's first field to its header. */
import { TAG } from '../../bytes/der.js';

/**
 * Indexes of what can be SEQUENCE headers whose contents begin at `at`, one for each size of the length field (X.690
 * section 8.1.3). The bytes of one length may look like another, so that there can be several.
 */
export function headersBefore(bytes: Uint8Array, at: number, tag: number = TAG.sequence): number[] {
  const starts: number[] = [];
  if (at >= 2 && bytes[at - 2] === tag && (bytes[at - 1] as number) < 0x80) starts.push(at - 2);
  for (let count = 1; count <= 3; count++) {
    const start = at - 2 - count;
    if (start >= 0 && bytes[start] === tag && bytes[start + 1] === 0x80 + count) starts.push(start);
  }
  return starts;
}
