/** Markup that cannot be broken out of: what is not markup already is sanitized and escaped when it is put in. */
import { shorten } from '../layout.js';
import { sanitize, xmlText } from '../sanitize.js';

/** Well-formed XML and HTML at once: every element closed, every attribute quoted. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | false | undefined | readonly Part[];

/** Columns of one text that comes from the dump or from a file. */
const MAX_FOREIGN = 240;

/** A template whose values are escaped, for content and for quoted attributes; lists are laid end to end. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + textOf(parts[index])).join(''));
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return xmlText(String(part));
}

/** A name that someone else chose: cut, and isolated, so that right-to-left letters do not move what stands beside it. */
export function foreign(text: string, most = MAX_FOREIGN): Markup {
  return markup`<bdi>${cut(text, most)}</bdi>`;
}

export function cut(text: string, most = MAX_FOREIGN): string {
  return shorten(sanitize(text), most);
}

/** At most two digits behind the point: coordinates are most of a drawing. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
