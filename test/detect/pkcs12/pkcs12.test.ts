import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { berToDer } from '../../../src/detect/pkcs12/ber.js';
import { pkcs12Detector } from '../../../src/detect/pkcs12/detector.js';
import { parsePkcs12 } from '../../../src/detect/pkcs12/secrets.js';
import { cpuTimer } from '../../support/cpu.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan, spkiSha256 } from '../binary-harness.js';
import { toIndefinite } from './indefinite.js';

const OPENED = 'opens with a well-known default password';

function certificate(name: string): X509Certificate {
  return new X509Certificate(fixture(`pkcs12/${name}.crt.der`));
}

function truth(name: string): string {
  return spkiSha256(certificate(name).publicKey);
}

function run(file: string): ReturnType<typeof scan> & { offset: number; length: number } {
  const bytes = fixture(`pkcs12/${file}.p12`);
  const planted = plant(bytes, 11);
  return { ...scan([pkcs12Detector], planted.bytes), offset: planted.offset, length: bytes.length };
}

describe('a PKCS#12 keystore', () => {
  it.each([
    ['aes-changeit', 'rsa'],
    ['aes-empty', 'ec'],
    ['null-password', 'rsa'],
    ['aes-ed25519', 'ed25519'],
    ['aes128-sha512', 'rsa'],
    ['legacy-changeit', 'rsa'],
    ['legacy-3des', 'ec'],
    ['nomac', 'rsa'],
    ['keytool', 'keytool'],
  ])('%s, under a default password, gives its key', (file, key) => {
    const { found, offset, length } = run(file);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ rule: 'pkcs12-keystore', severity: 'high', from: offset, to: offset + length });
    expect(found[0]?.key?.spkiSha256).toBe(truth(key));
    expect(found[0]?.evidence).toContain(OPENED);
  });

  it.each(['aes-own', 'legacy-own'])('%s, under another password, is an encrypted key', (file) => {
    const { found } = run(file);
    expect(found).toMatchObject([{ rule: 'pkcs12-keystore', confidence: 'parsed', severity: 'medium' }]);
    expect(found[0]?.evidence.join()).not.toContain(OPENED);
  });

  it('tells cipher and iterations', () => {
    expect(run('aes-own').found[0]?.evidence[0]).toBe('encrypted: PBES2 aes-256-cbc, PBKDF2, 2048 iterations');
    expect(run('legacy-own').found[0]?.evidence[0]).toBe('encrypted: PKCS#12 PBE 3DES, 2048 iterations');
  });

  it.each(['clear-key', 'clear-key-nomac'])('%s, not encrypted, is a critical key in the clear', (file) => {
    const { found } = run(file);
    expect(found).toMatchObject([{ rule: 'pkcs8-private-key', severity: 'critical', confidence: 'proven' }]);
    expect(found[0]?.key?.spkiSha256).toBe(truth(file === 'clear-key' ? 'rsa' : 'ec'));
    expect(found[0]?.evidence).not.toContain(OPENED);
  });

  it('of too many iterations is not tried, and says so', () => {
    const { found } = run('slow');
    expect(found).toMatchObject([{ confidence: 'parsed', severity: 'medium' }]);
    expect(found[0]?.evidence.join()).toContain('default passwords not tried');
    expect(found[0]?.evidence.join()).not.toContain(OPENED);
  });

  it('with certificates only holds no key', () => {
    const { found, certificates } = run('certificate-only');
    expect(found).toEqual([]);
    expect(certificates.map(({ spkiSha256: spki }) => spki)).toEqual([truth('rsa')]);
  });

  it.each([
    ['clear-key', 'rsa'],
    ['aes-changeit', 'rsa'],
    ['legacy-3des', 'ec'],
  ])('%s shows its certificate', (file, key) => {
    const [sighting] = run(file).certificates;
    expect(sighting?.sha256).toBe(createHash('sha256').update(certificate(key).raw).digest('hex'));
  });

  it('whose certificates are RC2-encrypted gives the key all the same', () => {
    expect(run('legacy-changeit').certificates).toEqual([]);
    expect(run('legacy-changeit').found[0]?.confidence).toBe('proven');
  });
});

describe('BER', () => {
  it.each(['aes-changeit', 'legacy-3des', 'clear-key', 'keytool'])(
    'of indefinite lengths (%s) reads the same',
    (file) => {
      const der = fixture(`pkcs12/${file}.p12`);
      const ber = toIndefinite(der);
      const planted = plant(ber, 12);
      const { found } = scan([pkcs12Detector], planted.bytes);
      expect(found.map(({ key }) => key?.spkiSha256)).toEqual(run(file).found.map(({ key }) => key?.spkiSha256));
      expect(found[0]).toMatchObject({ from: planted.offset, to: planted.offset + ber.length });
    },
  );

  it('becomes the DER that it was made from', () => {
    const der = fixture('pkcs12/aes-own.p12');
    const copy = berToDer(toIndefinite(der));
    expect(Buffer.from(copy.der).equals(der)).toBe(true);
  });

  it('of endless depth is refused', () => {
    expect(onlyExpected(() => berToDer(Buffer.from('3080'.repeat(1000), 'hex')))).toBeUndefined();
    expect(onlyExpected(() => berToDer(Buffer.from(`3084ffffffff${'0500'.repeat(5000)}`, 'hex')))).toBeUndefined();
  });
});

describe('damage', () => {
  it('gives a FormatError, a BoundsError, or what is there', () => {
    for (const file of ['aes-own', 'clear-key', 'legacy-own', 'nomac']) {
      const bytes = fixture(`pkcs12/${file}.p12`);
      cutEverywhere(bytes, (cut) => void onlyExpected(() => parsePkcs12(cut)), 13);
      flipBits(bytes, 25, 4, (damaged) => void scan([pkcs12Detector], damaged));
    }
  });

  it('in BER gives the same', () => {
    const bytes = toIndefinite(fixture('pkcs12/clear-key.p12'));
    cutEverywhere(bytes, (cut) => void onlyExpected(() => parsePkcs12(cut)), 5);
    flipBits(bytes, 100, 4, (damaged) => void scan([pkcs12Detector], damaged));
  });

  it('leaves copies of a keystore cheap', () => {
    const bytes = fixture('pkcs12/aes-own.p12');
    const many = Buffer.concat(Array.from({ length: 200 }, () => bytes));
    const elapsed = cpuTimer();
    expect(scan([pkcs12Detector], many).found).toHaveLength(200);
    expect(elapsed()).toBeLessThan(5000);
  });

  it('of anchors without keystores takes bounded time', () => {
    for (const pattern of [
      '3080020103308006092a864886f70d010701a080',
      '308203e8020103308203e006092a864886f70d010701',
    ]) {
      const bytes = Buffer.alloc(128 * 1024, Buffer.from(pattern, 'hex'));
      const elapsed = cpuTimer();
      expect(scan([pkcs12Detector], bytes).found).toEqual([]);
      expect(elapsed()).toBeLessThan(3000);
    }
  });
});
