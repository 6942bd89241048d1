/** A window that is put together from pieces of the dump, laid end to end. */
import type { Detection, Span } from '../types.js';

/** The offset of zeros that stand between pieces and are nowhere in the dump. */
export const NOWHERE = -1;

/** The range of the window as spans of the dump, one for each piece that it touches. */
export function spansOf(pieces: readonly Span[], from: number, to: number): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const piece of pieces) {
    if (start >= to) break;
    const low = Math.max(from, start);
    const high = Math.min(to, start + piece.length);
    if (high > low && piece.offset !== NOWHERE) {
      const last = spans.at(-1);
      const offset = piece.offset + low - start;
      // Neighbours in the dump as well: one span.
      if (last && last.offset + last.length === offset) {
        spans[spans.length - 1] = { offset: last.offset, length: last.length + high - low };
      } else spans.push({ offset, length: high - low });
    }
    start += piece.length;
  }
  return spans;
}

/** Indexes of the window where one piece ends and the next begins, ascending. */
export function jointsOf(pieces: readonly Span[]): number[] {
  let end = 0;
  return pieces.slice(0, -1).map(({ length }) => {
    end += length;
    return end;
  });
}

/** Whether `[from, to)` has bytes on both sides of a joint. */
export function crosses(joints: readonly number[], from: number, to: number): boolean {
  let [low, high] = [0, joints.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((joints[middle] as number) <= from) low = middle + 1;
    else high = middle;
  }
  return low < joints.length && (joints[low] as number) < to;
}

/** A detection of the window, where its bytes lie in the dump: one for each piece that it touches. */
export function inPieces(
  { part, ...rest }: Omit<Detection, 'offset' | 'length'>,
  pieces: readonly Span[],
  from: number,
  to: number,
): Detection[] {
  const spans = spansOf(pieces, from, to);
  return spans.map((span, index) => ({
    ...rest,
    ...span,
    part: spans.length > 1 ? `${part} (${index + 1} of ${spans.length})` : part,
    ...(index + 1 < spans.length && { goesOn: true as const }),
  }));
}
