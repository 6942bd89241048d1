/** Private keys of libgcrypt and gpg-agent as s-expressions: canonical, as text, and in libgcrypt's memory layout. */
import { concatBytes } from '../../bytes/convert.js';
import { type Anchor, anchor, type Detector, type Hit, type Sink } from '../detector.js';
import { parsePrivateKeySexp } from './parse.js';
import type { Notation } from './sexp.js';

const KINDS = ['private-key', 'protected-private-key'] as const;

export const libgcryptDetector: Detector = {
  name: 'libgcrypt',
  anchors: KINDS.flatMap((kind): Anchor[] => [
    anchor(`(${kind.length}:${kind}(`, 'text'),
    anchor(`(${kind}`, 'text'),
    memoryAnchor(kind, 'memory-le'),
    memoryAnchor(kind, 'memory-be'),
  ]),
  detect({ bytes, at, anchor: { tag } }: Hit, sink: Sink): void {
    for (const secret of parsePrivateKeySexp(bytes.subarray(at), tag as Notation)) {
      sink.secret('libgcrypt-private-key', at, at + secret.length, secret);
    }
  },
};

/** Open tag, data tag, 16-bit length, and the name. */
function memoryAnchor(kind: string, notation: Notation): Anchor {
  const length = notation === 'memory-le' ? [kind.length, 0] : [0, kind.length];
  return anchor(concatBytes(Uint8Array.of(3, 1, ...length), Buffer.from(kind, 'latin1')), notation);
}
