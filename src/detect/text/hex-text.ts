/**
 * Keys written in hexadecimal: columns of database dumps, logs, `xxd -p`, byte arrays in source code (`0x30, 0x82`),
 * colons, blanks or dashes (`30:82`, `30 82`, `30-82`), escapes (`\x30\x82`).
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Anchor, Detector } from '../detector.js';
import { isBlank } from './base64-body.js';
import { namedTextAnchors } from './text-hit.js';
import { MAX_GAP, type Notation, type WrittenBytes, writtenBytesDetector } from './written-bytes.js';

/** Hexadecimal digits that structures of keys have. */
const STRUCTURES = [
  '2a864886f70d0101', // OID of RSA keys
  '2a8648ce3d0201', // OID of EC keys
  '02010002820', // version 0 and a modulus: PKCS#1
  '02010002818',
  '0201010420', // version 1 and a scalar: SEC1
  '0201010430',
  '0201010442',
  '06032b656e', // X25519, X448, Ed25519, Ed448
  '06032b656f',
  '06032b6570',
  '06032b6571',
  '6f70656e7373682d6b65792d7631', // openssh-key-v1
  '50524956415445204b4559', // PRIVATE KEY
  '50755454592d557365722d4b6579', // PuTTY-User-Key
  '2b06010401da470f01', // OpenPGP: the OIDs of Ed25519 and of Curve25519, and the public exponent of RSA
  '2b060104019755010501',
  '0011010001',
  '0201033082', // PKCS#12
  'feedfeed0000000', // JKS
  'cececece0000000', // JCEKS
];
/** Short pieces of them for bytes that are written one by one: a line end breaks one of a structure's two. */
const PIECES = [
  '02010030',
  '2a864886',
  'f70d0101',
  '48ce3d02',
  '02010002',
  '02010104',
  '032b65',
  '50524956', // PRIV, ATE
  '41544520',
  '50755454', // PuTT, Y-Us
  '592d5573',
  '0401da47', // OpenPGP
  '01049755',
  '11010001',
  '02010330', // PKCS#12
  'feedfeed', // JKS, JCEKS
  'cececece',
];

/** What stands before each byte in the separated notations. */
const PREFIXES = [':', ', 0x', ',0x', '\\x', ' ', '-', ','];

const bothCases = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [text, text.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase())])),
];
const PLAIN = bothCases(STRUCTURES);
const SEPARATED = bothCases(
  PREFIXES.flatMap((prefix) => PIECES.map((digits) => (digits.match(/../g) ?? []).join(prefix))),
);

/** The anchors as bytes. */
const WORDS = [...STRUCTURES, ...PIECES].map((digits) => Buffer.from(digits.slice(0, digits.length & ~1), 'hex'));

/** Bytes written one by one are looked for in ASCII only: source code and logs are hardly ever UTF-16 in memory. */
function hexAnchors(): Anchor[] {
  return [
    ...PLAIN.flatMap((text) => namedTextAnchors(text)),
    ...SEPARATED.flatMap((text) => namedTextAnchors(text).slice(0, 1)),
  ];
}

const HEXADECIMAL: Notation = {
  name: 'hex-text',
  suffix: 'in hexadecimal',
  anchors: hexAnchors(),
  texts: (encoding) => (encoding === 'ascii' ? [...PLAIN, ...SEPARATED] : PLAIN),
  words: WORDS,
  density: 0.5,
  textStart,
  read: readHexBytes,
};

/** `inner`: the detectors that judge what is decoded. */
export function hexTextDetector(inner: readonly Detector[]): Detector {
  return writtenBytesDetector(HEXADECIMAL, inner);
}

/** Index of the two digits, at most `reach` bytes back, with which the hexadecimal text begins. */
function textStart(view: TextView, at: number, reach: number): number {
  let start = at;
  for (let bytes = 0; bytes < reach; bytes++) {
    let digit = start - 1;
    const gapEnd = start - MAX_GAP;
    if (view.code(digit) === 0x78) digit -= isZeroOrBackslash(view.code(digit - 1)) ? 2 : 0; // 0x, \x
    while (digit > gapEnd && isSeparator(view, digit)) digit--;
    if (!isHexDigit(view.code(digit)) || !isHexDigit(view.code(digit - 1))) return start;
    start = digit - 1;
  }
  return start;
}

/** Pairs of digits from `from` on, to the first that is none, or to the character `limit`. */
function readHexBytes(view: TextView, from: number, limit: number): WrittenBytes {
  const bytes: number[] = [];
  const starts: number[] = [];
  let at = from;
  while (at < limit) {
    const high = hexValue(view.code(at));
    const low = hexValue(view.code(at + 1));
    if (high < 0 || low < 0) break;
    bytes.push(high * 16 + low);
    starts.push(at);
    at += 2;
    for (let gap = 0; gap < MAX_GAP && isSeparator(view, at); gap++) at++;
    if (view.code(at + 1) === 0x78 && isZeroOrBackslash(view.code(at))) at += 2;
  }
  const ends = starts.map((start) => start + 2);
  return { bytes: Uint8Array.from(bytes), starts, ends, end: Math.min(at, limit) };
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isHexDigit(code: number): boolean {
  return hexValue(code) >= 0;
}

function isZeroOrBackslash(code: number): boolean {
  return code === 0x30 || code === 0x5c;
}

/** Blank, line end, comma, colon, quote, dash; a backslash that continues a line, as in registry files. */
function isSeparator(view: TextView, at: number): boolean {
  const code = view.code(at);
  if (code === 0x5c) return view.code(at + 1) === 0x0a || view.code(at + 1) === 0x0d;
  return isBlank(code) || code === 0x2c || code === 0x3a || code === 0x22 || code === 0x2d;
}
