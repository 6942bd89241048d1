/**
 * The body of a PEM text whose lines carry something before or after them: diffs, `grep -n`, line numbers, log
 * prefixes, comments, tags, separators of lists, terminal colours. Lines of one text have the same words around them,
 * so the body is every n-th run of base64 digits, where n is told by what stands before the first long run.
 */
import { Base64Text, isBase64Digit } from '../../bytes/base64.js';
import type { TextView } from '../../bytes/text-view.js';
import { type Base64Body, isFence } from './base64-body.js';
import { readEscape } from './escapes.js';
import { skipPemEnd } from './pem-label.js';

/** Lines of PEM have 64 or 76 characters; the only line of a short key has 48 and more. */
const LONG_RUN = 40;
/** Words around a line, and characters from one run to the next. */
const MAX_WORDS = 24;
const MAX_GAP = 256;
/** Characters that can stand against the digits of a line, as a diff's sign does. */
const MAX_PREFIX = 8;
/** RSA of 16384 bits takes 200 lines. */
const MAX_LINES = 512;

export interface FramedBody extends Base64Body {
  /** Whether there are words of base64 digits around the lines. */
  readonly words: boolean;
}

/** `begin`: index of the BEGIN line's first dash; `from`: index after that line. Undefined without a long run. */
export function readFramedBody(view: TextView, begin: number, from: number): FramedBody | undefined {
  const before = prefixBefore(view, begin);
  let prefix = '';
  const base64 = new Base64Text();
  let words = -1;
  let width = 0;
  let at = from;
  for (let index = 0, lines = 0; lines < MAX_LINES; index++) {
    const run = nextRun(view, at);
    if (run === 'fence') return words < 0 ? undefined : finish(true);
    if (run === undefined) break;
    if (words < 0) {
      if (run.to - run.from < LONG_RUN && index >= MAX_WORDS) return undefined;
      if (run.to - run.from < LONG_RUN) {
        at = run.to;
        continue;
      }
      words = index;
      prefix = sharedPrefix(view, before, run.from);
      width = run.to - run.from - prefix.length;
    }
    const start = view.startsWith(prefix, run.from) ? run.from + prefix.length : run.from;
    const length = run.to - start;
    if (index % (words + 1) === words) {
      if (length > width) break;
      for (let i = start; i < run.to; i++) base64.push(view.code(i), i);
      lines++;
      at = run.to;
      if (length < width) break;
    }
    at = run.to;
  }
  return words < 0 ? undefined : finish(false);

  function finish(fenced: boolean): FramedBody {
    const fence = fenced ? fenceAfter(view, at) : at;
    return { base64, words: words > 0 || prefix !== '', end: skipPemEnd(view, fence), fenced };
  }
}

/** Digits that stand against the dashes of the BEGIN line. */
function prefixBefore(view: TextView, begin: number): string {
  let from = begin;
  while (begin - from < MAX_PREFIX && isBase64Digit(view.code(from - 1))) from--;
  return view.slice(from, begin);
}

/** The end of `before` with which the first line begins as well. */
function sharedPrefix(view: TextView, before: string, at: number): string {
  for (let i = 0; i < before.length; i++) if (view.startsWith(before.slice(i), at)) return before.slice(i);
  return '';
}

/** The next run of base64 digits within MAX_GAP, with its padding; `fence` where the END line comes first. */
function nextRun(view: TextView, at: number): { from: number; to: number } | 'fence' | undefined {
  const limit = Math.min(at + MAX_GAP, view.length);
  let from = at;
  while (from < limit && !isBase64Digit(view.code(from))) from = readEscape(view, from)?.next ?? from + 1;
  if (from >= limit) return undefined;
  // A diff's sign, or other digits, may stand against the dashes.
  for (let i = 0; i <= MAX_PREFIX && isBase64Digit(view.code(from + i)); i++)
    if (isFence(view, from + i)) return 'fence';
  let to = from;
  while (isBase64Digit(view.code(to)) || view.code(to) === 0x3d) {
    if (isFence(view, to)) break;
    to++;
  }
  return { from, to };
}

function fenceAfter(view: TextView, at: number): number {
  for (let i = at; i < at + MAX_GAP; i++) if (isFence(view, i)) return i;
  return at;
}
