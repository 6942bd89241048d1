/**
 * Keys written in hexadecimal: columns of database dumps, logs, `xxd -p`, byte arrays in source code (`0x30, 0x82`),
 * colons (`30:82`), escapes (`\x30\x82`). The anchors are hexadecimal forms of what stands in such structures; the
 * bytes that the digits give are judged by the detectors of the memory.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Anchor, Detector } from '../detector.js';
import { detectNested } from '../nested.js';
import { readChain } from './chain.js';
import { namedTextAnchors, SETTLED, textDetector } from './text-hit.js';

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
  '0201033082', // PKCS#12
  'feedfeed0000000', // JKS
  'cececece0000000', // JCEKS
];
/** Short pieces of them for bytes that are written one by one: a line end breaks one of a structure's two. */
const PIECES = ['02010030', '2a864886', 'f70d0101', '48ce3d02', '02010002', '02010104', '032b65'];

/** Bytes before an anchor that belong to its structure: the head of any of them, or of a PEM label. */
const MAX_HEAD = 64;
/** Bytes looked back for an earlier anchor: first few, since where one is the next is often near. */
const NEAR = 128;
const MAX_BEFORE = 2 * 1024;
/** Characters between two bytes: `", 0x"` with a line end and indentation. */
const MAX_GAP = 24;

/** What stands before each byte in the separated notations. */
const PREFIXES = [':', ', 0x', ',0x', '\\x'];

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

/** `inner`: the detectors that judge what is decoded. */
export function hexTextDetector(inner: readonly Detector[]): Detector {
  return textDetector('hex-text', hexAnchors(), ({ view, at }, sink) => {
    if (hasEarlierAnchor(view, at, NEAR) || hasEarlierAnchor(view, at, MAX_BEFORE)) return SETTLED;
    const start = textStart(view, at, MAX_HEAD);
    const read = (characters: number) => readHexBytes(view, start, start + characters);
    // Of the shortest notation, so that no chain is taken for shorter than it is.
    const chain = { words: WORDS, gap: MAX_BEFORE, density: 0.5 };
    const { bytes, sources } = readChain(start, read, chain, (from, to, reason) =>
      sink.undecided(view.byteIndex(from), view.byteIndex(to), reason),
    );
    const byteSpan = (from: number, to: number) =>
      [
        view.byteIndex(sources[from] ?? start),
        view.byteIndex((sources[Math.max(from, to - 1)] ?? sources.at(-1) ?? start) + 2),
      ] as const;
    const found = detectNested(bytes, inner, {
      certificate: sink.certificate,
      publicKey: sink.publicKey,
      undecided: (from, to, reason) => sink.undecided(...byteSpan(from, to), reason),
    });
    for (const { rule, from, to, secret } of found) {
      sink.secret(rule, ...byteSpan(from, to), { ...secret, form: `${secret.form} in hexadecimal` });
    }
    bytes.fill(0);
    return undefined;
  });
}

/** Index of the two digits, at most `reach` bytes back, with which the hexadecimal text begins. */
function textStart(view: TextView, at: number, reach: number): number {
  let start = at;
  for (let bytes = 0; bytes < reach; bytes++) {
    let digit = start - 1;
    const gapEnd = start - MAX_GAP;
    if (view.code(digit) === 0x78) digit -= isZeroOrBackslash(view.code(digit - 1)) ? 2 : 0; // 0x, \x
    while (digit > gapEnd && isSeparator(view.code(digit))) digit--;
    if (!isHexDigit(view.code(digit)) || !isHexDigit(view.code(digit - 1))) return start;
    start = digit - 1;
  }
  return start;
}

interface HexBytes {
  readonly bytes: Uint8Array;
  /** Index of the first digit of each byte. */
  readonly sources: readonly number[];
  readonly end: number;
}

/** Pairs of digits from `from` on, to the first that is none, or to the character `limit`. */
function readHexBytes(view: TextView, from: number, limit: number): HexBytes {
  const bytes: number[] = [];
  const sources: number[] = [];
  let at = from;
  while (at < limit) {
    const high = hexValue(view.code(at));
    const low = hexValue(view.code(at + 1));
    if (high < 0 || low < 0) break;
    bytes.push(high * 16 + low);
    sources.push(at);
    at += 2;
    for (let gap = 0; gap < MAX_GAP && isSeparator(view.code(at)); gap++) at++;
    if (view.code(at + 1) === 0x78 && isZeroOrBackslash(view.code(at))) at += 2;
  }
  return { bytes: Uint8Array.from(bytes), sources, end: Math.min(at, limit) };
}

/** Whether an anchor in the `reach` bytes of this text before the one at `at` has already led here. */
function hasEarlierAnchor(view: TextView, at: number, reach: number): boolean {
  const start = textStart(view, at, reach);
  const text = view.slice(start, at + MAX_GAP);
  const anchors = view.encoding === 'ascii' ? [...PLAIN, ...SEPARATED] : PLAIN;
  return anchors.some((anchor) => {
    const index = text.indexOf(anchor);
    return index >= 0 && index < at - start;
  });
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

/** Blank, line end, comma, colon, quote. */
function isSeparator(code: number): boolean {
  return (
    code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x2c || code === 0x3a || code === 0x22
  );
}
