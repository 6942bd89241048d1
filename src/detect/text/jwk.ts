/**
 * Private JSON Web Keys anywhere in text: alone, in a key set, nested in other JSON, escaped inside a JSON string, in
 * the notations of Python and JavaScript. The `kty` member is the anchor; its object is found by matching braces. Where
 * that gives nothing, names and values near it are tried, and near `crv` and `qi` where `kty` is lost.
 */
import type { TextView } from '../../bytes/text-view.js';
import { spki } from '../../prove/identity.js';
import { prove } from '../../prove/prove.js';
import type { Detector, Sink } from '../detector.js';
import { jwkPrivateKey, jwkPublicKey } from './jwk-key.js';
import { readLooseMembers } from './jwk-loose.js';
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
  ['kty =', 0],
  ['kty%22', 0],
  ['kty&quot;', 0],
];

/** Members of private keys that stand for the object when its `kty` is lost. */
const OTHERS = ['"crv"', '"qi"', 'InverseQ'];
const OTHER = 'other';

export const jwkDetector: Detector = textDetector(
  'jwk',
  [
    ...NOTATIONS.flatMap(([text, kty]) => namedTextAnchors(text, String(kty))),
    ...OTHERS.flatMap((text) => namedTextAnchors(text, OTHER)),
  ],
  ({ view, at, name }, sink) => {
    if (name === OTHER) {
      if (isClosing(view, at)) return;
      let kty = false;
      const isAnchor = (index: number): boolean => {
        kty ||= isKty(view, index);
        return kty || (OTHERS.some((text) => view.startsWith(text, index)) && !isClosing(view, index));
      };
      reportLoose(view, at, isAnchor, sink, () => kty);
      return;
    }
    const kty = at + Number(name);
    if (!reportObject(view, kty, sink)) reportLoose(view, kty, (index) => isKty(view, index), sink);
  },
);

/** The key of the object around the member at `kty`. False where there is none to read. */
function reportObject(view: TextView, kty: number, sink: Sink): boolean {
  const from = openingBrace(view, kty);
  if (from === undefined) return false;
  const to = objectEnd(view, kty);
  const members = readObjectMembers(view.slice(from + 1, to));
  const key = jwkPrivateKey(members);
  if (key === undefined) {
    const known = jwkPublicKey(members);
    if (known) sink.publicKey(spki(known));
    return members.closed && isPublic(members.strings);
  }
  const type = members.strings.get('kty') ?? '';
  const length = members.length + 1;
  sink.secret('jwk-private-key', view.byteIndex(from), view.byteIndex(from + length), {
    kind: 'private-key',
    form: `JWK ${type}`,
    length,
    key,
    whole: members.closed,
  });
  return true;
}

/** A public key in an object of its own, as certificates' owners publish them by the hundred. */
function isPublic(strings: ReadonlyMap<string, string>): boolean {
  return strings.has('kty') && !['d', 'p', 'k', 'priv'].some((name) => strings.has(name));
}

/** `isElsewhere`, asked after reading: whether the key is another hit's to report. */
function reportLoose(
  view: TextView,
  at: number,
  isAnchor: (index: number) => boolean,
  sink: Sink,
  isElsewhere = () => false,
): void {
  const members = readLooseMembers(view, at, isAnchor);
  if (isElsewhere()) return;
  const key = members && jwkPrivateKey(members);
  if (members === undefined || key === undefined || prove(key)?.confidence !== 'proven') return;
  sink.secret('jwk-private-key', view.byteIndex(members.from), view.byteIndex(members.to), {
    kind: 'private-key',
    form: `JWK ${members.strings.get('kty') ?? ''}`,
    length: members.length,
    key,
    whole: false,
  });
}

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

/** Whether the word at `at` is that of a closing tag. */
function isClosing(view: TextView, at: number): boolean {
  return view.code(at - 1) === 0x2f;
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
