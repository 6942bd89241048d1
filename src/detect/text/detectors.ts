/** The detectors of keys in text: of private ones, and of the public ones that go with them. */
import type { Detector } from '../detector.js';
import { ageDetector } from './age.js';
import { base64DerDetector } from './base64-der.js';
import { jwkDetector } from './jwk.js';
import { minisignDetector } from './minisign.js';
import { pemDetector } from './pem.js';
import { pemCertificateDetector } from './pem-certificate.js';
import { publicKeyTextDetector } from './public-keys.js';
import { puttyDetector } from './putty.js';
import { wireguardDetector } from './wireguard.js';
import { xmlDetector } from './xml.js';

export const TEXT_DETECTORS: readonly Detector[] = [
  pemDetector,
  pemCertificateDetector,
  base64DerDetector,
  jwkDetector,
  xmlDetector,
  puttyDetector,
  ageDetector,
  minisignDetector,
  wireguardDetector,
  publicKeyTextDetector,
];
