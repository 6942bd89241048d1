/**
 * Keys in a text or a file that is itself in base64, as in Kubernetes secrets, environment variables, cloud-init and
 * PowerShell's encoded commands: PEM, PuTTY, age, JWK, XML, WireGuard, keystores; and keys in base64 whose beginning is
 * lost. Words have three base64 forms, one for each position in a group of three bytes. What the base64 decodes to is
 * judged by the detectors of the memory.
 */
import { isBase64Digit } from '../../bytes/base64.js';
import { latin1 } from '../../bytes/convert.js';
import type { TextView } from '../../bytes/text-view.js';
import type { Anchor, Detector } from '../detector.js';
import { detectNested } from '../nested.js';
import { type Base64Body, isFence, readBase64Body, startsBody } from './base64-body.js';
import { isReadFromStart } from './base64-der.js';
import { readChain } from './chain.js';
import { namedTextAnchors, SETTLED, textDetector } from './text-hit.js';

const hex = (digits: readonly string[]): Buffer[] => digits.map((each) => Buffer.from(each, 'hex'));

/** What the texts and files inside are known by. A line break in the base64 breaks one of the first two at most. */
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
  // Base64 without a label: PKCS#8 of RSA, EC and EdDSA, PKCS#1, SEC1, OpenSSH, PKCS#12, JKS.
  'ANBgkqhkiG9w0BAQ',
  'AgEAMA0GCSqGSIb3',
  'AgEAMBMGByqGSM49',
  'AgEAMBAGByqGSM49',
  'AwBQYDK2V',
  'IBAAKC',
  'IBAAKB',
  'CAQEEI',
  'AgEBBD',
  'AgEBBE',
  'b3BlbnNzaC1rZXkt',
  'IBAzCC',
  '/u3+7QAAAA',
].map((word) => Buffer.from(word, 'latin1'));
/**
 * What stands inside of keys, for texts whose beginning is overwritten: the allocator's links take 16 bytes of a freed
 * block and 32 of a large one, which is the label and the first digits.
 */
const INNER = hex([
  '2b06010401da470f01', // OpenPGP: the OIDs of Ed25519 and of Curve25519, and the public exponent of RSA
  '2b060104019755010501',
  '0011010001',
  '020301000102', // RSA: the public exponent, and another number after it
  '02818100', // the header of a factor of 1024 and of 1536 bits
  '0281c100',
  '306b0201010420', // SEC1 within PKCS#8: the head of a scalar of 256, 384 and 521 bits, with and without a public key
  '30250201010420',
  '819b0201010430',
  '30350201010430',
  '81d30201010442',
  '30470201010442',
  '2b656e04220420', // PKCS#8 of X25519, X448, Ed25519, Ed448
  '2b656f043a0438',
  '2b657004220420',
  '2b6571043b0439',
  '000000077373682d727361', // OpenSSH: the names of types, as strings
  '0000000b7373682d65643235353139',
  '0000001365636473612d736861322d6e69737470',
]);
/** UTF-16LE inside: what PowerShell encodes. */
const WIDE_WORDS = ['PRIVATE KEY', 'RSAKeyValue', '"kty"'].map((word) => Buffer.from(word, 'utf16le'));
const ALL_WORDS = [...WORDS, ...INNER, ...WIDE_WORDS];
/** Each with its bytes as text: a flood of anchors asks for them at every one. */
const WORD_TEXTS = ALL_WORDS.map((word) => [word, word.toString('latin1')] as const);

/** Files that begin with known bytes: base64 digits, and their distance from the first one. */
const HEADS: ReadonlyArray<readonly [text: string, offset: number]> = [
  ['IBAzCC', 6], // 30 82 LLLL 02 01 03 30 82: PKCS#12
  ['IBAzCB', 6],
  ['IBAzCA', 6], // 30 82 LLLL 02 01 03 30 80
  ['MIACAQMwgA', 0], // 30 80 02 01 03 30 80
  ['/u3+7QAAAA', 0], // FEEDFEED 000000: JKS
  ['zs7OzgAAAA', 0], // CECECECE 000000: JCEKS
  ['_u3-7QAAAA', 0],
  ['BCAC', 11], // 95 LLLL 04 time 01 0800 and a first bit: OpenPGP, RSA of 2048, 3072 and 4096 bits
  ['BCAD', 11],
  ['BDAC', 11],
  ['BDAD', 11],
  ['BEAC', 11],
  ['BEAD', 11],
  ['BwIAAACkAABSU0Ey', 0], // 07 02 0000 00A40000 RSA2: CAPI
  ['BwIAAAAkAABSU0Ey', 0],
];
type AnchorKind = 'word' | 'inner' | 'head';
const NEXT_HEADS = HEADS.map(([text, offset]) => ({ text, offset }));

/** Digits looked at before the word: first few, since where one word is the next is often near. */
const NEAR = 64;
const MAX_BEFORE = 4 * 1024;

/** The base64 digits of `word` that depend on no neighbour, when `phase` bytes come before it in its group. */
function digitsOf(word: Uint8Array, phase: number): { text: string; first: number } {
  const encoded = Buffer.concat([Buffer.alloc(phase), word])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((phase * 8) / 6);
  return { text: encoded.slice(first, Math.floor(((phase + word.length) * 8) / 6)), first };
}

/** `first`: place of the text's first digit in its group, or in the file. */
function kindAnchors(kind: AnchorKind, text: string, first: number): Anchor[] {
  return namedTextAnchors(text, `${kind} ${first}`);
}

function wordAnchors(kind: AnchorKind, words: readonly Uint8Array[]): Anchor[] {
  return words.flatMap((word) =>
    [0, 1, 2].flatMap((phase) => {
      const { text, first } = digitsOf(word, phase);
      return kindAnchors(kind, text, first);
    }),
  );
}

/** `inner`: the detectors that judge what is decoded. */
export function base64TextDetector(inner: readonly Detector[]): Detector {
  const anchors = [
    ...wordAnchors('word', [...WORDS, ...WIDE_WORDS]),
    ...wordAnchors('inner', INNER),
    ...HEADS.flatMap(([text, offset]) => kindAnchors('head', text, offset)),
  ];
  return textDetector('base64-text', anchors, ({ view, at, name }, sink) => {
    const [kind, place] = name.split(' ');
    const isHead = kind === 'head';
    const first = Number(place);
    if (isHead && !startsBody(view, at - first)) return SETTLED;
    if (hasEarlierWord(view, at, first, NEAR)) return SETTLED;
    if (kind === 'inner' && !isInner(view, at, first)) return SETTLED;
    if (hasEarlierWord(view, at, first, MAX_BEFORE)) return SETTLED;
    const start = isHead ? at - first : bodyStart(view, at, first, MAX_BEFORE);
    if (kind === 'inner' && isReadFromStart(view, start)) return SETTLED;
    const read = (characters: number) => {
      const body = readBase64Body(view, start, start + characters, isHead ? NEXT_HEADS : []);
      return { ...body, bytes: body.base64.decode() };
    };
    const chain = { words: ALL_WORDS, gap: MAX_BEFORE, density: 0.75 };
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

/** Digits around an inner word: a group before it, and what the longest of them takes. */
const GROUP = 4;
const MAX_INNER = 48;

/** The bits of the first and last byte of a word may lie in digits that the anchor leaves open. */
function isInner(view: TextView, at: number, first: number): boolean {
  const { base64 } = readBase64Body(view, bodyStart(view, at, first, 2 * GROUP), at + MAX_INNER);
  const bytes = Buffer.from(base64.decode());
  base64.wipe();
  const found = INNER.some((word) => bytes.includes(word));
  bytes.fill(0);
  return found;
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
  const earlier = WORD_TEXTS.some(([word, words]) => {
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
