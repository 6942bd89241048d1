/**
 * Kerberos in buffers: keytab files, which hold long-term keys of services, each as good as a password; credential caches,
 * which hold a ticket and its session key; and session keys in messages that lie there decrypted.
 */
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { type Credential, readCcache, readGranting } from './ccache.js';
import { readKeytab } from './keytab.js';
import { kerberosKey } from './names.js';
import { KEY_HEADS, readSessionKey } from './session-key.js';

export const keytabDetector: Detector = {
  name: 'kerberos-keytab',
  // With the first bytes of the length of the first entry, which is shorter than 256 bytes in all but odd ones.
  anchors: [hexAnchor('0502000000')],
  detect({ bytes, at }: Hit, sink: Sink): void {
    for (const { from, to, principal, enctype, key } of readKeytab(bytes.subarray(at))) {
      const notes = [`principal ${principal}`, enctype];
      sink.secret('kerberos-keytab', at + from, at + to, kerberosKey('Kerberos keytab', to - from, key, notes));
    }
  },
};

const [FILE, GRANTING] = ['file', 'granting'];

export const ccacheDetector: Detector = {
  name: 'kerberos-ticket',
  anchors: [
    // Version 4: no fields in the header, or the clock's offset alone, which MIT krb5 writes.
    hexAnchor('0504000000000001', FILE),
    hexAnchor('0504000c00010008', FILE),
    // Version 3: the principal is of type 1, and Java's of type 0 or 1.
    hexAnchor('0503000000010000', FILE),
    hexAnchor('0503000000000000', FILE),
    hexAnchor('000000066b7262746774', GRANTING),
  ],
  detect({ bytes, at, anchor }: Hit, sink: Sink): void {
    const tell = ({ from, to, key, notes }: Credential, base: number) =>
      sink.secret('kerberos-ticket', base + from, base + to, kerberosKey('Kerberos credential', to - from, key, notes));
    if (anchor.tag === FILE) {
      for (const credential of readCcache(bytes.subarray(at))) tell(credential, at);
      return;
    }
    const credential = readGranting(bytes, at);
    if (credential) tell(credential, 0);
  },
};

export const sessionKeyDetector: Detector = {
  name: 'kerberos-session-key',
  anchors: KEY_HEADS.map((head) => hexAnchor(head)),
  detect({ bytes, at }: Hit, sink: Sink): void {
    const found = readSessionKey(bytes, at);
    if (found === undefined) return;
    const { from, to, key, notes } = found;
    sink.secret('kerberos-session-key', from, to, kerberosKey('Kerberos EncryptionKey', to - from, key, notes));
  },
};
