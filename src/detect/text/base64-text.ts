/**
 * Keys in a text or a file that is itself in base64, as in Kubernetes secrets, environment variables, cloud-init and
 * PowerShell's encoded commands: PEM, PuTTY, age, JWK, XML, WireGuard, keystores. Words have three base64 forms, one
 * for each position in a group of three bytes. What the base64 decodes to is judged by the detectors of the memory.
 */
import { isBase64Digit } from '../../bytes/base64.js';
import { latin1 } from '../../bytes/convert.js';
import type { TextView } from '../../bytes/text-view.js';
import type { Anchor, Detector } from '../detector.js';
import { detectNested } from '../nested.js';
import { type Base64Body, isFence, readBase64Body, startsBody } from './base64-body.js';
import { readChain } from './chain.js';
import { namedTextAnchors, SETTLED, textDetector } from './text-hit.js';

/** Words of the texts inside. A line break in the base64 breaks one of the first two at most. */
const WORDS = [
  '-----BEGIN ',
  'PRIVATE KEY',
  'PuTTY-User-Key-F',
  'AGE-SECRET-KEY-1',
  'RSAKeyValue',
  '"kty"',
  'PrivateKey',
  'RWRTY0Iy',
  'LS0tLS1CRUdJTiB',
]
  .map((word) => Buffer.from(word, 'latin1'))
  // The OIDs of Ed25519 and of Curve25519 in OpenPGP.
  .concat(Buffer.from('2b06010401da470f01', 'hex'), Buffer.from('2b060104019755010501', 'hex'));
/** UTF-16LE inside: what PowerShell encodes. */
const WIDE_WORDS = ['PRIVATE KEY', 'RSAKeyValue', '"kty"'].map((word) => Buffer.from(word, 'utf16le'));

/** Files that begin with known bytes: base64 digits, and their distance from the first one. */
const HEADS: ReadonlyArray<readonly [text: string, offset: number]> = [
  ['IBAzCC', 6], // 30 82 LLLL 02 01 03 30 82: PKCS#12
  ['IBAzCB', 6],
  ['IBAzCA', 6], // 30 82 LLLL 02 01 03 30 80
  ['MIACAQMwgA', 0], // 30 80 02 01 03 30 80
  ['/u3+7QAAAA', 0], // FEEDFEED 000000: JKS
  ['zs7OzgAAAA', 0], // CECECECE 000000: JCEKS
  ['BCAA', 11], // 95 LLLL 04 time 01 0800…: OpenPGP, RSA of 2048, 3072 and 4096 bits
  ['BDAA', 11],
  ['BEAA', 11],
  ['BwIAAACkAABSU0Ey', 0], // 07 02 0000 00A40000 RSA2: CAPI
  ['BwIAAAAkAABSU0Ey', 0],
];
const HEAD = 'head ';
const NEXT_HEADS = HEADS.map(([text, offset]) => ({ text, offset }));

/** Digits looked at before the word: first few, since where one word is the next is often near. */
const NEAR = 256;
const MAX_BEFORE = 4 * 1024;

/** The base64 digits of `word` that depend on no neighbour, when `phase` bytes come before it in its group. */
function digitsOf(word: Uint8Array, phase: number): { text: string; first: number } {
  const encoded = Buffer.concat([Buffer.alloc(phase), word])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((phase * 8) / 6);
  return { text: encoded.slice(first, Math.floor(((phase + word.length) * 8) / 6)), first };
}

function wordAnchors(word: Uint8Array): Anchor[] {
  return [0, 1, 2].flatMap((phase) => {
    const { text, first } = digitsOf(word, phase);
    return namedTextAnchors(text, String(first));
  });
}

/** `inner`: the detectors that judge what is decoded. */
export function base64TextDetector(inner: readonly Detector[]): Detector {
  const anchors = [
    ...[...WORDS, ...WIDE_WORDS].flatMap(wordAnchors),
    ...HEADS.flatMap(([text, offset]) => namedTextAnchors(text, `${HEAD}${offset}`)),
  ];
  return textDetector('base64-text', anchors, ({ view, at, name }, sink) => {
    const isHead = name.startsWith(HEAD);
    const first = Number(isHead ? name.slice(HEAD.length) : name);
    if (isHead && !startsBody(view, at - first)) return SETTLED;
    if (hasEarlierWord(view, at, first, NEAR) || hasEarlierWord(view, at, first, MAX_BEFORE)) return SETTLED;
    const start = isHead ? at - first : bodyStart(view, at, first, MAX_BEFORE);
    const read = (characters: number) => {
      const body = readBase64Body(view, start, start + characters, isHead ? NEXT_HEADS : []);
      return { ...body, bytes: body.base64.decode() };
    };
    const chain = { words: [...WORDS, ...WIDE_WORDS], gap: MAX_BEFORE, density: 0.75 };
    const { base64, bytes } = readChain(start, read, chain, (from, to, reason) =>
      sink.undecided(view.byteIndex(from), view.byteIndex(to), reason),
    );
    const byteSpan = (from: number, to: number) => {
      const span = base64.sourceSpan(from, to);
      return [view.byteIndex(span.from), view.byteIndex(span.to)] as const;
    };
    const found = detectNested(bytes, inner, {
      certificate: sink.certificate,
      publicKey: sink.publicKey,
      undecided: (from, to, reason) => sink.undecided(...byteSpan(from, to), reason),
    });
    for (const { rule, from, to, secret } of found) {
      sink.secret(rule, ...byteSpan(from, to), { ...secret, form: `${secret.form} in base64` });
    }
    bytes.fill(0);
    base64.wipe();
    return undefined;
  });
}

/**
 * The first digit of the base64 text around the digit at `at`, which is digit `first` of its group: at most `reach`
 * digits before it and on a group's border. Line ends and their indentation may stand between the digits.
 */
function bodyStart(view: TextView, at: number, first: number, reach: number): number {
  let start = at;
  let digits = 0;
  for (let i = at - 1; digits < reach; i--) {
    const code = view.code(i);
    if (isBase64Digit(code)) {
      if (code === 0x2d && isFence(view, i - 3)) break;
      // The n or r of an escaped line end.
      if (view.code(i - 1) === 0x5c) continue;
      if (++digits % 4 === first) start = i;
    } else if (!isBreak(code)) {
      break;
    }
  }
  return start;
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x20 || code === 0x09 || code === 0x5c;
}

/** Whether the text before has a word that is an anchor as well: then the text was judged from there. */
function hasEarlierWord(view: TextView, at: number, first: number, reach: number): boolean {
  const start = bodyStart(view, at, first, reach);
  if (start === at) return false;
  const body = readBase64Body(view, start, at);
  const text = latin1(body.base64.decode());
  const earlier = [...WORDS, ...WIDE_WORDS].some((word) => {
    const words = word.toString('latin1');
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
      if (isWhole(body, at, word)) return true;
    return false;
  });
  body.base64.wipe();
  return earlier;
}

/** Whether the digits of a word at the decoded index stand together in the text, with no line end between. */
function isWhole({ base64 }: Base64Body, index: number, word: Uint8Array): boolean {
  const { text, first } = digitsOf(word, index % 3);
  const from = Math.floor(index / 3) * 4 + first;
  return base64.sourceOf(from + text.length - 1) - base64.sourceOf(from) === text.length - 1;
}
