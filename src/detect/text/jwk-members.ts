/**
 * The members of one object in JSON, or in what is written like it: JSON inside a JSON string (`\"kty\"`), Python and
 * JavaScript notation with single quotes or bare names. A small tolerant reader and not JSON.parse, because the object
 * may be escaped, or cut at either end; it has no recursion and throws nothing.
 */

/** Deeper nesting is not followed: a JWK has `oth`, an array of objects. */
const MAX_DEPTH = 32;

export interface ObjectMembers {
  /** Strings of the object itself. The first of a name counts. */
  readonly strings: ReadonlyMap<string, string>;
  /** The objects of the array member `oth` (RFC 7518 section 6.3.2.7). */
  readonly oth: ReadonlyArray<ReadonlyMap<string, string>>;
  /** Characters read, up to and with the closing brace where it is there. */
  readonly length: number;
  readonly closed: boolean;
}

/** Reads from the character after the opening brace. */
export function readObjectMembers(text: string): ObjectMembers {
  const strings = new Map<string, string>();
  const oth: Array<Map<string, string>> = [];
  let depth = 1;
  let section = '';
  let name: string | undefined;
  let at = 0;
  // One token a turn: structure, a string or a bare word. Backslashes before a quote are those of outer escaping.
  const token = /[{}[\]:,]|\\*(["'])|[A-Za-z_$][\w$]*|\\[nrt]/g;
  let value = false;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found, quote] = match;
    at = token.lastIndex;
    if (quote !== undefined) {
      const end = text.indexOf(found, at);
      if (end < 0) break;
      const string = text.slice(at, end);
      at = token.lastIndex = end + found.length;
      if (value && name !== undefined) keep(name, string);
      else name = string;
      value = false;
    } else if (found === '{' || found === '[') {
      if (depth === 1 && name !== undefined) section = name;
      if (++depth > MAX_DEPTH) break;
      if (found === '{' && section === 'oth') oth.push(new Map());
      name = undefined;
      value = false;
    } else if (found === '}' || found === ']') {
      if (--depth === 0) return { strings, oth, length: at, closed: true };
      name = undefined;
      value = false;
    } else if (found === ':') {
      value = true;
    } else if (found === ',') {
      value = false;
      name = undefined;
    } else if (!found.startsWith('\\') && !value) {
      name = found;
    }
  }
  return { strings, oth, length: at, closed: false };

  function keep(key: string, string: string): void {
    const target = depth === 1 ? strings : section === 'oth' ? oth.at(-1) : undefined;
    if (target && !target.has(key)) target.set(key, string.replaceAll('\\/', '/'));
  }
}
