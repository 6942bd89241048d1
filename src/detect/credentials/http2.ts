/**
 * Headers of HTTP/2 as programs hold them once HPACK is decoded: no line, colon or blank is left of them. Seen in cores of
 * node, curl, nghttpd and Go:
 *
 * - name, zero, value, zero (node's buffers; with two zeros each in its strings);
 * - nghttp2's `nghttp2_rcbuf` (lib/nghttp2_rcbuf.h), one for the name and behind it one for the value: three pointers, the
 *   length of the text as a word of 64 bits, the count of references, then the text and a zero;
 * - cookies alone, as the value of a header whose name is in HPACK's static table.
 */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isPrintable, nameStart } from './assignment.js';
import { readVariable } from './environment.js';
import type { Fuel } from './fuel.js';

/** How names end that are followed by a zero; HTTP/2 has them in lower case. */
export const PAIR_NAMES = ['-key', '-token', '-secret', 'authorization', 'cookie'] as const;
/** How names of cookies end that hold a session, with their sign. */
export const SESSION_COOKIES = [
  'ession=',
  'ession_id=',
  'essionid=',
  'essionId=',
  'SESSIONID=',
  'SESSID=',
  '.sid=',
] as const;

const MAX_VALUE = 4096;
/** Bytes from the length of an rcbuf to its text, and between the ends of a name and a value's text: heap header, padding. */
const LENGTH_BEFORE = 16;
const [LEAST_APART, MOST_APART] = [40, 80];

/** The header whose name ends at `nameEnd`, where a zero stands. */
export function readPair(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  if (view.code(nameEnd) !== 0) return undefined;
  const start = nameStart(view, nameEnd);
  if (start === nameEnd || isPrintable(view.code(start - 1))) return undefined;
  const from = view.code(nameEnd + 1) === 0 ? nameEnd + 2 : nameEnd + 1;
  const end = textEnd(view, from);
  fuel.spend(end - start);
  const value = end > from ? { from, to: end } : valueBehind(view, nameEnd);
  if (value === undefined || view.code(value.to) !== 0) return undefined;
  return { name: view.slice(start, nameEnd), ...value, place: 'http-header' };
}

/** The text of an rcbuf that follows a name's. */
function valueBehind(view: TextView, nameEnd: number): { from: number; to: number } | undefined {
  for (let from = nameEnd + LEAST_APART; from <= nameEnd + MOST_APART; from++) {
    const length = view.code(from - LENGTH_BEFORE) | (view.code(from - LENGTH_BEFORE + 1) << 8);
    if (length === 0 || length > MAX_VALUE || !isPrintable(view.code(from))) continue;
    const isWord = [2, 3, 4, 5, 6, 7].every((byte) => view.code(from - LENGTH_BEFORE + byte) === 0);
    if (isWord && textEnd(view, from) === from + length) return { from, to: from + length };
  }
  return undefined;
}

/** The cookie whose name ends at `nameEnd`: all of the text around it, up to what is none, is a list of cookies. */
export function readCookie(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  const nameAt = nameStart(view, nameEnd);
  if (view.code(nameEnd) !== EQUALS || nameAt === nameEnd) return undefined;
  const before = view.code(nameAt - 1);
  if (isPrintable(before) && !(before === SPACE && view.code(nameAt - 2) === SEMICOLON)) return undefined;
  let start = nameAt;
  while (nameAt - start < MAX_VALUE && isPrintable(view.code(start - 1))) start--;
  const end = textEnd(view, nameEnd);
  fuel.spend(end - start);
  const parts = view.slice(start, end).split(/; ?/);
  if (!parts.every((part) => PAIR.test(part) || ATTRIBUTE.test(part))) return undefined;
  const name = view.slice(nameAt, nameEnd);
  // One alone may be a variable, which many programs have for sessions of a terminal.
  if (parts.length === 1 && (!SESSION.test(name) || readVariable(view, nameEnd, fuel) !== undefined)) return undefined;
  let to = nameEnd + 1;
  while (to < end && view.code(to) !== SEMICOLON) to++;
  return { name, from: nameEnd + 1, to, place: 'http-cookie' };
}

/** RFC 6265 section 4.1.1, with what browsers let pass in values. */
const PAIR = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}=[!#-+\--:<-~]*$/;
const ATTRIBUTE = /^(?:HttpOnly|Secure|Partitioned|Expires=[A-Za-z]{3}, [0-9A-Za-z: -]+GMT)$/i;
const SESSION = /^(?!(?:XDG|TERM|ITERM|SHELL|DESKTOP|GNOME|KDE)_).*(?:sess(?:ion)?_?id|session|\.sid)$/i;

function textEnd(view: TextView, from: number): number {
  let at = from;
  while (at - from <= MAX_VALUE && isPrintable(view.code(at))) at++;
  return at;
}

const [SPACE, SEMICOLON, EQUALS] = [0x20, 0x3b, 0x3d];
