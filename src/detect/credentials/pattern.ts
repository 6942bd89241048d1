/**
 * Parses the patterns of rules: the part of JavaScript's regular expressions that describes credentials. What is left out is
 * refused, not ignored: back references, look-around except single classes, anything beyond ASCII.
 */

/** A set of the characters 0 to 127. */
export type CharSet = Uint8Array;

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'either'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number }
  /** Takes no characters: `\b`, `^`, `$`, and one class of look-around. */
  | { readonly kind: 'assertion' };

/** Why a pattern is refused; the message shows the place in the pattern, which is no secret. */
export class PatternError extends Error {}

const CHARACTERS = 128;
/** Nesting of groups. */
const MAX_DEPTH = 16;

function setOf(...ranges: ReadonlyArray<readonly [from: string, to: string]>): CharSet {
  const set = new Uint8Array(CHARACTERS);
  for (const [from, to] of ranges) set.fill(1, from.charCodeAt(0), to.charCodeAt(0) + 1);
  return set;
}

const DIGIT = setOf(['0', '9']);
const WORD = setOf(['0', '9'], ['A', 'Z'], ['a', 'z'], ['_', '_']);
const SPACE = setOf(['\t', '\r'], [' ', ' ']);
const ANY = invert(setOf(['\n', '\n'], ['\r', '\r']));
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: invert(DIGIT),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

function invert(set: CharSet): CharSet {
  return set.map((bit) => 1 - bit);
}

/** Throws PatternError for what is no pattern, or one that rules may not have. */
export function parsePattern(source: string, ignoreCase = false): Node {
  const parser = new Parser(source, ignoreCase);
  const node = parser.either(0);
  if (!parser.ended) throw parser.error('unexpected )');
  return node;
}

class Parser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  get ended(): boolean {
    return this.#at >= this.#source.length;
  }

  error(what: string): PatternError {
    return new PatternError(`${what} at character ${this.#at + 1}`);
  }

  either(depth: number): Node {
    if (depth > MAX_DEPTH) throw this.error('groups nested too deeply');
    const items = [this.#sequence(depth)];
    while (this.#take('|')) items.push(this.#sequence(depth));
    return items.length === 1 ? (items[0] as Node) : { kind: 'either', items };
  }

  #sequence(depth: number): Node {
    const items: Node[] = [];
    while (!this.ended && !this.#sees('|') && !this.#sees(')')) items.push(this.#repeat(this.#atom(depth)));
    return items.length === 1 ? (items[0] as Node) : { kind: 'sequence', items };
  }

  #repeat(item: Node): Node {
    const bounds = this.#bounds();
    if (bounds === undefined) return item;
    if (item.kind === 'assertion') throw this.error('a repeated assertion');
    this.#take('?');
    if (this.#bounds() !== undefined) throw this.error('a repetition of a repetition');
    return { kind: 'repeat', item, ...bounds };
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const match = /^\{(\d{1,5})(,(\d{1,5})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (match === null) {
      if (this.#sees('{')) throw this.error('a brace that is no repetition');
      return undefined;
    }
    this.#at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw this.error('a repetition from more to less');
    return { min, max };
  }

  #atom(depth: number): Node {
    if (this.#take('(')) return this.#group(depth);
    if (this.#take('[')) return { kind: 'set', set: this.#class() };
    if (this.#take('^') || this.#take('$')) return { kind: 'assertion' };
    if (this.#take('.')) return { kind: 'set', set: ANY };
    if (this.#take('\\')) {
      if (this.#take('b') || this.#take('B')) return { kind: 'assertion' };
      return { kind: 'set', set: this.#cased(this.#escape()) };
    }
    const next = this.#next();
    if (/[*+?{}\]]/.test(next)) throw this.error(`a bare ${next}`);
    return { kind: 'set', set: this.#cased(this.#single(next)) };
  }

  #group(depth: number): Node {
    let node: Node;
    if (this.#take('?:')) node = this.either(depth + 1);
    else if (this.#take('?=') || this.#take('?!') || this.#take('?<=') || this.#take('?<!')) {
      const inner = this.either(depth + 1);
      if (inner.kind !== 'set') throw this.error('look-around of more than one class');
      node = { kind: 'assertion' };
    } else if (this.#sees('?')) throw this.error('a group of an unknown kind');
    else node = this.either(depth + 1);
    if (!this.#take(')')) throw this.error('a group that does not end');
    return node;
  }

  #class(): CharSet {
    const inverted = this.#take('^');
    const set = new Uint8Array(CHARACTERS);
    for (let first = true; first || !this.#sees(']'); first = false) {
      if (this.ended) throw this.error('a class that does not end');
      const low = this.#classItem();
      if (!this.#sees('-') || this.#source[this.#at + 1] === ']') {
        add(set, low);
        continue;
      }
      this.#take('-');
      const high = this.#classItem();
      const [from, to] = [only(low), only(high)];
      if (from === undefined || to === undefined || to < from) throw this.error('a range that is none');
      set.fill(1, from, to + 1);
    }
    this.#take(']');
    const cased = this.#cased(set);
    return inverted ? invert(cased) : cased;
  }

  #classItem(): CharSet {
    return this.#take('\\') ? this.#escape() : this.#single(this.#next());
  }

  #escape(): CharSet {
    const next = this.#next();
    const known = CLASSES[next];
    if (known) return known;
    if (next === 'x') {
      const digits = this.#source.slice(this.#at, this.#at + 2);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw this.error('\\x without two digits');
      this.#at += 2;
      return this.#single(String.fromCharCode(Number.parseInt(digits, 16)));
    }
    const control = CONTROLS[next];
    if (control !== undefined) return this.#single(control);
    if (/[0-9A-Za-z]/.test(next)) throw this.error(`the escape \\${next}`);
    return this.#single(next);
  }

  #single(character: string): CharSet {
    if (character.charCodeAt(0) >= CHARACTERS) throw this.error('a character beyond ASCII');
    return setOf([character, character]);
  }

  #cased(set: CharSet): CharSet {
    if (!this.#ignoreCase) return set;
    const both = set.slice();
    for (let code = 0x41; code <= 0x5a; code++) {
      if (set[code] || set[code + 32]) both[code] = both[code + 32] = 1;
    }
    return both;
  }

  #next(): string {
    const next = this.#source[this.#at];
    if (next === undefined) throw this.error('the pattern ends too early');
    this.#at++;
    return next;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function add(set: CharSet, more: CharSet): void {
  for (let code = 0; code < CHARACTERS; code++) if (more[code]) set[code] = 1;
}

/** The one character of a set; undefined where there are more. */
function only(set: CharSet): number | undefined {
  const first = set.indexOf(1);
  return set.lastIndexOf(1) === first ? first : undefined;
}
