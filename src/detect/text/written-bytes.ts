/**
 * Keys whose bytes are written one after the other as numbers in a text. The anchors are written forms of what stands in
 * keys' structures; the bytes that the text gives are judged by the detectors of the memory.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Anchor, Detector } from '../detector.js';
import { detectNested } from '../nested.js';
import { readChain } from './chain.js';
import { SETTLED, textDetector } from './text-hit.js';

/** Bytes before an anchor that belong to its structure: the head of any of them, or of a PEM label. */
const MAX_HEAD = 64;
/** Bytes looked back for an earlier anchor: first few, since where one is the next is often near. */
const NEAR = 128;
const MAX_BEFORE = 2 * 1024;
/** Characters between two bytes: `", 0x"` with a line end and indentation. */
export const MAX_GAP = 24;

export interface WrittenBytes {
  readonly bytes: Uint8Array;
  /** Index of the first digit of each byte, and after its last one. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Index at which reading stopped. */
  readonly end: number;
}

/** One way to write bytes. */
export interface Notation {
  readonly name: string;
  /** What the form of a key is called: `in hexadecimal`. */
  readonly suffix: string;
  readonly anchors: readonly Anchor[];
  /** The texts of the anchors that stand in a text of this encoding. */
  texts(encoding: TextView['encoding']): readonly string[];
  /** The bytes that the anchors stand for. */
  readonly words: readonly Uint8Array[];
  /** Bytes for each character, of the shortest form, so that no chain is taken for shorter than it is. */
  readonly density: number;
  /** Index of the byte, at most `reach` bytes back from the one at `at`, with which the text begins. */
  textStart(view: TextView, at: number, reach: number): number;
  /** The bytes from `from` on, to the first that is none, or to the character `limit`. */
  read(view: TextView, from: number, limit: number): WrittenBytes;
}

/** `inner`: the detectors that judge what is decoded. */
export function writtenBytesDetector(notation: Notation, inner: readonly Detector[]): Detector {
  const { name, suffix, anchors, words, density } = notation;
  return textDetector(name, anchors, ({ view, at }, sink) => {
    if (hasEarlierAnchor(notation, view, at, NEAR) || hasEarlierAnchor(notation, view, at, MAX_BEFORE)) return SETTLED;
    const start = notation.textStart(view, at, MAX_HEAD);
    const read = (characters: number) => notation.read(view, start, start + characters);
    const chain = { words, gap: MAX_BEFORE, density };
    const { bytes, starts, ends } = readChain(start, read, chain, (from, to, reason) =>
      sink.undecided(view.byteIndex(from), view.byteIndex(to), reason),
    );
    const byteSpan = (from: number, to: number) =>
      [
        view.byteIndex(starts[from] ?? start),
        view.byteIndex(ends[Math.max(from, to - 1)] ?? ends.at(-1) ?? start),
      ] as const;
    const found = detectNested(bytes, inner, {
      certificate: sink.certificate,
      publicKey: sink.publicKey,
      undecided: (from, to, reason) => sink.undecided(...byteSpan(from, to), reason),
    });
    for (const { rule, from, to, secret } of found) {
      sink.secret(rule, ...byteSpan(from, to), { ...secret, form: `${secret.form} ${suffix}` });
    }
    bytes.fill(0);
    return undefined;
  });
}

/** Whether an anchor in the `reach` bytes of this text before the one at `at` has already led here. */
function hasEarlierAnchor(notation: Notation, view: TextView, at: number, reach: number): boolean {
  const start = notation.textStart(view, at, reach);
  const text = view.slice(start, at + MAX_GAP);
  return notation.texts(view.encoding).some((anchor) => {
    const index = text.indexOf(anchor);
    return index >= 0 && index < at - start;
  });
}
