/**
 * Private JSON Web Keys anywhere in text: alone, in a key set, nested in other JSON, escaped inside a JSON string, in
 * the notations of Python and JavaScript. The `kty` member is the anchor; its object is found by matching braces.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Detector } from '../detector.js';
import { jwkPrivateKey } from './jwk-key.js';
import { readObjectMembers } from './jwk-members.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** Characters looked back for the opening brace, and forward for the closing one: certificates (`x5c`) are long. */
const MAX_BEFORE = 16 * 1024;
const MAX_AFTER = 48 * 1024;

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Each with the place of `kty` in it. The second is for escaped quotes, of any depth: `\"kty\"`. */
const NOTATIONS: ReadonlyArray<readonly [text: string, kty: number]> = [
  ['"kty"', 1],
  ['kty\\', 0],
  ["'kty'", 1],
  ['kty:', 0],
];

export const jwkDetector: Detector = textDetector(
  'jwk',
  NOTATIONS.flatMap(([text, kty]) => namedTextAnchors(text, String(kty))),
  (text, sink) => {
    const { view } = text;
    const kty = text.at + Number(text.name);
    const from = openingBrace(view, kty);
    if (from === undefined) return;
    const to = objectEnd(view, kty);
    const members = readObjectMembers(view.slice(from + 1, to));
    const key = jwkPrivateKey(members);
    if (key === undefined) return;
    const type = members.strings.get('kty') ?? '';
    const length = members.length + 1;
    sink.secret('jwk-private-key', view.byteIndex(from), view.byteIndex(from + length), {
      kind: 'private-key',
      form: `JWK ${type}`,
      length,
      key,
      whole: members.closed,
    });
  },
);

/**
 * The brace that opens the object of the member at `kty`. Another `kty` on the way means that the object was judged
 * from there, or is another one; so the ranges of different hits do not overlap, and the work stays linear.
 */
function openingBrace(view: TextView, kty: number): number | undefined {
  let depth = 0;
  for (let at = kty - 1; at >= kty - MAX_BEFORE; at--) {
    const code = view.code(at);
    if (isForeign(code)) return undefined;
    if (code === CLOSE) depth++;
    else if (code === OPEN && depth-- === 0) return at;
    else if (code === 0x6b && isKty(view, at)) return undefined;
  }
  return undefined;
}

/** Where reading ends at the latest: at the brace that closes the object, the next `kty`, or foreign bytes. */
function objectEnd(view: TextView, kty: number): number {
  let depth = 0;
  for (let at = kty + 1; at < kty + MAX_AFTER; at++) {
    const code = view.code(at);
    if (isForeign(code)) return at;
    if (code === OPEN) depth++;
    else if (code === CLOSE && depth-- === 0) return at + 1;
    else if (code === 0x6b && isKty(view, at)) return at;
  }
  return kty + MAX_AFTER;
}

/** Whether the word `kty` stands here as a member's name. */
function isKty(view: TextView, at: number): boolean {
  if (!view.startsWith('kty', at)) return false;
  const after = view.code(at + 3);
  return after === 0x22 || after === 0x27 || after === 0x3a || after === 0x5c;
}

/** Outside of the text, or a control character that no JSON text holds. */
function isForeign(code: number): boolean {
  return code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09;
}
