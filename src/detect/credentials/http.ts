/** Headers of HTTP messages in buffers (RFC 9112 section 5), and cookies in them (RFC 6265 section 4). */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isPrintable, nameStart } from './assignment.js';
import type { Fuel } from './fuel.js';

/** Of `Cookie` and `Set-Cookie`, as messages have them, and logs in JSON. */
export const COOKIE_HEADERS = ['ookie: ', 'ookie":"', 'ookie": "', "ookie': '"] as const;

/** Characters of one field, at most. */
const MAX_FIELD = 8192;
/** Browsers send no more for one host. */
const MAX_COOKIES = 200;

/** The field whose name ends at `nameEnd`: it is a line of its own that ends as those of HTTP do, with both characters. */
export function readHeader(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  if (view.code(nameEnd) !== COLON) return undefined;
  const start = nameStart(view, nameEnd);
  if (start === nameEnd || view.code(start - 1) !== LINE_FEED) return undefined;
  const from = view.code(nameEnd + 1) === SPACE ? nameEnd + 2 : nameEnd + 1;
  const to = fieldEnd(view, from, undefined);
  fuel.spend(to - start);
  if (view.code(to) !== RETURN || view.code(to + 1) !== LINE_FEED) return undefined;
  return { name: view.slice(start, nameEnd), from, to, place: 'http-header' };
}

/** The cookies of the field whose value begins at `start`. Attributes of Set-Cookie look the same, and have other names. */
export function readCookies(view: TextView, start: number, fuel: Fuel): Assignment[] {
  const before = view.code(start - 1);
  const to = fieldEnd(view, start, before === SPACE ? undefined : before);
  fuel.spend(to - start);
  const cookies: Assignment[] = [];
  for (let at = start; at < to && cookies.length < MAX_COOKIES; ) {
    const end = indexOf(view, SEMICOLON, at, to);
    while (view.code(at) === SPACE) at++;
    const equals = indexOf(view, EQUALS, at, end);
    const name = view.slice(at, Math.min(equals, at + MAX_NAME));
    if (equals < end && equals - at <= MAX_NAME)
      cookies.push({ name, from: equals + 1, to: end, place: 'http-cookie' });
    at = end + 1;
  }
  return cookies;
}

const MAX_NAME = 128;
const [LINE_FEED, RETURN, SPACE, COLON, SEMICOLON, EQUALS] = [10, 13, 0x20, 0x3a, 0x3b, 0x3d];

/** Up to the quote, where one was opened, or to what is no text. */
function fieldEnd(view: TextView, from: number, quote: number | undefined): number {
  let at = from;
  while (at - from < MAX_FIELD && isPrintable(view.code(at)) && view.code(at) !== quote) at++;
  return at;
}

/** `to` where it does not stand before. */
function indexOf(view: TextView, code: number, from: number, to: number): number {
  let at = from;
  while (at < to && view.code(at) !== code) at++;
  return at;
}
