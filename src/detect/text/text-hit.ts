/**
 * Detectors of keys in text: from an anchor in ASCII or UTF-16 to a view of the text around it.
 *
 * A text in UTF-16 matches the anchors of both byte orders, one byte apart: the zero bytes between its letters serve
 * either way. The two readings differ at the ends of the text alone, and both are tried, the likelier one first, until
 * one gives a key; so that it is found whatever stands around the text, and reported once.
 */
import { type TextEncoding, TextView } from '../../bytes/text-view.js';
import { BoundsError, FormatError } from '../../errors.js';
import { type Anchor, type Detector, type Hit, type Sink, textAnchors } from '../detector.js';

/** Characters walked to each side to tell UTF-16BE from UTF-16LE. */
const RUN = 512;

export interface TextHit {
  readonly view: TextView;
  /** Character index at which the anchor begins. */
  readonly at: number;
  /** The name that `namedTextAnchors` was given. */
  readonly name: string;
}

/** Anchors of a text in all three encodings. UTF-16 anchors hold its first 16 characters. */
export function namedTextAnchors(text: string, name = ''): Anchor[] {
  return textAnchors(text).map(({ literal, tag }) => ({ literal, tag: `${tag}:${name}` }));
}

/** What `judge` answers for a text that was judged at another hit: no other reading of it is worth a try. */
export const SETTLED = 'settled';

/** A detector whose anchors are from `namedTextAnchors`. `judge` may throw FormatError and BoundsError. */
export function textDetector(
  name: string,
  anchors: readonly Anchor[],
  // biome-ignore lint/suspicious/noConfusingVoidType: most judges have nothing to answer
  judge: (text: TextHit, sink: Sink) => typeof SETTLED | void,
): Detector {
  return {
    name,
    anchors,
    detect(hit: Hit, sink: Sink): void {
      let reported = false;
      const counting: Sink = {
        secret: (rule, from, to, secret) => {
          reported = true;
          sink.secret(rule, from, to, secret);
        },
        certificate: (sighting) => {
          reported = true;
          sink.certificate(sighting);
        },
        publicKey: (spki) => sink.publicKey(spki),
        candidate: (from, to, form, text) => sink.candidate?.(from, to, form, text),
        undecided: (from, to, reason) => sink.undecided(from, to, reason),
      };
      for (const text of readings(hit)) {
        try {
          if (judge(text, counting) === SETTLED) return;
        } catch (error) {
          if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
        }
        if (reported) return;
      }
    },
  };
}

/** None for the big-endian hit of a text that has a little-endian hit as well. */
function readings({ bytes, at, anchor }: Hit): TextHit[] {
  const [encoding = '', ...rest] = anchor.tag.split(':');
  const name = rest.join(':');
  const open = (as: TextEncoding, byte: number): TextHit => {
    const view = new TextView(bytes, as, byte);
    return { view, at: view.charIndex(byte), name };
  };
  if (encoding === 'ascii') return [open('ascii', at)];
  const size = anchor.literal.length;
  if (encoding === 'utf16be') return bytes[at + size] === 0 ? [] : [open('utf16be', at)];
  const little = open('utf16le', at);
  if (bytes[at - 1] !== 0) return [little];
  const big = open('utf16be', at - 1);
  return isBigEndian(bytes, at) ? [big, little] : [little, big];
}

/**
 * Whether the run of letters around `letter`, the nonzero byte of one of them, is rather big-endian. A little-endian
 * reading of a big-endian text loses the last letter, whose zero byte stands before it; a big-endian reading of a
 * little-endian text the first. Where zero bytes surround the text either will do, and it is taken for little-endian.
 */
function isBigEndian(bytes: Uint8Array, letter: number): boolean {
  let start = letter;
  for (let i = 0; i < RUN && isPrintable(bytes[start - 2]) && bytes[start - 1] === 0; i++) start -= 2;
  let end = letter;
  for (let i = 0; i < RUN && isPrintable(bytes[end]) && bytes[end + 1] === 0; i++) end += 2;
  const losesLast = isPrintable(bytes[end]) && bytes[end + 1] !== 0;
  const long = isPrintable(bytes[start - 2]) && bytes[start - 1] === 0;
  if (long || bytes[start - 1] !== 0) return long && losesLast;
  return losesLast || (start >= 2 && bytes[start - 2] !== 0);
}

function isPrintable(code: number | undefined): boolean {
  return code !== undefined && ((code >= 0x20 && code < 0x7f) || (code >= 0x09 && code <= 0x0d));
}
