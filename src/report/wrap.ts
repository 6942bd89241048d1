/** Lines of a width. */

/** `label`, then the text, broken at blanks and indented under itself; a word that is too long keeps a line of its own. */
export function wrap(label: string, text: string, width: number): string[] {
  const lines: string[] = [];
  const indent = ' '.repeat(label.length);
  let line = label;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, line].map((one) => one.trimEnd());
}
