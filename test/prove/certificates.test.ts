import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/errors.js';
import { nameCertificate } from '../../src/prove/certificates.js';
import { Random } from '../support/random.js';

const file = (name: string) => readFileSync(new URL(`../fixtures/der/${name}`, import.meta.url));
const der = Uint8Array.from(file('name.crt.der'));

describe('a certificate', () => {
  it('is named as OpenSSL names it', async () => {
    const [subject, start, end] = file('name.crt.txt').toString('utf8').trim().split('\n');
    const name = await nameCertificate(der);
    expect(`subject=${name.subject}`).toBe(subject);
    expect(name.notBefore).toBe(isoOf(start));
    expect(name.notAfter).toBe(isoOf(end));
  });

  it.each(['name.crt.der', 'rsa-pss.crt.der', 'pq-ML-DSA-44.crt.der', 'pq-ML-KEM-512.crt.der'])(
    '%s has the serial number, validity and fingerprint that node:crypto reads',
    async (name) => {
      const certificate = new X509Certificate(file(name));
      const { serial, sha256, notBefore } = await nameCertificate(file(name));
      expect(BigInt(`0x${serial}`)).toBe(BigInt(`0x${certificate.serialNumber}`));
      expect(sha256).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
      expect(notBefore).toBe(new Date(certificate.validFrom).toISOString());
    },
  );

  it('may lie in shared memory', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(der.length));
    shared.set(der);
    expect(await nameCertificate(shared)).toEqual(await nameCertificate(der));
  });

  it('is refused when cut, followed by something, or too long', async () => {
    for (let length = 0; length < der.length; length++) {
      await expect(nameCertificate(der.subarray(0, length))).rejects.toThrow(FormatError);
    }
    await expect(nameCertificate(Uint8Array.from([...der, 0]))).rejects.toThrow(FormatError);
    await expect(nameCertificate(new Uint8Array(70_000))).rejects.toThrow('too long');
  });

  it('with damage is refused or named, and nothing else', async () => {
    const random = new Random(3);
    for (let round = 0; round < 500; round++) {
      const damaged = der.slice();
      damaged[4 + random.below(der.length - 4)] = random.below(256);
      try {
        const { subject } = await nameCertificate(damaged);
        // A name stays on one line.
        expect(subject).not.toMatch(/\p{Cc}/u);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
  });
});

/** `notBefore=2026-11-23 11:13:24Z` as ISO 8601. */
function isoOf(line: string | undefined): string {
  return new Date((line as string).split('=')[1] as string).toISOString();
}
