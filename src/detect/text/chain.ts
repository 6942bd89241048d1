/**
 * Long encoded texts with many anchors in them: the first anchor of a chain, in which each is near the one before, reads
 * the text for all of them. So a text full of anchors is decoded once, and none of its keys is passed over.
 */
import { CARRY, type Sink } from '../detector.js';

/** Characters read behind the last anchor of a chain. A key store with a long chain of certificates takes 20 KiB. */
const TAIL = 64 * 1024;

export interface ChainText {
  readonly bytes: Uint8Array;
  /** Index of the character that ended the text, or at which reading stopped. */
  readonly end: number;
}

/**
 * Reads from `start` on as far as the chain goes, and TAIL further. `read` decodes at most the given number of
 * characters; `density` is decoded bytes for each. Two of `words` in the decoded bytes belong to one chain when at most
 * `gap` bytes lie between. Whatever a chain longer than CARRY holds behind that is reported as undecided.
 */
export function readChain<T extends ChainText>(
  start: number,
  read: (characters: number) => T,
  { words, gap, density }: { words: readonly Uint8Array[]; gap: number; density: number },
  undecided: Sink['undecided'],
): T {
  for (let size = 2 * TAIL; ; size *= 2) {
    const text = read(Math.min(size, CARRY));
    if (text.end < start + Math.min(size, CARRY)) return text;
    const needed = chainEnd(text.bytes, words, gap) + TAIL * density;
    if (needed <= text.bytes.length) return text;
    if (size >= CARRY) {
      undecided(text.end - 1, text.end, 'an encoded text with keys is longer than 1 MiB');
      return text;
    }
  }
}

/** Index of the last word of the chain that begins with the first one. */
function chainEnd(bytes: Uint8Array, words: readonly Uint8Array[], gap: number): number {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const places = words.flatMap((word) => {
    const found: number[] = [];
    for (let at = haystack.indexOf(word); at >= 0; at = haystack.indexOf(word, at + 1)) found.push(at);
    return found;
  });
  places.sort((a, b) => a - b);
  let last = places[0] ?? 0;
  for (const place of places) {
    if (place - last > gap) break;
    last = place;
  }
  return last;
}
