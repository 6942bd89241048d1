/**
 * Environment blocks: `NAME=value` one after the other, each with a zero behind it, as a process has them above its stack
 * (Linux, in bytes) or on its heap (Windows, in UTF-16), and as copies of /proc/PID/environ have them. Two neighbours tell a
 * block from a text that merely has a zero behind it. There a value goes on to the zero, whatever is in it.
 */
import type { TextView } from '../../bytes/text-view.js';
import { type Assignment, isNameCharacter, nameStart } from './assignment.js';
import type { Fuel } from './fuel.js';

/** Characters of a value, at most; of a neighbour as well. */
const MAX_ENTRY = 4096;
/** Other variables that must stand next to it, before or behind. */
const NEIGHBOURS = 2;

/** The variable whose name ends at `nameEnd`; undefined where it is in no block. */
export function readVariable(view: TextView, nameEnd: number, fuel: Fuel): Assignment | undefined {
  if (view.code(nameEnd) !== EQUALS) return undefined;
  const start = nameStart(view, nameEnd);
  if (start === nameEnd || view.code(start - 1) !== 0) return undefined;
  const from = nameEnd + 1;
  const to = entryEnd(view, from);
  if (to === undefined) return undefined;
  let [first, last, found] = [start, to, 0];
  while (found < NEIGHBOURS) {
    const next = entryEnd(view, last + 1);
    if (next === undefined || !isEntry(view, last + 1, next)) break;
    [last, found] = [next, found + 1];
  }
  while (found < NEIGHBOURS) {
    const previous = entryStart(view, first - 1);
    if (previous === undefined || !isEntry(view, previous, first - 1)) break;
    [first, found] = [previous, found + 1];
  }
  fuel.spend(last - first);
  if (found < NEIGHBOURS) return undefined;
  return { name: view.slice(start, nameEnd), from, to, place: 'environment' };
}

/** Index of the zero that ends the text at `from`. */
function entryEnd(view: TextView, from: number): number | undefined {
  for (let at = from; at - from <= MAX_ENTRY; at++) {
    const code = view.code(at);
    if (code === 0) return at;
    if (!isText(code)) return undefined;
  }
  return undefined;
}

/** Index behind the zero before the text that ends at `to`. */
function entryStart(view: TextView, to: number): number | undefined {
  for (let at = to; to - at <= MAX_ENTRY; at--) {
    const code = view.code(at - 1);
    if (code === 0) return at;
    if (!isText(code)) return undefined;
  }
  return undefined;
}

/** A name and `=`. Windows has names such as `ProgramFiles(x86)`, and `=C:`. */
function isEntry(view: TextView, from: number, to: number): boolean {
  let at = view.code(from) === EQUALS ? from + 1 : from;
  const start = at;
  while (at < to && (isNameCharacter(view.code(at)) || OTHERS.has(view.code(at)))) at++;
  return at > start && view.code(at) === EQUALS;
}

const EQUALS = 0x3d;
const OTHERS = new Set([...'():'].map((letter) => letter.charCodeAt(0)));

/** Printable, a tab or a line end, or anything beyond ASCII. */
function isText(code: number): boolean {
  return (code >= 0x20 && code !== 0x7f) || code === 9 || code === 10 || code === 13;
}
