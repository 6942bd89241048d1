/**
 * Passwords in connection strings: `Server=…;User ID=…;Password=…` of ADO.NET and ODBC, `host=… user=… password=…` of libpq,
 * and `jdbc:…?user=…&password=…`. What tells them from any other assignment is that the same line names a server or driver.
 */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isPrintable, nameStart } from './assignment.js';
import type { Fuel } from './fuel.js';

/** Characters looked at before the password, and from it on. */
const BEFORE = 512;
const BEHIND = 512;

const NAMES = /^(?:password|pwd)$/i;
/** Parameters of a connection: which server, and who or what there. */
const SERVER = /(?:^|[;\s?&"'])(?:server|data ?source|addr(?:ess)?|host(?:name|addr)?|driver) ?=/i;
const WHO = /(?:^|[;\s?&"'])(?:database|dbname|initial catalog|uid|user(?: ?id|name)?) ?=/i;
const ADDRESS = /jdbc:|[a-z0-9]:\/\//i;

/** The parameter whose name ends at `nameEnd`; undefined where nothing around it tells of a connection. */
export function readParameter(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  if (view.code(nameEnd) !== EQUALS) return undefined;
  const nameAt = nameStart(view, nameEnd);
  const name = view.slice(nameAt, nameEnd);
  if (!NAMES.test(name)) return undefined;
  let start = nameAt;
  while (nameAt - start < BEFORE && isPrintable(view.code(start - 1))) start--;
  let end = nameEnd;
  while (end - nameEnd < BEHIND && isPrintable(view.code(end))) end++;
  fuel.spend(end - start);
  const before = view.slice(start, nameAt);
  const rest = view.slice(nameEnd + 1, end);
  const isUrl = /[?&;]$/.test(before) && ADDRESS.test(before);
  const text = `${before};${rest}`;
  if (!isUrl && !(SERVER.test(text) && WHO.test(text))) return undefined;
  const { offset, length } = passwordIn(rest, separatorOf(before, rest));
  const value = rest.slice(offset, offset + length);
  if (offset > 0 && (rest[0] === '{' ? IDENTIFIER : JOINED).test(value)) return undefined;
  const from = nameEnd + 1 + offset;
  return { name, from, to: from + length, place: 'connection-string' };
}

/** What stands between parameters: `;`, `&` or a blank. */
function separatorOf(before: string, rest: string): string {
  const last = before.trimEnd().at(-1);
  if (last === ';') return ';';
  if (last === '&' || last === '?') return '&';
  return /^[^\s;]*;/.test(rest) ? ';' : ' ';
}

/** A value may stand in quotes, or in braces (ODBC). */
function passwordIn(rest: string, separator: string): { offset: number; length: number } {
  const closing = CLOSING[rest[0] ?? ''];
  const closed = closing === undefined ? -1 : rest.indexOf(closing, 1);
  if (closed > 0) return { offset: 1, length: closed - 1 };
  const ends = separator === ';' ? /[;"'`<>]/ : separator === '&' ? /[&\s"'`<>;)]/ : /[\s"'`<>]/;
  const end = rest.search(ends);
  return { offset: 0, length: end < 0 ? rest.length : end };
}

/** In braces: a placeholder of code (`{plan['password']}`), not a value, which would need none. */
const IDENTIFIER = /^[A-Za-z_]\w*(?:[.[(].*)?$/;
/** In quotes: what stands between two pieces of a text that code puts together (`"Password=" + password + ";"`). */
const JOINED = /^\s|\s$/;
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '{': '}' };
const EQUALS = 0x3d;
