/**
 * Keys in base64 without a label: values in JSON, environment and registry, PEM whose BEGIN line is lost. Each anchor
 * is a piece of base64 that the first bytes of one kind of structure always give.
 */

import { isBase64Digit } from '../../bytes/base64.js';
import type { TextView } from '../../bytes/text-view.js';
import { CARRY, type Detector } from '../detector.js';
import { isBlank, readBase64Body, startsBody } from './base64-body.js';
import { readEscape } from './escapes.js';
import { formInside, parseKeyBytes } from './key-bytes.js';
import { isWholeKey, PEM_WORDS, readPemKey } from './pem.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** Base64 text and its distance from the start of the base64 of the whole structure. */
export const BASE64_HEADS: ReadonlyArray<readonly [text: string, offset: number, what: string]> = [
  // 30 82 LLLL 02 01 00 30 0D 06 09 2A864886F70D0101…: PKCS#8, RSA of 1024 bits and more
  ['IBADANBgkqhkiG9w', 6, 'PKCS#8 RSA'],
  // 30 81 LL 02 01 00 30 0D 06 09 2A864886F70D0101…
  ['AgEAMA0GCSqGSIb3', 4, 'PKCS#8 RSA, short'],
  // … 30 LL 06 09 2A864886F70D01010A
  ['BgkqhkiG9w0BAQow', 12, 'PKCS#8 RSASSA-PSS with parameters'],
  ['IBADALBgkqhkiG9w', 6, 'PKCS#8 RSASSA-PSS without parameters'],
  // 30 82 LLLL 02 01 00 30 82 LLLL 06 07 2A8648CE380401 30
  ['ByqGSM44BAEw', 16, 'PKCS#8 DSA'],
  // 30 81 LL 02 01 00 30 {13,10,14} 06 07 2A8648CE3D0201, and the same with 30 LL
  ['AgEAMBMGByqGSM49', 4, 'PKCS#8 EC P-256'],
  ['AgEAMBAGByqGSM49', 4, 'PKCS#8 EC P-384, P-521, secp256k1'],
  ['AgEAMBQGByqGSM49', 4, 'PKCS#8 EC brainpool'],
  ['CAQAwEwYHKoZIzj0', 3, 'PKCS#8 EC P-256 without public key'],
  ['CAQAwEAYHKoZIzj0', 3, 'PKCS#8 EC P-384, P-521, secp256k1 without public key'],
  ['CAQAwFAYHKoZIzj0', 3, 'PKCS#8 EC brainpool without public key'],
  // 30 82 LLLL 02 01 00 30 {81 LL, 82 LLLL} 06 07 2A8648CE3D0201 30: explicit curve parameters
  ['ByqGSM49AgEw', 16, 'PKCS#8 EC, explicit parameters'],
  // 30 LL 02 01 {00,01} 30 05 06 03 2B 65 {6E…71}; version 1 carries the public key
  ['CAQAwBQYDK2V', 3, 'PKCS#8 EdDSA, XDH'],
  ['CAQEwBQYDK2V', 3, 'PKCS#8 EdDSA, XDH with public key'],
  ['AgEBMAUGAytl', 4, 'PKCS#8 EdDSA, XDH with public key, long'],
  // 30 … 02 01 00 30 0B 06 09 60864801650304…: ML-DSA, ML-KEM, SLH-DSA
  ['CAQAwCwYJYIZIAWU', 3, 'PKCS#8 post-quantum seed'],
  ['AgEAMAsGCWCGSAFl', 4, 'PKCS#8 post-quantum'],
  ['IBADALBglghkgBZQ', 6, 'PKCS#8 post-quantum, expanded'],
  // 30 82 LLLL 02 01 {00,01} 02 {82,81,41}
  ['IBAAKC', 6, 'PKCS#1; traditional DSA has the same head'],
  ['IBAAKB', 6, 'PKCS#1 of 1024 to 1984 bits'],
  ['IBAAJB', 6, 'PKCS#1 of 512 bits'],
  ['IBAAJh', 6, 'PKCS#1 of 768 bits'],
  ['IBAQKC', 6, 'PKCS#1 multi-prime'],
  // 30 LL 02 01 01 04 {20,1C,18}, 30 81 LL 02 01 01 04 {30,42,28,40}, 30 82 LLLL 02 01 01 04 {20,30,42}
  ['CAQEEI', 3, 'SEC1, 256 bits'],
  ['CAQEEH', 3, 'SEC1, 224 bits'],
  ['CAQEEG', 3, 'SEC1, 192 bits'],
  ['AgEBBC', 4, 'SEC1, 256 or 320 bits, long header'],
  ['AgEBBD', 4, 'SEC1, 384 bits'],
  ['AgEBBE', 4, 'SEC1, 512 or 521 bits'],
  ['IBAQQg', 6, 'SEC1, 256 bits, explicit parameters'],
  ['IBAQQw', 6, 'SEC1, 384 bits, explicit parameters'],
  ['IBAQRC', 6, 'SEC1, 521 bits, explicit parameters'],
  // 30 82 LLLL 30 LL 06 09 2A864886F70D0105…, 30 81 LL 30 LL 06 09 …
  ['BgkqhkiG9w0BBQ', 8, 'encrypted PKCS#8, PKCS#5'],
  ['CSqGSIb3DQEF', 8, 'encrypted PKCS#8, PKCS#5, short'],
  ['YJKoZIhvcNAQU', 6, 'encrypted PKCS#8, PKCS#5, shortest'],
  ['BgoqhkiG9w0BDAE', 8, 'encrypted PKCS#8, PKCS#12 PBE'],
  ['YKKoZIhvcNAQwB', 6, 'encrypted PKCS#8, PKCS#12 PBE, shortest'],
  ['CiqGSIb3DQEMAQ', 8, 'encrypted PKCS#8, PKCS#12 PBE, short'],
  ['b3BlbnNzaC1rZXkt', 0, 'OpenSSH'],
];

const HEADS = BASE64_HEADS.map(([text, offset]) => ({ text, offset }));

/** Blanks, line ends and escapes that can stand between a BEGIN line and its body. */
const MAX_GAP = 48;

export const base64DerDetector: Detector = textDetector(
  'base64-der',
  BASE64_HEADS.flatMap(([text, offset]) => namedTextAnchors(text, String(offset))),
  (text, sink) => {
    const { view } = text;
    const start = text.at - Number(text.name);
    // The start of the structure must be the start of the base64 text: 30 gives M, and openssh-key-v1 gives b3.
    const first = view.code(start);
    if (first !== 0x4d && first !== 0x62) return;
    for (let i = start; i < text.at; i++) if (!isBase64Digit(view.code(i))) return;
    if (!startsBody(view, start)) return;
    if (belongsToPem(view, start)) return;
    const body = readBase64Body(view, start, start + CARRY, HEADS);
    for (const { secret, from, to } of parseKeyBytes(body.base64.decode())) {
      const span = body.base64.sourceSpan(from, to);
      const form = formInside('base64', secret.form);
      const rule = secret.kind === 'encrypted-key' ? 'encrypted-private-key' : 'base64-private-key';
      sink.secret(rule, view.byteIndex(span.from), view.byteIndex(span.to), { ...secret, form });
    }
    body.base64.wipe();
  },
);

/** Whether the base64 text that begins at `start` has a label or a head by which it is judged from there. */
export function isReadFromStart(view: TextView, start: number): boolean {
  return HEADS.some(({ text, offset }) => view.startsWith(text, start + offset)) || belongsToPem(view, start);
}

/** Characters before the first line of a PEM text whose lines carry something else. */
const MAX_FRAME = 256;

/** Whether the PEM detector reports this text: a BEGIN line comes right before, or with words between. */
function belongsToPem(view: TextView, start: number): boolean {
  if (followsLabel(view, start)) return true;
  const words = view.slice(Math.max(0, start - MAX_FRAME), start).lastIndexOf(PEM_WORDS);
  if (words < 0) return false;
  const { findings } = readPemKey(view, Math.max(0, start - MAX_FRAME) + words);
  return findings.some((finding) => isWholeKey(finding) && finding.from < start && start < finding.to);
}

/** Whether a BEGIN line with `PRIVATE KEY` comes right before. */
function followsLabel(view: TextView, start: number): boolean {
  let at = start;
  while (start - at < MAX_GAP && view.code(at - 1) !== 0x2d) at--;
  if (view.code(at - 1) !== 0x2d) return false;
  if (!isGap(view, at, start)) return false;
  const line = view.slice(at - 32, at);
  const words = line.lastIndexOf(PEM_WORDS);
  return words >= 0 && /^(?: BLOCK)? ?-{4,5}$/.test(line.slice(words + PEM_WORDS.length)) && !line.includes('END ');
}

/** Only blanks, escapes, quotes and what joins string literals stand in `[from, to)`. */
function isGap(view: TextView, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const escaped = readEscape(view, at);
    const code = escaped?.code ?? view.code(at);
    if (!isBlank(code) && !'"\'`+.,&>#*|'.includes(String.fromCharCode(code))) return false;
    at = escaped?.next ?? at + 1;
  }
  return true;
}
