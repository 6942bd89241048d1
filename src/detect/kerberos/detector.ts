/** Keytab files of Kerberos in buffers: long-term keys of services, each as good as a password. */
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { readKeytab } from './keytab.js';

export const keytabDetector: Detector = {
  name: 'kerberos-keytab',
  // With the first bytes of the length of the first entry, which is shorter than 256 bytes in all but odd ones.
  anchors: [hexAnchor('0502000000')],
  detect({ bytes, at }: Hit, sink: Sink): void {
    for (const { from, to, principal, enctype, key } of readKeytab(bytes.subarray(at))) {
      sink.secret('kerberos-keytab', at + from, at + to, {
        kind: 'private-key',
        form: 'Kerberos keytab',
        length: to - from,
        key: { type: 'symmetric', secret: key },
        whole: true,
        notes: [`principal ${principal}`, enctype],
      });
    }
  },
};
