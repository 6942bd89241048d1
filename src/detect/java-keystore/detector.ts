/** Java keystores in binary: JKS and JCEKS. */
import { BoundsError, FormatError } from '../../errors.js';
import { readCertificate } from '../der/certificates.js';
import { type Detector, type Hit, hexAnchor, type Sink } from '../detector.js';
import { readJavaKeystore } from './parse.js';
import { secretsOfKeystore } from './secrets.js';

export const javaKeystoreDetector: Detector = {
  name: 'java-keystore',
  // With the version: the magics alone are favourite fill patterns.
  anchors: ['feedfeed', 'cececece'].flatMap((magic) => [1, 2].map((version) => hexAnchor(`${magic}0000000${version}`))),
  detect({ bytes, at }: Hit, sink: Sink): void {
    const content = bytes.subarray(at);
    const store = readJavaKeystore(content);
    for (const secret of secretsOfKeystore(content, store)) {
      sink.secret('java-keystore', at, at + store.length, secret);
    }
    for (const der of [...store.privateKeys.flatMap(({ chain }) => chain), ...store.trusted]) {
      try {
        sink.certificate(readCertificate(der));
      } catch (error) {
        if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
      }
    }
  },
};
