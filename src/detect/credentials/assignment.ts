/**
 * Assignments in text: `NAME=value` of environments and shells, `"name": "value"` of JSON also where it is escaped, `name:
 * value` of YAML and HTTP headers, `name = "value"` of source code, `;Name=value` of connection strings.
 */
import { OUTSIDE, type TextView } from '../../bytes/text-view.js';
import type { Place } from './rule.js';

/** With what names of secrets end. Each in lower case, in capitals, and with one. */
const WORDS = [
  'key',
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'pass',
  'pwd',
  'auth',
  'credential',
  'credentials',
  'dsn',
  'pat',
] as const;

/** What stands between the name and the value, as far as it goes. */
const SEPARATORS = ['=', ' =', ' :', ': ', '":', "':", '" =', "' =", ':"', ":'", '\\"'] as const;

export interface AssignmentAnchor {
  readonly text: string;
  /** Characters of the word in it. */
  readonly word: number;
}

export function assignmentAnchors(): AssignmentAnchor[] {
  return WORDS.flatMap((word) =>
    [word, word.toUpperCase(), `${word[0]?.toUpperCase()}${word.slice(1)}`].flatMap((form) =>
      SEPARATORS.map((separator) => ({ text: form + separator, word: form.length })),
    ),
  );
}

/** Characters of a name, at most. */
const MAX_NAME = 64;
const MAX_BLANKS = 8;
/** Of what rules take as it stands; shorter ones may be the secret of a signature. */
export const MIN_VALUE = 8;
const MIN_READ = 4;
const MAX_VALUE = 1024;

export interface Assignment {
  readonly name: string;
  /** Character indexes of the value, half-open. */
  readonly from: number;
  readonly to: number;
  /** Where it stands, where that is more than a text: rules for this place may take it. */
  readonly place?: Place;
}

/** The assignment whose name ends at `nameEnd`; undefined where none stands, or its value is too short or too long. */
export function readAssignment(view: TextView, nameEnd: number): Assignment | undefined {
  const valueStart = separatorEnd(view, nameEnd);
  if (valueStart === undefined) return undefined;
  const { from, quote } = openingQuote(view, valueStart);
  const to = quote === undefined ? bareEnd(view, from) : quotedEnd(view, from, quote);
  if (to === undefined || to - from < MIN_READ) return undefined;
  return { name: view.slice(nameStart(view, nameEnd), nameEnd), from, to };
}

/** Index of the first character of the name that ends at `nameEnd`. */
export function nameStart(view: TextView, nameEnd: number): number {
  let start = nameEnd;
  while (nameEnd - start < MAX_NAME && isNameCharacter(view.code(start - 1))) start--;
  return start;
}

/** Behind `=`, `:`, `:=` or `=>`, with a closing quote of the name before it and blanks on both sides. */
function separatorEnd(view: TextView, nameEnd: number): number | undefined {
  let at = nameEnd;
  if (view.code(at) === BACKSLASH) at++;
  if (isQuote(view.code(at))) at++;
  at = behindBlanks(view, at);
  const sign = view.code(at);
  if (sign !== EQUALS && sign !== COLON) return undefined;
  at++;
  const next = view.code(at);
  if ((sign === COLON && next === EQUALS) || (sign === EQUALS && next === GREATER)) at++;
  return behindBlanks(view, at);
}

function behindBlanks(view: TextView, from: number): number {
  let at = from;
  while (at - from < MAX_BLANKS && (view.code(at) === SPACE || view.code(at) === TAB)) at++;
  return at;
}

function openingQuote(view: TextView, at: number): { from: number; quote: string | undefined } {
  const escaped = view.code(at) === BACKSLASH;
  const code = view.code(escaped ? at + 1 : at);
  if (!isQuote(code)) return { from: at, quote: undefined };
  const quote = `${escaped ? '\\' : ''}${String.fromCharCode(code)}`;
  return { from: at + quote.length, quote };
}

function quotedEnd(view: TextView, from: number, quote: string): number | undefined {
  for (let at = from; at - from <= MAX_VALUE; at++) {
    if (view.startsWith(quote, at)) return at;
    if (!isPrintable(view.code(at))) return undefined;
  }
  return undefined;
}

/** An `=` belongs to the value only where it pads it: else a second assignment follows. */
function bareEnd(view: TextView, from: number): number | undefined {
  for (let at = from; at - from <= MAX_VALUE; at++) {
    const code = view.code(at);
    if (code === OPENING_BRACKET) return undefined;
    if (code === EQUALS && isValueCharacter(view.code(at + 1)) && view.code(at + 1) !== EQUALS) return undefined;
    if (!isValueCharacter(code)) return at;
  }
  return undefined;
}

const [TAB, SPACE, COLON, EQUALS, GREATER, BACKSLASH, OPENING_BRACKET] = [9, 0x20, 0x3a, 0x3d, 0x3e, 0x5c, 0x28];
/** What ends a value without quotes. */
const ENDS = new Set([...' "\'`,;&<>()[]{}|\\'].map((letter) => letter.charCodeAt(0)));

function isValueCharacter(code: number): boolean {
  return isPrintable(code) && !ENDS.has(code);
}

export function isPrintable(code: number): boolean {
  return code !== OUTSIDE && code >= 0x20 && code < 0x7f;
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60;
}

export function isNameCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e
  );
}
