/**
 * PEM labels (RFC 7468, RFC 1421, RFC 4880 section 6.2) and the SSH2 ones (RFC 4716): what stands around the words
 * `PRIVATE KEY`, and the header lines that may follow.
 */
import type { TextView } from '../../bytes/text-view.js';
import { isBlank, isFence } from './base64-body.js';
import { readEscape } from './escapes.js';

/** The longest label before `PRIVATE KEY` is `SSH2 ENCRYPTED `. */
const MAX_PREFIX = 32;
const MAX_HEADER_LINE = 1024;
const MAX_HEADERS = 16;

export interface PemBegin {
  /** Index of the first dash; of the label's first letter when the dashes are damaged. */
  readonly from: number;
  /** Index after the closing dashes. */
  readonly bodyFrom: number;
}

/**
 * The BEGIN line around the label text `words` at `at`. Undefined for an END line and for words without dashes after
 * them. What stands before the words may be damaged: a freed heap block loses its first 16 bytes.
 */
export function readPemBegin(view: TextView, at: number, words: string): PemBegin | undefined {
  let bodyFrom = at + words.length;
  if (view.startsWith(' BLOCK', bodyFrom)) bodyFrom += 6;
  if (view.code(bodyFrom) === 0x20) bodyFrom++;
  if (!isFence(view, bodyFrom)) return undefined;
  for (let dashes = 0; dashes < 5 && view.code(bodyFrom) === 0x2d; dashes++) bodyFrom++;

  let from = at;
  while (at - from < MAX_PREFIX && isLabelCode(view.code(from - 1))) from--;
  const before = view.slice(from, at);
  if (/(^|\s)END /.test(before)) return undefined;
  const begin = before.lastIndexOf('BEGIN ');
  if (begin >= 0) from += begin;
  for (let dashes = 0; dashes < 5 && view.code(from - 1) === 0x2d; dashes++) from--;
  return { from, bodyFrom };
}

/** Index after `-----END …-----`, when `at` is at its first dash; else `at`. */
export function skipPemEnd(view: TextView, at: number): number {
  const line = /^-{4,5} ?END [A-Z0-9. ]{1,48}-{4,5}/.exec(view.slice(at, at + 80));
  return line ? at + line[0].length : at;
}

export interface PemHeaders {
  /** Index after the last header line. */
  readonly next: number;
  /** The first value of `DEK-Info`, e.g. `AES-256-CBC`. */
  readonly cipher?: string;
  /** `Proc-Type: 4,ENCRYPTED` was there. */
  readonly encrypted: boolean;
}

/**
 * Header lines before the body: RFC 1421 `Proc-Type` and `DEK-Info`, armour headers such as `Version` and `Comment`,
 * SSH2 headers that a backslash continues on the next line. Stops where something else stands.
 */
export function readPemHeaders(view: TextView, from: number): PemHeaders {
  let next = from;
  let cipher: string | undefined;
  let encrypted = false;
  // How the BEGIN line ends tells how all do: a comment such as C:\new holds no line end.
  const plain = isLineEnd(view.code(skipSpaces(view, from)));
  for (let i = 0; i < MAX_HEADERS; i++) {
    const start = skipBlank(view, next);
    const text = view.slice(start, start + 128);
    const name = /^[A-Za-z][A-Za-z0-9-]{1,31}:/.exec(text);
    if (name === null) break;
    // These two end by their form, also where line ends were turned into blanks.
    const known = /^(?:Proc-Type: ?4,(ENCRYPTED|MIC-\w+)|DEK-Info: ?([A-Z0-9-]{3,24})(?:,[0-9A-Fa-f]{0,64})?)/.exec(
      text,
    );
    if (known) {
      encrypted ||= known[1] === 'ENCRYPTED';
      cipher ??= known[2];
      next = start + known[0].length;
    } else {
      next = skipHeaderLine(view, start + name[0].length, plain);
    }
  }
  return { next, cipher, encrypted };
}

/** Index after the blanks, escaped ones too, and the quotes between string literals. */
function skipBlank(view: TextView, from: number): number {
  let at = from;
  for (let steps = 0; steps < MAX_HEADER_LINE; steps++) {
    const code = view.code(at);
    if (isBlank(code) || code === 0x22 || code === 0x27) {
      at++;
      continue;
    }
    const escaped = readEscape(view, at);
    if (escaped === undefined || !isBlank(escaped.code)) break;
    at = escaped.next;
  }
  return at;
}

function skipSpaces(view: TextView, from: number): number {
  let at = from;
  while (at - from < MAX_PREFIX && view.code(at) === 0x20) at++;
  return at;
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** Index of the line end; `plain` when line ends are not escaped. */
function skipHeaderLine(view: TextView, from: number, plain: boolean): number {
  let at = from;
  while (at - from < MAX_HEADER_LINE) {
    const code = view.code(at);
    if (code < 0x20 && !isBlank(code)) return at;
    // A fence ends it too: no header line runs into the next label.
    if (isLineEnd(code) || (code === 0x2d && isFence(view, at))) return at;
    const escaped = plain ? undefined : readEscape(view, at);
    if (escaped && isLineEnd(escaped.code)) return at;
    // A backslash at the very end of a line continues it (RFC 4716 section 3.3).
    if (code === 0x5c && isLineEnd(view.code(at + 1))) at += 2;
    else at++;
  }
  return at;
}

function isLabelCode(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x20 || code === 0x2e;
}
