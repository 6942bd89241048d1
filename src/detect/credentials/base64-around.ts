/** The base64 digits around a place of a text, also where it is wrapped into lines. */
import { isBase64Digit } from '../../bytes/base64.js';
import type { TextView } from '../../bytes/text-view.js';

/** Digits of a line that is taken to go on in the next one: wrapped lines have 64 or 76, a word above one has fewer. */
const LEAST_LINE = 32;
/** Blanks before a line of an indented block. */
const MAX_BLANKS = 16;

export interface DigitsAround {
  readonly digits: string;
  /** Character index of each digit. */
  readonly places: readonly number[];
  /** Which of them stands at the place. */
  readonly at: number;
}

/** At most `before` digits before the one at `at`, and `after` from it on. */
export function digitsAround(view: TextView, at: number, before: number, after: number): DigitsAround {
  const back: number[] = [];
  for (let place = at; back.length < before; ) {
    const next = isBase64Digit(view.code(place - 1)) ? place - 1 : lineBefore(view, place - 1);
    if (next === undefined) break;
    back.push(next);
    place = next;
  }
  const places = back.reverse();
  const index = places.length;
  for (let place: number | undefined = at; place !== undefined && places.length - index < after; ) {
    if (!isBase64Digit(view.code(place))) break;
    places.push(place);
    place = isBase64Digit(view.code(place + 1)) ? place + 1 : lineBehind(view, place + 1);
  }
  return { digits: places.map((place) => String.fromCharCode(view.code(place))).join(''), places, at: index };
}

/** The last digit of the line before, where that goes on here; `at`: right before the first digit of this line. */
function lineBefore(view: TextView, at: number): number | undefined {
  let end = at;
  while (at - end < MAX_BLANKS && isBlank(view.code(end))) end--;
  if (view.code(end) !== LINE_FEED) return undefined;
  end--;
  if (view.code(end) === RETURN) end--;
  return isLong(view, end) ? end : undefined;
}

/** The first digit of the next line, where this one goes on there; `at`: right behind the last digit of this line. */
function lineBehind(view: TextView, at: number): number | undefined {
  let start = view.code(at) === RETURN ? at + 1 : at;
  if (view.code(start) !== LINE_FEED || !isLong(view, at - 1)) return undefined;
  start++;
  const first = start;
  while (start - first < MAX_BLANKS && isBlank(view.code(start))) start++;
  return isBase64Digit(view.code(start)) ? start : undefined;
}

function isLong(view: TextView, end: number): boolean {
  for (let i = 0; i < LEAST_LINE; i++) if (!isBase64Digit(view.code(end - i))) return false;
  return true;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

const [LINE_FEED, RETURN] = [10, 13];
