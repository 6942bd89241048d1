/** Lines of a given width: display columns, wrapping, shortening. Input is one line of sanitized text. */

/** Marks that stand over the character before them. */
const ZERO_WIDTH = /\p{Mn}|\p{Me}/u;
/** East Asian Wide and Fullwidth (UAX #11), and emoji: two columns in a terminal. */
const DOUBLE_WIDTH = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff' +
    '\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6' +
    '\\u{16fe0}-\\u{18aff}\\u{1b000}-\\u{1b2ff}\\u{20000}-\\u{3fffd}]|\\p{Emoji_Presentation}',
  'u',
);
const ASCII = /^[\x20-\x7e]*$/;

/** Columns that the text takes in a terminal. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += width(character);
  return sum;
}

function width(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}

/** The longest beginning of `text` that takes at most `most` columns. */
export function take(text: string, most: number): string {
  let [sum, end] = [0, 0];
  for (const character of text) {
    sum += width(character);
    if (sum > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** At most `most` columns: a longer text loses its middle, so that both ends of a path stay. */
export function shorten(text: string, most: number): string {
  if (columns(text) <= most) return text;
  if (most <= 1) return take('…', most);
  const tail = take([...text].reverse().join(''), Math.floor((most - 1) / 2));
  return `${take(text, most - 1 - columns(tail))}…${[...tail].reverse().join('')}`;
}

/**
 * Breaks at spaces into lines of at most `most` columns; a longer word is broken where the line ends. Never empty.
 */
export function wrap(text: string, most: number): string[] {
  const limit = Math.max(2, most);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columns(joined) <= limit) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (columns(line) > limit) {
      const head = take(line, limit);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/**
 * Puts items on lines, separated by `, `, without breaking one: an item that is wider than `most` has a line of its own
 * and is left whole.
 */
export function flow(items: readonly string[], most: number): string[] {
  const lines: string[] = [];
  let line = '';
  items.forEach((item, index) => {
    const text = index < items.length - 1 ? `${item},` : item;
    const joined = line === '' ? text : `${line} ${text}`;
    if (line !== '' && columns(joined) > most) {
      lines.push(line);
      line = text;
    } else {
      line = joined;
    }
  });
  return line === '' ? lines : [...lines, line];
}
