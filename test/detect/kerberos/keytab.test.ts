import { describe, expect, it } from 'vitest';
import { keytabDetector } from '../../../src/detect/kerberos/detector.js';
import { cutEverywhere, fixture, flipBits, plant, scan } from '../binary-harness.js';

const FILE = fixture('kerberos/service.keytab');
/** As klist prints them: version, principal, type of the key, the key. */
const PRINTED = [
  ...Buffer.from(fixture('kerberos/service.txt'))
    .toString('latin1')
    .matchAll(/^ +(\d+) (\S+) \((\S+)\) +\(0x([0-9a-f]+)\)$/gm),
].map(([, , principal, enctype, key]) => ({ principal, enctype, key }));

describe('a keytab of MIT krb5', () => {
  it('gives the keys that klist prints, those of services by name, users by their realm', () => {
    expect(PRINTED).toHaveLength(3);
    const found = scan([keytabDetector], plant(FILE, 3).bytes).found.map(({ secret }) => secret);
    expect(found).toMatchObject(
      PRINTED.map(({ principal = '', enctype }) => ({
        key: { type: 'symmetric' },
        notes: [`principal ${principal.replace(/^robot/, '')}`, enctype],
      })),
    );
    const keys = found.map((secret) =>
      secret.kind === 'private-key' && secret.key.type === 'symmetric'
        ? Buffer.from(secret.key.secret).toString('hex')
        : '',
    );
    expect(keys.every((key, i) => key === PRINTED[i]?.key)).toBe(true);
  });

  it('whose end is lost gives the entries before', () => {
    expect(scan([keytabDetector], FILE.subarray(0, FILE.length - 20)).found).toHaveLength(2);
  });

  it('throws nothing wherever it is cut or damaged', () => {
    const use = (bytes: Uint8Array) => void scan([keytabDetector], bytes);
    cutEverywhere(FILE, use);
    flipBits(FILE, 500, 7, use);
  });
});
