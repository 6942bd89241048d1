/** All detectors, in the order in which they judge hits at the same position. */
import { DER_DETECTORS } from './der/detectors.js';
import type { Detector } from './detector.js';
import { javaKeystoreDetector } from './java-keystore/detector.js';
import { libgcryptDetector } from './libgcrypt/detector.js';
import { openPgpDetector } from './openpgp/detector.js';
import { openSshDetector, openSshWireDetector } from './openssh/detector.js';
import { pkcs12Detector } from './pkcs12/detector.js';
import { TEXT_DETECTORS } from './text/detectors.js';
import { capiDetector, cngDetector } from './windows/detector.js';

export const DETECTORS: readonly Detector[] = [
  ...DER_DETECTORS,
  pkcs12Detector,
  javaKeystoreDetector,
  openSshDetector,
  openSshWireDetector,
  openPgpDetector,
  libgcryptDetector,
  cngDetector,
  capiDetector,
  ...TEXT_DETECTORS,
];
