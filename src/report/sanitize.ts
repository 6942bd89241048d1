/**
 * Text that a dump, a path or a certificate supplied, made fit to be shown. A module name may hold terminal escapes, a
 * certificate subject may hold bidirectional overrides (CVE-2021-42574), a path may hold a newline and a false verdict.
 */

/**
 * Controls (C0, DEL, C1), format characters (bidirectional, zero-width, tags), lone surrogates, private use, line and
 * paragraph separators, everything else that draws nothing (fillers, variation selectors), and noncharacters.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line for a terminal: what cannot be seen, or moves the cursor, stands as `\n`, `\x1b`, `\u202e`, `\u{e0001}`. */
export function sanitize(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escapeOf(character));
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

/**
 * Sanitized text escaped for XML 1.0, in element content and in quoted attributes. What section 2.2 `Char` excludes
 * (controls, surrogates, U+FFFE, U+FFFF) cannot even be written as a reference; `sanitize` has replaced it.
 */
export function xmlText(text: string): string {
  return sanitize(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Indented JSON, with a newline at the end. Strings keep their value, but what a terminal would obey is written as
 * `\u009b`; only lone surrogates are replaced, by U+FFFD: many parsers refuse them (RFC 8259 section 8.2).
 */
export function safeJson(value: unknown): string {
  const wellFormed = (_name: string, entry: unknown) =>
    typeof entry === 'string' ? entry.replace(/\p{Cs}/gu, '\ufffd') : entry;
  // After stringify, the characters can stand nowhere but in strings; the only controls left are its own line breaks.
  const text = JSON.stringify(value, wellFormed, 2).replace(UNSEEN, (found) => (found === '\n' ? found : units(found)));
  return `${text}\n`;
}

function units(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
