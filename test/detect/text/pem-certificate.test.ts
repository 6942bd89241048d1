import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pemCertificateDetector } from '../../../src/detect/text/pem-certificate.js';
import { ENCODINGS, encode, fixture, plant, scan, sha256 } from './support.js';

const PEM = fixture('certificate.pem');
const digest = sha256(new X509Certificate(PEM).raw);
const found = (text: string): string[] =>
  scan(pemCertificateDetector, plant(encode(text, 'ascii'), 50)).certificates.map((sighting) => sighting.sha256);

describe('certificates in PEM', () => {
  it.each(ENCODINGS)('are collected in %s', (encoding) => {
    const { certificates, secrets } = scan(pemCertificateDetector, plant(encode(PEM, encoding), 51));
    expect(certificates.map((sighting) => sighting.sha256)).toEqual([digest]);
    expect(secrets).toEqual([]);
  });

  it('are collected in JSON, in bundles and with the label TRUSTED', () => {
    expect(found(JSON.stringify(PEM))).toEqual([digest]);
    expect(found(`${PEM}\n# a comment\n${PEM}`)).toEqual([digest]);
    expect(found(PEM.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'))).toEqual([digest]);
  });

  it('are not bare labels, requests, or cut ones', () => {
    expect(found('-----BEGIN CERTIFICATE-----\0-----END CERTIFICATE-----')).toEqual([]);
    expect(found(PEM.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'))).toEqual([]);
    expect(found(PEM.slice(0, 200))).toEqual([]);
  });
});
