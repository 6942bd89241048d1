/**
 * Characters written as escapes, as they surround keys inside JSON, source code, XML and URLs: `\n`, `\\n`, `\u000a`,
 * `\x0a`, `\012`, `%0A`, `%250A`, `&#10;`, `&#xA;`, `&amp;#10;`, `&quot;`.
 */
import type { TextView } from '../../bytes/text-view.js';

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SPACE = 0x20;

/** Backslashes of nested escaping: each level doubles them. */
const MAX_BACKSLASHES = 16;

const LETTERS: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a], // n
  [0x72, 0x0d], // r
  [0x74, 0x09], // t
]);
const NAMED: ReadonlyMap<string, number> = new Map([
  ['quot', 0x22],
  ['apos', 0x27],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['nbsp', SPACE],
]);

export interface Escape {
  /** The code unit that the escape stands for. */
  readonly code: number;
  /** Index of the character after the escape. */
  readonly next: number;
}

/**
 * The escape that begins at `index`; undefined when none does. A backslash before any other character stands for a
 * blank, and the character is left to be read: so `\/`, `\"` and a backslash at the end of a line need no case.
 */
export function readEscape(view: TextView, index: number): Escape | undefined {
  const code = view.code(index);
  if (code === BACKSLASH) return readBackslash(view, index);
  if (code === PERCENT) return readPercent(view, index);
  if (code === AMPERSAND) return readEntity(view, index);
  return undefined;
}

function readBackslash(view: TextView, index: number): Escape {
  let at = index;
  while (at - index < MAX_BACKSLASHES && view.code(at) === BACKSLASH) at++;
  const letter = view.code(at);
  const control = LETTERS.get(letter);
  if (control !== undefined) return { code: control, next: at + 1 };
  if (letter === 0x75) return digits(view, at + 1, 4, 16) ?? { code: SPACE, next: at }; // u
  if (letter === 0x78) return digits(view, at + 1, 2, 16) ?? { code: SPACE, next: at }; // x
  if (letter === 0x30 || letter === 0x31) return digits(view, at, 3, 8) ?? { code: SPACE, next: at };
  return { code: SPACE, next: at };
}

function readPercent(view: TextView, index: number): Escape | undefined {
  let at = index + 1;
  while (at - index < MAX_BACKSLASHES && view.startsWith('25', at)) at += 2;
  return digits(view, at, 2, 16);
}

function readEntity(view: TextView, index: number): Escape | undefined {
  let at = index + 1;
  while (at - index < MAX_BACKSLASHES && view.startsWith('amp;', at)) at += 4;
  const body = view.slice(at, at + 8);
  const match = /^(?:#(\d{1,5})|#[xX]([0-9a-fA-F]{1,4})|([a-z]{2,4}));/.exec(body);
  if (match === null) return undefined;
  const [whole, decimal, hexadecimal, name] = match;
  const code = name ? NAMED.get(name) : Number.parseInt(decimal ?? hexadecimal ?? '', decimal ? 10 : 16);
  return code === undefined ? undefined : { code, next: at + whole.length };
}

function digits(view: TextView, at: number, count: number, base: 8 | 16): Escape | undefined {
  const text = view.slice(at, at + count);
  const valid = text.length === count && (base === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/).test(text);
  return valid ? { code: Number.parseInt(text, base), next: at + count } : undefined;
}
