/**
 * Keys written as decimal numbers: a Buffer or Uint8Array in JSON, byte slices as Go and Rust print them, lists of bytes
 * in Python, byte arrays as Java prints them, whose numbers have a sign.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Detector } from '../detector.js';
import { isBlank } from './base64-body.js';
import { namedTextAnchors } from './text-hit.js';
import { MAX_GAP, type Notation, type WrittenBytes, writtenBytesDetector } from './written-bytes.js';

/** What stands in structures of keys, short enough for an anchor. */
const WORDS = [
  '2a864886f70d0101', // OID of RSA keys
  '2a8648ce3d0201', // OID of EC keys
  '0201000282', // version 0 and a modulus: PKCS#1
  '0201000281',
  '0201010420', // version 1 and a scalar: SEC1
  '0201010430',
  '0201010442',
  '06032b656e', // X25519, X448, Ed25519, Ed448
  '06032b656f',
  '06032b6570',
  '06032b6571',
  '7373682d6b6579', // ssh-key, of openssh-key-v1
  '50524956415445', // PRIVATE
  '50755454592d55', // PuTTY-U
  '010401da470f01', // OpenPGP: ends of the OIDs of Ed25519 and of Curve25519, and the public exponent of RSA
  '04019755010501',
  '0011010001',
  '0201033082', // PKCS#12
  'feedfeed0000', // JKS
  'cececece0000', // JCEKS
].map((digits) => Buffer.from(digits, 'hex'));

/** What stands between two numbers. Lines of one number each are indented by anything, and not looked for. */
const SEPARATORS = [',', ', ', ' '];

const TEXTS = [
  ...new Set(
    WORDS.flatMap((word) =>
      [[...word], [...new Int8Array(word)]].flatMap((numbers) =>
        SEPARATORS.map((separator) => numbers.join(separator)),
      ),
    ),
  ),
];

const DECIMAL: Notation = {
  name: 'decimal-text',
  suffix: 'in decimal numbers',
  // In ASCII only: such lists are hardly ever UTF-16 in memory.
  anchors: TEXTS.flatMap((text) => namedTextAnchors(text).slice(0, 1)),
  texts: () => TEXTS,
  words: WORDS,
  // Three digits, a sign and a comma at most; two characters at least.
  density: 0.5,
  textStart,
  read: readNumbers,
};

/** `inner`: the detectors that judge what is decoded. */
export function decimalTextDetector(inner: readonly Detector[]): Detector {
  return writtenBytesDetector(DECIMAL, inner);
}

/** Index of the number, at most `reach` numbers back, with which the list begins. */
function textStart(view: TextView, at: number, reach: number): number {
  let start = at;
  for (let numbers = 0; numbers < reach; numbers++) {
    let end = start;
    while (start - end < MAX_GAP && isSeparator(view.code(end - 1))) end--;
    let digits = 0;
    while (digits < 3 && isDigit(view.code(end - digits - 1))) digits++;
    if (end === start || digits === 0) return start;
    start = end - digits;
    if (view.code(start - 1) === MINUS) start--;
  }
  return start;
}

/** Numbers from -128 to 255 from `from` on, to the first that is none, or to the character `limit`. */
function readNumbers(view: TextView, from: number, limit: number): WrittenBytes {
  const bytes: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = from;
  while (at < limit) {
    let end = view.code(at) === MINUS ? at + 1 : at;
    const digits = end;
    while (end < digits + 3 && isDigit(view.code(end))) end++;
    const value = end === digits ? Number.NaN : Number(view.slice(at, end));
    if (!(value >= -128 && value <= 255)) break;
    bytes.push(value & 0xff);
    starts.push(at);
    ends.push(end);
    at = end;
    for (let gap = 0; gap < MAX_GAP && isSeparator(view.code(at)); gap++) at++;
    if (at === end) break;
  }
  return { bytes: Uint8Array.from(bytes), starts, ends, end: Math.min(at, limit) };
}

const MINUS = 0x2d;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Blank, line end, comma. */
function isSeparator(code: number): boolean {
  return isBlank(code) || code === 0x2c;
}
