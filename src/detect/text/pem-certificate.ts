/** Certificates in PEM: public data, collected to name keys by. Cheap, since a bundle of authorities holds hundreds. */

import { readCertificate } from '../der/certificates.js';
import { CARRY, type Detector } from '../detector.js';
import { readBase64Body } from './base64-body.js';
import { readPemBegin } from './pem-label.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** `BEGIN CERTIFICATE` cut to the sixteen characters of a UTF-16 anchor. */
const WORDS = 'BEGIN CERTIFICATE';

export const pemCertificateDetector: Detector = textDetector(
  'pem-certificate',
  [...namedTextAnchors('BEGIN CERTIFICAT'), ...namedTextAnchors('TRUSTED CERTIFIC')],
  (text, sink) => {
    const words = text.view.startsWith('TRUSTED', text.at) ? 'TRUSTED CERTIFICATE' : WORDS;
    if (!text.view.startsWith(words, text.at)) return;
    const begin = readPemBegin(text.view, text.at, words);
    if (begin === undefined) return;
    const body = readBase64Body(text.view, begin.bodyFrom, begin.bodyFrom + CARRY);
    sink.certificate(readCertificate(body.base64.decode()));
  },
);
