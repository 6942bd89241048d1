/** What the parts of the text report share: labelled fields, lists that end, and limits on foreign text. */
import type { ChalkInstance } from 'chalk';
import { shorten, wrap } from './layout.js';
import { sanitize } from './sanitize.js';

export interface Style {
  readonly chalk: ChalkInstance;
  /** Columns. */
  readonly width: number;
  /** List everything. */
  readonly details: boolean;
  /** ISO 8601: the time for which `expired` is said. */
  readonly now: string;
}

/** Columns before a value: four of indent, twelve of label. 64 hex digits then fit in 80 columns. */
export const VALUE_COLUMN = 16;
/** Entries of one list; the rest are counted. */
const MAX_ENTRIES = 10;
/** Columns of one text that comes from the dump or from a file: nobody needs more to know what is meant. */
const MAX_FOREIGN = 240;

/** A label, and its lines beside and below it. None when there is no line. */
export function field(label: string, lines: readonly string[]): string[] {
  const indent = ' '.repeat(VALUE_COLUMN);
  return lines.map((line, index) => `${index === 0 ? `    ${label}`.padEnd(VALUE_COLUMN) : indent}${line}`);
}

/** A labelled paragraph; the text is sanitized, shortened and wrapped. */
export function paragraph(label: string, text: string, { width }: Style): string[] {
  return field(label, wrap(foreign(text), width - VALUE_COLUMN));
}

/** A labelled value that must stay whole (a fingerprint): on a line of its own when it is too wide to stand beside. */
export function whole(label: string, value: string, { width }: Style): string[] {
  if (value.length <= width - VALUE_COLUMN) return field(label, [value]);
  return [`    ${label}`, `      ${value}`];
}

/** One wrapped paragraph for each text, the first few of them. */
export function list(label: string, texts: readonly string[], { width, details }: Style): string[] {
  const listed = details ? texts : texts.slice(0, MAX_ENTRIES);
  const lines = listed.flatMap((text) => wrap(foreign(text), width - VALUE_COLUMN));
  if (texts.length > listed.length) lines.push(`and ${texts.length - listed.length} more (see --format json)`);
  return field(label, lines);
}

function foreign(text: string): string {
  return shorten(sanitize(text), MAX_FOREIGN);
}
