/**
 * Public keys in text: PEM and bare base64 of SubjectPublicKeyInfo and RSAPublicKey, and SSH public keys as in
 * `authorized_keys` and `known_hosts`. Public data, by which private keys are recognised that exist only as numbers.
 */
import { spki } from '../../prove/identity.js';
import { publicKeyDetector } from '../der/public-keys.js';
import type { Detector, Sink } from '../detector.js';
import { detectNested } from '../nested.js';
import { readBase64Body } from './base64-body.js';
import { readPemBegin } from './pem-label.js';
import { parseSshPublicKey } from './ssh-blob.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** Characters of a key of 16384 bits, with line ends. */
const MAX_TEXT = 4096;

/** How base64 of SubjectPublicKeyInfo begins: RSA of 1024, 2048, 3072 and 4096 bits, and the curves. */
const SPKI_HEADS = [
  'MIGfMA0GCSqGSIb3',
  'MIIBIjANBgkqhkiG',
  'MIIBojANBgkqhkiG',
  'MIICIjANBgkqhkiG',
  'MFkwEwYHKoZIzj0C',
  'MHYwEAYHKoZIzj0C',
  'MIGbMBAGByqGSM49',
  'MFYwEAYHKoZIzj0C',
  'MCowBQYDK2VwAyEA',
  'MCowBQYDK2VuAyEA',
];
/** Blobs of `ssh-rsa`, `ssh-ed25519` and `ecdsa-sha2-…`, in base64. */
const SSH_HEADS = ['AAAAB3NzaC1yc2EA', 'AAAAC3NzaC1lZDI1', 'AAAAE2VjZHNhLXNo'];
/** PEM of RSAPublicKey (RFC 8017 appendix A.1.1), which has no head of its own, and of all others. */
const PEM_WORDS = ['BEGIN RSA PUBLIC KEY', 'BEGIN PUBLIC KEY'];

const DER = 'der';
const SSH = 'ssh';
const PEM = 'pem';

export const publicKeyTextDetector: Detector = textDetector(
  'public-key-text',
  [
    ...SPKI_HEADS.flatMap((head) => namedTextAnchors(head, DER)),
    ...SSH_HEADS.flatMap((head) => namedTextAnchors(head, SSH)),
    ...PEM_WORDS.flatMap((words) => namedTextAnchors(words.slice(0, 16), PEM)),
  ],
  ({ view, at, name }, sink) => {
    let from = at;
    if (name === PEM) {
      const words = PEM_WORDS.find((each) => view.startsWith(each, at));
      const begin = words === undefined ? undefined : readPemBegin(view, at, words);
      if (begin === undefined) return;
      from = begin.bodyFrom;
    }
    const bytes = readBase64Body(view, from, from + MAX_TEXT).base64.decode();
    if (name === SSH) sink.publicKey(spki(parseSshPublicKey(bytes)));
    else collect(bytes, sink);
  },
);

function collect(bytes: Uint8Array, sink: Sink): void {
  detectNested(bytes, [publicKeyDetector], {
    publicKey: (key) => sink.publicKey(key),
    certificate: () => {},
    undecided: () => {},
  });
}
