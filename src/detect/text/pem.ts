/**
 * Private keys in PEM, and in the armours that look like it: PKCS#8, PKCS#1, SEC1, DSA, OpenSSH, OpenPGP, SSH2. The
 * words `PRIVATE KEY` are the anchor, since every label has them; a label without a key after it is no finding.
 */

import type { TextView } from '../../bytes/text-view.js';
import type { ParsedSecret } from '../../types.js';
import { CARRY, type Detector } from '../detector.js';
import type { RuleId } from '../rules.js';
import { type Base64Body, isFence, readBase64Body } from './base64-body.js';
import { readFramedBody } from './framed-body.js';
import { formInside, parseKeyBytes } from './key-bytes.js';
import { readPemBegin, readPemHeaders, skipPemEnd } from './pem-label.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

export const PEM_WORDS = 'PRIVATE KEY';

/** Shorter ciphertexts hold no key: an encrypted Ed25519 key has 48 bytes. */
const MIN_CIPHERTEXT = 40;

/** One secret of a PEM text: character indexes of what it takes. */
export interface PemFinding {
  readonly rule: RuleId;
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

export interface PemReading {
  readonly findings: readonly PemFinding[];
  /** False when the text ended before the body did: a longer text may give more. */
  readonly ended: boolean;
}

const NOTHING: PemReading = { findings: [], ended: true };

/** Reads the PEM text whose `PRIVATE KEY` words stand at `at`. Never throws. */
export function readPemKey(view: TextView, at: number): PemReading {
  const begin = readPemBegin(view, at, PEM_WORDS);
  if (begin === undefined) return NOTHING;
  const headers = readPemHeaders(view, begin.bodyFrom);
  const body = readBase64Body(view, headers.next, headers.next + CARRY);
  const ended = body.end < view.length;
  const end = body.fenced && isFence(view, body.end) ? skipPemEnd(view, body.end) : body.end;
  const bytes = body.base64.decode();
  if (headers.encrypted || headers.cipher) {
    const cipher = headers.cipher ?? 'unknown cipher';
    if (bytes.length < MIN_CIPHERTEXT) return { findings: [], ended };
    const secret: ParsedSecret = {
      kind: 'encrypted-key',
      form: 'PEM traditional',
      length: bytes.length,
      protection: `DEK-Info ${cipher}, MD5 key derivation`,
      identity: bytes,
      ...(!body.fenced && { notes: ['structure cut or damaged'] }),
    };
    return { findings: [{ rule: 'encrypted-private-key', from: begin.from, to: end, secret }], ended };
  }
  let findings: PemFinding[] = [];
  const framed = readFramedBody(view, begin.from, headers.next);
  // Words between the lines are base64 digits, too: the plain reading would take them for a part of the key.
  if (framed?.words) findings = keysOf(framed, begin.from, framed.end).filter(isWholeKey);
  if (findings.length === 0) findings = keysOf(body, begin.from, end);
  if (findings.length === 0 && framed) findings = keysOf(framed, begin.from, framed.end).filter(isWholeKey);
  framed?.base64.wipe();
  body.base64.wipe();
  return { findings, ended };
}

/** A structure that was read to its end: not a number that arithmetic has still to prove. */
export function isWholeKey({ secret }: Pick<PemFinding, 'secret'>): boolean {
  return secret.kind !== 'private-key' || secret.whole;
}

/** `end`: index after the END line, for a body that has one. */
function keysOf({ base64, fenced }: Base64Body, from: number, end: number): PemFinding[] {
  return parseKeyBytes(base64.decode()).map(({ secret, to, rule }) => ({
    rule: rule ?? (secret.kind === 'encrypted-key' ? 'encrypted-private-key' : 'pem-private-key'),
    from,
    to: fenced ? end : base64.sourceSpan(0, to).to,
    secret: { ...secret, form: formInside('PEM', secret.form) },
  }));
}

export const pemDetector: Detector = textDetector('pem', namedTextAnchors(PEM_WORDS), (text, sink) => {
  for (const { rule, from, to, secret } of readPemKey(text.view, text.at).findings) {
    sink.secret(rule, text.view.byteIndex(from), text.view.byteIndex(to), secret);
  }
});
