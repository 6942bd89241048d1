/**
 * Names in reports come from hostile input: paths, module names, certificate subjects. What could move a terminal's
 * cursor, hide text or break a format is shown as its code.
 */

// Control characters, bidirectional overrides and isolates, zero-width and line separators, lone surrogates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]|\p{Cs}/gu;

/** The text with each dangerous character as `\u{hex}`. */
export function sanitize(text: string): string {
  return text.replace(DANGEROUS, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
