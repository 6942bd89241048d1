import { describe, expect, it } from 'vitest';
import { base64DerDetector } from '../../../src/detect/text/base64-der.js';
import { TEXT_DETECTORS } from '../../../src/detect/text/detectors.js';
import { CASES } from './keys.js';
import { ENCODINGS, encode, fixture, plant, scan, spkis } from './support.js';

const found = (text: string): string[] => spkis(scan(TEXT_DETECTORS, plant(encode(text, 'ascii'), 50)));

describe.each(CASES)('$name as $form in base64', ({ der, form, spki }) => {
  const text = der.toString('base64');

  it.each(ENCODINGS)('is found in %s, and bounded exactly', (encoding) => {
    const body = encode(`"${text}"`, encoding);
    const { secrets } = scan(TEXT_DETECTORS, plant(body, 51));
    expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
    expect(secrets[0]).toMatchObject({ rule: 'base64-private-key', secret: { form: `base64 ${form}` } });
    const stride = encoding === 'ascii' ? 1 : 2;
    const digits = text.replace(/=+$/, '').length;
    expect(Math.abs((secrets[0]?.from ?? 0) - 51 - stride)).toBeLessThan(stride);
    expect(Math.abs((secrets[0]?.to ?? 0) - 51 - stride * (1 + digits))).toBeLessThan(stride);
  });

  it('is found wrapped, escaped and as base64url', () => {
    const wrapped = text.replaceAll(/.{64}/g, '$&\n');
    expect(found(wrapped)).toEqual([spki]);
    expect(found(JSON.stringify({ key: wrapped }))).toEqual([spki]);
    expect(found(`KEY=${der.toString('base64url')}\0`)).toEqual([spki]);
    expect(found(`key=${encodeURIComponent(wrapped)}&x=y`)).toEqual([spki]);
  });

  it('is found after a BEGIN line that a freed heap block has lost', () => {
    const wrapped = text.replaceAll(/.{64}/g, '$&\n');
    expect(found(`TE KEY-----\n${wrapped}\n-----END PRIVATE KEY-----`)).toEqual([spki]);
    expect(found(`\0\0\0\0-----\n${wrapped}`)).toEqual([spki]);
    expect(found(`-----BEGIN SOMETHING-----\n${wrapped}\n-----END SOMETHING-----`)).toEqual([spki]);
  });

  it('is left to the PEM detector where it has its label', () => {
    const wrapped = text.replaceAll(/.{64}/g, '$&\n');
    for (const gap of ['\n', '\r\n', '\\n', '\\\\r\\\\n', '', '\n    ', '%0A', '&#10;', '\\n" +\n    "']) {
      const pem = `-----BEGIN PRIVATE KEY-----${gap}${wrapped.replaceAll('\n', gap)}${gap}-----END PRIVATE KEY-----`;
      expect(scan(base64DerDetector, encode(pem, 'ascii')).secrets).toEqual([]);
    }
  });
});

describe('base64 without a label', () => {
  it.each(['openssh-ed25519.pem', 'openssh-rsa.pem', 'openssh-ecdsa.pem', 'ec-with-parameters.pem'])(
    'is found where %s has lost its labels',
    (file) => {
      const lines = fixture(file).trim().split('\n');
      const body = lines.slice(lines.lastIndexOf(lines.findLast((line) => line.includes('BEGIN')) ?? '') + 1, -1);
      expect(scan(TEXT_DETECTORS, plant(encode(body.join('\n'), 'ascii'), 50)).secrets).toHaveLength(1);
    },
  );

  it.each(['pbes2-rsa.pem', 'pkcs12-pbe-rsa.pem', 'openssh-encrypted.pem'])('is encrypted in %s', (file) => {
    const body = fixture(file).replaceAll(/-----.*\n/g, '');
    const { secrets } = scan(TEXT_DETECTORS, plant(encode(body, 'ascii'), 50));
    expect(secrets).toMatchObject([{ secret: { kind: 'encrypted-key' } }]);
  });

  it('is no finding in the middle of other base64, nor when it is no key', () => {
    const text = CASES[0]?.der.toString('base64') ?? '';
    expect(found(`${'A'.repeat(8)}${text}`)).toEqual([]);
    expect(found(text.slice(4))).toEqual([]);
    expect(found('MIIEvQIBADANBgkqhkiG9w0BAQEFAASC MHcCAQEEI MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A')).toEqual([]);
  });
});
