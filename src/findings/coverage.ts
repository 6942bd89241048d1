/** The account of every byte: scanned, absent from the dump, or skipped with a reason. */
import type { Coverage, Skipped } from '../types.js';

export const TRUNCATED_REASON = 'missing: the file ends before its headers say';

/**
 * `size`: bytes that were there to read. `declaredSize`: where the format says that the dump ends. `holes`: bytes of
 * memory that the dump declares without holding them. The three parts always sum to `bytes`.
 */
export function accountFor(size: number, declaredSize: number, holes: number, skipped: readonly Skipped[]): Coverage {
  const parts = disjoint(skipped);
  const unread = parts.reduce((sum, part) => sum + part.length, 0);
  const missing = Math.max(0, declaredSize - size);
  if (missing > 0) parts.push({ offset: size, length: missing, reason: TRUNCATED_REASON });
  return { bytes: size + missing + holes, scanned: size - unread, holes, skipped: parts };
}

/** Sorted, without overlaps, neighbours of one reason joined. */
function disjoint(skipped: readonly Skipped[]): Skipped[] {
  const parts: Skipped[] = [];
  for (const { offset, length, reason } of [...skipped].sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    const last = parts.at(-1);
    const start = Math.max(offset, last ? last.offset + last.length : 0);
    const rest = offset + length - start;
    if (rest <= 0) continue;
    if (last && last.offset + last.length === start && last.reason === reason) {
      parts[parts.length - 1] = { ...last, length: last.length + rest };
    } else {
      parts.push({ offset: start, length: rest, reason });
    }
  }
  return parts;
}
