/**
 * PEM that is itself in base64: Kubernetes secrets, environment variables, cloud-init. The words `PRIVATE KEY` have
 * three base64 forms, one for each position in a group of three bytes.
 */

import { isBase64Digit } from '../../bytes/base64.js';
import { latin1 } from '../../bytes/convert.js';
import { TextView } from '../../bytes/text-view.js';
import { CARRY, type Detector } from '../detector.js';
import { readBase64Body } from './base64-body.js';
import { PEM_WORDS, readPemKey } from './pem.js';
import { readPemBegin } from './pem-label.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** Base64 groups before the words: room for `-----BEGIN SSH2 ENCRYPTED `. */
const GROUPS_BEFORE = 12;

/** Characters read at first; doubled while the PEM inside is not at its end. */
const FIRST_READ = 512;

/** The longest END line. */
const END_LINE = 64;

/**
 * The characters of base64 text that depend on no neighbour, when `phase` bytes come before the words in their group.
 * The name is the distance from the start of the group to the first of these characters.
 */
function wordsInBase64(phase: 0 | 1 | 2): { text: string; name: string } {
  const encoded = Buffer.from(`${'\0'.repeat(phase)}${PEM_WORDS}`, 'latin1')
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((phase * 8) / 6);
  const last = Math.floor(((phase + PEM_WORDS.length) * 8) / 6);
  return { text: encoded.slice(first, last), name: String(first) };
}

const FORMS = ([0, 1, 2] as const).map(wordsInBase64);

export const base64PemDetector: Detector = textDetector(
  'base64-pem',
  FORMS.flatMap(({ text, name }) => namedTextAnchors(text, name)),
  (text, sink) => {
    const { view } = text;
    const group = text.at - Number(text.name);
    let start = group;
    for (let i = 0; i < GROUPS_BEFORE && isGroup(view, start - 4); i++) start -= 4;
    for (let size = FIRST_READ; ; size *= 2) {
      const body = readBase64Body(view, start, start + Math.min(size, CARRY));
      const inner = body.base64.decode();
      const innerView = new TextView(inner);
      // The words may begin up to two bytes into their group.
      const words = latin1(inner).indexOf(PEM_WORDS, ((group - start) / 4) * 3);
      if (words < 0 || readPemBegin(innerView, words, PEM_WORDS) === undefined) return;
      const reading = readPemKey(innerView, words);
      const atEnd = body.end < start + size || size >= CARRY || body.end >= view.length;
      // With its END line cut, a longer text may give a longer span.
      const settled = reading.ended && reading.findings.every(({ to }) => to + END_LINE <= inner.length);
      if (!settled && !atEnd) continue;
      for (const { rule, from, to, secret } of reading.findings) {
        const span = body.base64.sourceSpan(from, to);
        const form = `${secret.form} in base64`;
        sink.secret(rule, view.byteIndex(span.from), view.byteIndex(span.to), { ...secret, form });
      }
      return;
    }
  },
);

function isGroup(view: TextView, at: number): boolean {
  for (let i = 0; i < 4; i++) if (!isBase64Digit(view.code(at + i))) return false;
  return true;
}
