import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../src/detect/der/certificates.js';
import { DER_DETECTORS } from '../../../src/detect/der/detectors.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan } from '../binary-harness.js';
import { MANIFEST } from './support.js';

describe.each(['name.crt.der', 'pq-ML-DSA-44.crt.der', 'pq-ML-KEM-512.crt.der', 'rsa-pss.crt.der'])('%s', (file) => {
  const der = fixture(`der/${file}`);
  // A key restricted to PSS goes by the name of the key itself.
  const spki = MANIFEST.get(file === 'rsa-pss.crt.der' ? 'rsa-pss.der' : file);

  it('is seen, with the public key it carries', () => {
    const { certificates, found } = scan(DER_DETECTORS, plant(der, 4).bytes);
    expect(found).toEqual([]);
    expect(certificates).toHaveLength(1);
    expect(certificates[0]).toMatchObject({ spkiSha256: spki, sha256: createHash('sha256').update(der).digest('hex') });
    expect(new X509Certificate(certificates[0]?.der as Uint8Array).raw).toEqual(Buffer.from(der));
  });

  it('is not seen when cut, and damage throws nothing else than FormatError', () => {
    cutEverywhere(der, (cut) => expect(onlyExpected(() => readCertificate(cut))).toBeUndefined(), 5);
    flipBits(der, 300, 11, (damaged) => void onlyExpected(() => readCertificate(damaged)));
  });
});

it('one that claims to be longer than any certificate is not read', () => {
  const long = new Uint8Array(100_000);
  long.set([0x30, 0x83, 0x01, 0x80, 0x00, 0x30, 0x83, 0x01, 0x70, 0x00, 0xa0, 3, 2, 1, 2, 2, 1, 1]);
  expect(scan(DER_DETECTORS, long).certificates).toEqual([]);
});

it('its length field may look like another header', () => {
  // 0x3012 bytes: the outer length itself reads as a SEQUENCE of 18 bytes.
  const der = fixture('der/name.crt.der');
  const body = der.subarray(4);
  const padded = new Uint8Array(4 + 0x3012);
  padded.set([0x30, 0x82, 0x30, 0x12]);
  padded.set(body, 4);
  // What follows the signature belongs to the outer SEQUENCE and is passed over.
  padded.set([0x04, 0x82, (0x3012 - body.length - 4) >> 8, (0x3012 - body.length - 4) & 0xff], 4 + body.length);
  expect(scan(DER_DETECTORS, padded).certificates).toHaveLength(1);
});
