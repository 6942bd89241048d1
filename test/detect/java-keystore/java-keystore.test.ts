import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { javaKeystoreDetector } from '../../../src/detect/java-keystore/detector.js';
import { readJavaKeystore } from '../../../src/detect/java-keystore/parse.js';
import { parseJavaKeystore } from '../../../src/detect/java-keystore/secrets.js';
import { cpuTimer } from '../../support/cpu.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan, spkiSha256 } from '../binary-harness.js';

const OPENED = 'opens with a well-known default password';

function truth(file: string, alias: string): string {
  return spkiSha256(new X509Certificate(fixture(`java-keystore/${file}.${alias}.der`)).publicKey);
}

function run(file: string): ReturnType<typeof scan> & { offset: number; length: number } {
  const bytes = fixture(`java-keystore/${file}`);
  const planted = plant(bytes, 21);
  return { ...scan([javaKeystoreDetector], planted.bytes), offset: planted.offset, length: bytes.length };
}

describe('a Java keystore', () => {
  it('JKS under the default password gives its keys, proven', () => {
    const { found, offset, length } = run('changeit.jks');
    const expected = [truth('changeit.jks', 'one'), truth('changeit.jks', 'two')];
    expect(found.map(({ key }) => key?.spkiSha256).sort()).toEqual(expected.sort());
    for (const one of found) {
      expect(one).toMatchObject({ rule: 'java-keystore', severity: 'high', from: offset, to: offset + length });
      expect(one.evidence).toContain(OPENED);
    }
  });

  it('JCEKS under the default password with few rounds gives its key, proven', () => {
    const { found } = run('quick.jceks');
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: truth('quick.jceks', 'one') } }]);
    expect(found[0]?.evidence).toContain(OPENED);
  });

  it('JCEKS under the default password with many rounds says that the password is known', () => {
    const { found, offset, length } = run('changeit.jceks');
    const expected = [truth('changeit.jceks', 'one'), truth('changeit.jceks', 'two')];
    expect(found.map(({ key }) => key?.spkiSha256).sort()).toEqual(expected.sort());
    expect(found[0]).toMatchObject({ confidence: 'parsed', severity: 'medium', to: offset + length });
    expect(found[0]?.evidence).toEqual([
      'encrypted: JCEKS PBEWithMD5AndTripleDES',
      `keystore ${OPENED}`,
      'default passwords not tried: 200000 iterations',
    ]);
  });

  it.each(['own.jks', 'own.jceks'])('%s under another password is named by the certificate', (file) => {
    const { found } = run(file);
    expect(found).toMatchObject([
      { rule: 'java-keystore', confidence: 'parsed', severity: 'medium', key: { spkiSha256: truth(file, 'one') } },
    ]);
    expect(found[0]?.evidence.join()).not.toContain(OPENED);
  });

  it('of trusted certificates holds no secret, and shows the certificates', () => {
    const { found, certificates } = run('trust.jks');
    expect(found).toEqual([]);
    const der = fixture('java-keystore/changeit.jks.one.der');
    expect(certificates.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(der).digest('hex')]);
  });

  it('is walked over the secret keys between its entries', () => {
    const store = readJavaKeystore(fixture('java-keystore/changeit.jceks'));
    expect(store).toMatchObject({
      type: 'JCEKS',
      secretKeys: 1,
      length: fixture('java-keystore/changeit.jceks').length,
    });
    expect(store.privateKeys).toHaveLength(2);
  });

  it('whose last entry is a secret key is walked to its end', () => {
    const bytes = Buffer.from(fixture('java-keystore/changeit.jceks'));
    const heads = ['\x03\0\x03aes', '\x01\0\x03one', '\x01\0\x03two'].map((head) =>
      bytes.indexOf(Buffer.from(`\0\0\0${head}`, 'latin1')),
    );
    const ends = [...heads, bytes.length - 20].sort((a, b) => a - b);
    const [aes, one] = heads.map((head) => bytes.subarray(head, ends[ends.indexOf(head) + 1]));
    const store = Buffer.concat([bytes.subarray(0, 12), one as Buffer, aes as Buffer, Buffer.alloc(20)]);
    store.writeUInt32BE(2, 8);
    expect(readJavaKeystore(store)).toMatchObject({ secretKeys: 1, digestAt: store.length - 20, length: store.length });
  });

  it('that is cut behind its key is reported, and a JKS key is opened all the same', () => {
    const bytes = fixture('java-keystore/changeit.jks');
    const found = scan([javaKeystoreDetector], bytes.subarray(0, bytes.length - 100)).found;
    expect(found.some(({ evidence }) => evidence.includes(OPENED))).toBe(true);
  });
});

describe('damage', () => {
  it('gives a FormatError, a BoundsError, or what is there', () => {
    for (const file of ['changeit.jks', 'own.jks', 'changeit.jceks', 'trust.jks']) {
      const bytes = fixture(`java-keystore/${file}`);
      cutEverywhere(bytes, (cut) => void onlyExpected(() => parseJavaKeystore(cut)), 9);
      flipBits(bytes, 60, 4, (damaged) => void scan([javaKeystoreDetector], damaged));
    }
  });

  it('in fill patterns and lying counts takes bounded time', () => {
    for (const pattern of ['cececece', 'feedfeed00000002ffffffff', 'cececece00000001000010000000000100', 'feedfeed']) {
      const bytes = Buffer.alloc(
        512 * 1024,
        Buffer.from(pattern.padEnd(pattern.length + (pattern.length % 2), '0'), 'hex'),
      );
      const elapsed = cpuTimer();
      expect(scan([javaKeystoreDetector], bytes).found).toEqual([]);
      expect(elapsed()).toBeLessThan(3000);
    }
  });
});
