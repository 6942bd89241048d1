/** OpenSSH private keys in binary: the `openssh-key-v1` container, and the bare serialisation that agents handle. */
import { concatBytes } from '../../bytes/convert.js';
import { spki } from '../../prove/identity.js';
import { prove } from '../../prove/prove.js';
import { ifWellFormed } from '../der/whole.js';
import { type Anchor, anchor, type Detector, type Hit, type Sink } from '../detector.js';
import { parseSshPublicKey } from '../text/ssh-blob.js';
import { OPENSSH_MAGIC, parseOpenSshPrivateKey } from './parse.js';
import { readWirePrivateKey, WIRE_KEY_TYPES } from './private-wire.js';

export const openSshDetector: Detector = {
  name: 'openssh',
  anchors: [anchor(OPENSSH_MAGIC)],
  detect({ bytes, at }: Hit, sink: Sink): void {
    for (const secret of parseOpenSshPrivateKey(bytes.subarray(at))) {
      sink.secret('openssh-private-key', at, at + secret.length, secret);
    }
  },
};

/** Longest serialisation that is read: a 16384-bit RSA key with a certificate. */
const MAX_WIRE = 64 * 1024;

export const openSshWireDetector: Detector = {
  name: 'openssh-wire',
  anchors: WIRE_KEY_TYPES.flatMap((type) => [typeAnchor(type), typeAnchor(`${type}-cert-v01@openssh.com`)]),
  detect({ bytes, at }: Hit, sink: Sink): void {
    const known = ifWellFormed(() => parseSshPublicKey(bytes.subarray(at, at + MAX_WIRE)));
    if (known) sink.publicKey(spki(known));
    const wire = readWirePrivateKey(bytes.subarray(at, at + MAX_WIRE));
    // Public blobs begin alike and are everywhere: only arithmetic tells that what follows is the private half.
    if (wire.key === undefined || prove(wire.key)?.confidence !== 'proven') return;
    const { key, whole, length } = wire;
    const form = 'SSH agent private key';
    const secret = { kind: 'private-key', form, length, key, whole } as const;
    sink.secret('openssh-wire-private-key', at, at + length, secret);
  },
};

/** The type as an SSH string, followed by the high bytes of the next string's length; cut to an anchor's 32 bytes. */
function typeAnchor(type: string): Anchor {
  const text = Buffer.from(type, 'latin1');
  const bytes = concatBytes(Uint8Array.of(0, 0, 0, text.length), text, Uint8Array.of(0, 0));
  return anchor(bytes.slice(0, 32));
}
