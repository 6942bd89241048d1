/**
 * S-expressions as libgcrypt and gpg-agent hold them, in three notations: canonical (`(1:n3:abc)`), advanced text
 * (`(n #616263#)`), and libgcrypt's own memory layout (sexp.c: tags 0 stop, 1 data with a native 16-bit length, 3 open,
 * 4 close). RFC 9804 describes the first two.
 */
import { latin1 } from '../../bytes/convert.js';
import { checkedSize, slice } from '../../bytes/read.js';
import { BoundsError, FormatError } from '../../errors.js';

/** An atom, or a list of them. Atoms are views or copies of the input. */
export type Sexp = Uint8Array | readonly Sexp[];

export type Notation = 'text' | 'memory-le' | 'memory-be';

export interface SexpReading {
  readonly list: readonly Sexp[];
  /** Bytes of the input that the expression takes. */
  readonly length: number;
}

/** Bounds of what is read, far beyond any key. */
const MAX_LENGTH = 64 * 1024;
const MAX_DEPTH = 16;
const MAX_NODES = 512;

const OPEN = 0x28;
const CLOSE = 0x29;

type Token = { readonly kind: 'open' | 'close' } | { readonly kind: 'atom'; readonly bytes: Uint8Array };

const OPEN_TOKEN: Token = { kind: 'open' };
const CLOSE_TOKEN: Token = { kind: 'close' };

/** The list at index 0. FormatError or BoundsError when it is none, is cut, or passes the bounds. */
export function readSexp(bytes: Uint8Array, notation: Notation): SexpReading {
  const window = bytes.subarray(0, MAX_LENGTH);
  const tokens = notation === 'text' ? new TextTokens(window) : new MemoryTokens(window, notation === 'memory-le');
  if (tokens.next().kind !== 'open') throw new FormatError('no s-expression');
  const stack: Sexp[][] = [[]];
  for (let nodes = 0; nodes < MAX_NODES; nodes++) {
    const token = tokens.next();
    const list = stack.at(-1) as Sexp[];
    if (token.kind === 'atom') {
      list.push(token.bytes);
    } else if (token.kind === 'open') {
      if (stack.length === MAX_DEPTH) throw new FormatError('s-expression is too deep');
      const child: Sexp[] = [];
      list.push(child);
      stack.push(child);
    } else {
      stack.pop();
      if (stack.length === 0) return { list, length: tokens.position };
    }
  }
  throw new FormatError('s-expression has too many elements');
}

/** The text of an atom; undefined for a list. */
export function atomText(node: Sexp | undefined): string | undefined {
  return node instanceof Uint8Array ? latin1(node) : undefined;
}

/** The first list in `list` that begins with the atom `name`. */
export function findList(list: readonly Sexp[], name: string): readonly Sexp[] | undefined {
  return list.find((node): node is readonly Sexp[] => !(node instanceof Uint8Array) && atomText(node[0]) === name);
}

/** Canonical and advanced notation; they may be mixed. */
class TextTokens {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  next(): Token {
    while (isBlank(this.#peek())) this.#at++;
    const code = this.#peek();
    if (code === OPEN || code === CLOSE) {
      this.#at++;
      return code === OPEN ? OPEN_TOKEN : CLOSE_TOKEN;
    }
    if (code === 0x23) return { kind: 'atom', bytes: this.#hex() };
    if (code === 0x22) return { kind: 'atom', bytes: this.#quoted() };
    if (code >= 0x30 && code <= 0x39) return { kind: 'atom', bytes: this.#counted() };
    return { kind: 'atom', bytes: this.#token() };
  }

  #peek(): number {
    const code = this.#bytes[this.#at];
    if (code === undefined) throw new BoundsError('s-expression is cut');
    return code;
  }

  /** `#00ff#`, blanks between the digits allowed: long numbers are folded. */
  #hex(): Uint8Array {
    const start = ++this.#at;
    while (this.#peek() !== 0x23) {
      if (!isBlank(this.#peek()) && !isHexDigit(this.#peek())) throw new FormatError('hex in s-expression');
      this.#at++;
    }
    const digits = latin1(this.#bytes, start, this.#at++).replace(/\s+/g, '');
    if (digits.length % 2 === 1) throw new FormatError('hex in s-expression');
    return Uint8Array.from(Buffer.from(digits, 'hex'));
  }

  /** Names and comments only: escapes are left as they are. */
  #quoted(): Uint8Array {
    const start = ++this.#at;
    while (this.#peek() !== 0x22) this.#at += this.#peek() === 0x5c ? 2 : 1;
    return this.#bytes.subarray(start, this.#at++);
  }

  /** `3:abc`, or a token that begins with a digit, such as an OID. */
  #counted(): Uint8Array {
    const start = this.#at;
    while (this.#peek() >= 0x30 && this.#peek() <= 0x39 && this.#at - start < 6) this.#at++;
    if (this.#peek() !== 0x3a) {
      this.#at = start;
      return this.#token();
    }
    const length = checkedSize(Number(latin1(this.#bytes, start, this.#at)), MAX_LENGTH, 's-expression atom');
    const bytes = slice(this.#bytes, this.#at + 1, length, 's-expression atom');
    this.#at += 1 + length;
    return bytes;
  }

  /** Letters, digits and `-./_:*+=`. */
  #token(): Uint8Array {
    const start = this.#at;
    while (isTokenCode(this.#peek())) this.#at++;
    if (this.#at === start) throw new FormatError('character in s-expression');
    return this.#bytes.subarray(start, this.#at);
  }
}

class MemoryTokens {
  readonly #bytes: Uint8Array;
  readonly #littleEndian: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  get position(): number {
    return this.#at;
  }

  next(): Token {
    const tag = slice(this.#bytes, this.#at, 1, 's-expression tag')[0];
    this.#at++;
    if (tag === 3) return OPEN_TOKEN;
    if (tag === 4) return CLOSE_TOKEN;
    if (tag !== 1) throw new FormatError('s-expression tag');
    const [first, second] = slice(this.#bytes, this.#at, 2, 's-expression length') as unknown as [number, number];
    const length = this.#littleEndian ? first | (second << 8) : (first << 8) | second;
    const bytes = slice(this.#bytes, this.#at + 2, length, 's-expression atom');
    this.#at += 2 + length;
    return { kind: 'atom', bytes };
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

function isTokenCode(code: number): boolean {
  return /[A-Za-z0-9\-./_:*+=]/.test(String.fromCharCode(code));
}
