/**
 * Keys in the XML of .NET's `ToXmlString(true)` and of serialised `RSAParameters`: the elements of XML Signature
 * (RSAKeyValue, DSAKeyValue; https://www.w3.org/TR/xmldsig-core1/ section 4.5.2) with private ones added. Tags may be
 * escaped (`&lt;`, `\u003c`), since such XML often stands inside other XML or JSON.
 */
import { decodeBase64 } from '../../bytes/base64.js';
import { bigintFromBytes } from '../../bytes/convert.js';
import type { TextView } from '../../bytes/text-view.js';
import type { PrivateKey } from '../../types.js';
import type { Detector } from '../detector.js';
import { readEscape } from './escapes.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** An RSA key of 16384 bits takes 14,000 characters. */
const MAX_LENGTH = 32 * 1024;
/** Characters of an opening tag: prefix, name, attributes. */
const MAX_TAG = 512;
const MAX_ESCAPE = 16;

const ELEMENTS = ['RSAKeyValue', 'DSAKeyValue', 'RSAParameters'];

export const xmlDetector: Detector = textDetector(
  'xml',
  ELEMENTS.flatMap((element) => namedTextAnchors(element, element)),
  (text, sink) => {
    const { view, at, name } = text;
    const from = openingTag(view, at);
    if (from === undefined) return;
    // The closing tag, or the next element of this kind: so the ranges of different hits do not overlap.
    const limit = at + MAX_LENGTH;
    const next = view.indexOf(name, at + name.length, limit);
    const body = unescapeMarkup(view, at, next < 0 ? limit : next);
    const key = name === 'DSAKeyValue' ? dsaKey(body) : rsaKey(body);
    if (key === undefined) return;
    const whole = next >= 0;
    const to = whole ? endOfTag(view, next + name.length) : lastCharacter(view, at, limit);
    sink.secret('xml-private-key', view.byteIndex(from), view.byteIndex(to), {
      kind: 'private-key',
      form: `XML ${name}`,
      length: to - from,
      key,
      whole,
    });
  },
);

/** Index of the `<`, or of the escape that stands for it. Undefined for a closing tag and for a word in a text. */
function openingTag(view: TextView, at: number): number | undefined {
  let start = at;
  while (at - start < 32 && isNameCode(view.code(start - 1))) start--; // a namespace prefix
  if (view.code(start - 1) === 0x3c) return start - 1;
  for (let i = start - 1; i >= start - MAX_ESCAPE; i--) {
    const escaped = readEscape(view, i);
    // The letters of an escape such as `u003c` can be taken for a namespace prefix.
    if (escaped?.code === 0x3c && escaped.next <= at && escaped.next >= start) return i;
  }
  return undefined;
}

/** The text with escaped tags turned into tags; ends at foreign bytes. Bounded by the range. */
function unescapeMarkup(view: TextView, from: number, to: number): string {
  let out = '';
  for (let at = from; at < to; ) {
    const code = view.code(at);
    if (isForeign(code)) break;
    const escaped = readEscape(view, at);
    out += String.fromCharCode(escaped?.code ?? code);
    at = escaped?.next ?? at + 1;
  }
  return out;
}

function lastCharacter(view: TextView, from: number, limit: number): number {
  let at = from;
  while (at < limit && !isForeign(view.code(at))) at++;
  return at;
}

function endOfTag(view: TextView, from: number): number {
  for (let at = from; at < from + 8; at++) {
    const escaped = readEscape(view, at);
    if ((escaped?.code ?? view.code(at)) === 0x3e) return escaped?.next ?? at + 1;
  }
  return from;
}

/** The number in the first whole element of a name, in base64 (big-endian bytes). */
function element(body: string, name: string): bigint | undefined {
  const match = new RegExp(
    `<(?:[A-Za-z]\\w{0,31}:)?${name}(?:\\s[^<>]{0,${MAX_TAG}})?>([A-Za-z0-9+/=\\s]{1,8192})<`,
  ).exec(body);
  const bytes = match?.[1] === undefined ? undefined : decodeBase64(match[1].replace(/\s+/g, ''));
  return bytes && bytes.length > 0 ? bigintFromBytes(bytes) : undefined;
}

function rsaKey(body: string): PrivateKey | undefined {
  const key = {
    n: element(body, 'Modulus'),
    e: element(body, 'Exponent'),
    d: element(body, 'D'),
    p: element(body, 'P'),
    q: element(body, 'Q'),
    dp: element(body, 'DP'),
    dq: element(body, 'DQ'),
    qInv: element(body, 'InverseQ'),
  };
  return key.d === undefined && key.p === undefined && key.q === undefined ? undefined : { type: 'rsa', ...key };
}

function dsaKey(body: string): PrivateKey | undefined {
  const [p, q, g, y, x] = ['P', 'Q', 'G', 'Y', 'X'].map((name) => element(body, name));
  if (p === undefined || q === undefined || g === undefined || x === undefined) return undefined;
  return { type: 'dsa', p, q, g, x, ...(y !== undefined && { y }) };
}

function isNameCode(code: number): boolean {
  return (
    code === 0x3a || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  );
}

function isForeign(code: number): boolean {
  return code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09;
}
