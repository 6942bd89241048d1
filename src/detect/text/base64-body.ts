/**
 * The base64 body of a key inside any text: bare lines, lines with escaped ends (JSON, environment variables, URLs,
 * XML), indented or quoted lines (YAML, mail), string literals that are put together (source code).
 */
import { Base64Text, isBase64Digit } from '../../bytes/base64.js';
import type { TextView } from '../../bytes/text-view.js';
import { readEscape } from './escapes.js';

/** Characters between two string literals: `" +`, a line end and the next line's indentation. */
const MAX_JOIN = 80;

/** What may follow the first padding character: a second one, and the checksum `=XXXX` of an OpenPGP armour. */
const MAX_AFTER_PAD = 6;

/** Text that at a certain distance after a blank marks the next structure. */
export interface NextHead {
  readonly text: string;
  readonly offset: number;
}

export interface Base64Body {
  readonly base64: Base64Text;
  /** Index of the character that ended the body. */
  readonly end: number;
  /** The body ended at the dashes of an END (or another BEGIN) line. */
  readonly fenced: boolean;
}

/**
 * Reads base64 from `from` on, to the first character that is no base64, blank or escape of one, at most to `limit`.
 *
 * Bodies of different labels never overlap, so that the work over a text full of labels stays linear: four dashes end
 * a body, although each is a digit of base64url; where there are no labels, the head of another one ends it.
 */
export function readBase64Body(
  view: TextView,
  from: number,
  limit: number,
  heads: readonly NextHead[] = [],
): Base64Body {
  const base64 = new Base64Text();
  const end = Math.min(limit, view.length);
  let lineStart = true;
  let afterPad = -1;
  let at = from;
  while (at < end && afterPad < MAX_AFTER_PAD) {
    let code = view.code(at);
    let after = at + 1;
    if (!isBase64Digit(code)) {
      const escaped = readEscape(view, at);
      if (escaped) ({ code, next: after } = escaped);
    } else if (code === 0x2d && isFence(view, at)) {
      return { base64, end: at, fenced: true };
    }
    if (isBase64Digit(code) || code === 0x3d) {
      base64.push(code, at);
      if (afterPad >= 0 || code === 0x3d) afterPad++;
      lineStart = false;
    } else if (isBlank(code) || isQuote(code)) {
      const joined = isQuote(code) ? joinLiterals(view, after) : after;
      if (joined === undefined) break;
      after = joined;
      lineStart ||= code !== 0x20;
      const start = after;
      if (base64.length > 0 && heads.some(({ text, offset }) => view.startsWith(text, start + offset))) break;
    } else if (!(lineStart && isLineMark(code))) {
      break;
    }
    at = after;
  }
  return { base64, end: at, fenced: false };
}

/** Digits that may stand against a body's first one: the length of a string in binary formats, the end of another one. */
const MAX_GLUED = 8;

/** Whether a body can begin at `at`: it does not stand inside of a longer base64 text. */
export function startsBody(view: TextView, at: number): boolean {
  for (let i = 1; i <= MAX_GLUED; i++) if (!isBase64Digit(view.code(at - i))) return true;
  if (isFence(view, at - 4)) return true;
  for (let i = at - 2; i >= at - 10; i--) if (readEscape(view, i)?.next === at) return true;
  return false;
}

/** Whether dashes of a PEM line (`-----`) or of an SSH2 line (`---- `) begin here. */
export function isFence(view: TextView, at: number): boolean {
  return view.startsWith('----', at);
}

/** Space, tab, line feed, carriage return. A NUL or another control character ends the text. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60;
}

/** `>`, `#`, `*` or `|` before a line of quoted mail or of a comment. */
function isLineMark(code: number): boolean {
  return code === 0x3e || code === 0x23 || code === 0x2a || code === 0x7c;
}

/** Index after the opening quote of the next string literal, when one follows the closing quote that ends at `from`. */
function joinLiterals(view: TextView, from: number): number | undefined {
  let operators = 0;
  for (let i = from; i < from + MAX_JOIN; ) {
    const escaped = readEscape(view, i);
    const code = escaped?.code ?? view.code(i);
    const after = escaped?.next ?? i + 1;
    if (isQuote(code)) return after;
    // One of + . & , between the literals; Lua writes two dots.
    const isOperator = code === 0x2b || code === 0x2e || code === 0x26 || code === 0x2c;
    if (isOperator ? ++operators > 2 : !isBlank(code)) return undefined;
    i = after;
  }
  return undefined;
}
