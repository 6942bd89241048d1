/** All detectors, in the order in which they judge hits at the same position. */
import { chachaDetector } from './chacha.js';
import { DER_DETECTORS } from './der/detectors.js';
import { publicKeyDetector } from './der/public-keys.js';
import type { Detector } from './detector.js';
import { dpapiDetector } from './dpapi/detector.js';
import { javaKeystoreDetector } from './java-keystore/detector.js';
import { credsDetector } from './kerberos/creds.js';
import { ccacheDetector, keytabDetector, sessionKeyDetector } from './kerberos/detector.js';
import { libgcryptDetector } from './libgcrypt/detector.js';
import { openPgpDetector } from './openpgp/detector.js';
import { openSshDetector, openSshWireDetector } from './openssh/detector.js';
import { pkcs12Detector } from './pkcs12/detector.js';
import { base64TextDetector } from './text/base64-text.js';
import { decimalTextDetector } from './text/decimal-text.js';
import { TEXT_DETECTORS } from './text/detectors.js';
import { hexTextDetector } from './text/hex-text.js';
import { capiDetector, cngDetector } from './windows/detector.js';

/** Those that read the memory as it is. */
const PLAIN: readonly Detector[] = [
  ...DER_DETECTORS,
  publicKeyDetector,
  pkcs12Detector,
  javaKeystoreDetector,
  openSshDetector,
  openSshWireDetector,
  openPgpDetector,
  libgcryptDetector,
  cngDetector,
  capiDetector,
  keytabDetector,
  ccacheDetector,
  sessionKeyDetector,
  credsDetector,
  dpapiDetector,
  chachaDetector,
  ...TEXT_DETECTORS,
];

/** Those that decode a text and look into it; one in another, so that base64 of base64 is read, but no deeper. */
const ENCODED: readonly Detector[] = encoded(PLAIN);

export const DETECTORS: readonly Detector[] = [...PLAIN, ...encoded([...PLAIN, ...ENCODED])];

function encoded(inner: readonly Detector[]): Detector[] {
  return [base64TextDetector(inner), hexTextDetector(inner), decimalTextDetector(inner)];
}
