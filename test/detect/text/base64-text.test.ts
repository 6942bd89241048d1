import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/detect/registry.js';
import { CASES } from './keys.js';
import { ENCODINGS, encode, plant, scan, spkis } from './support.js';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const found = (text: string): string[] => spkis(scan(DETECTORS, plant(encode(text, 'ascii'), 50)));

describe.each(CASES)('$name as $form in PEM in base64', ({ pem, form, spki }) => {
  it('is found at each position in a group of three, and bounded exactly', () => {
    for (const before of ['', '#', '\r\n', 'key:']) {
      const text = base64(before + pem.trimEnd());
      const { secrets } = scan(DETECTORS, plant(encode(` ${text}\0`, 'ascii'), 50));
      expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
      expect(secrets[0]).toMatchObject({ rule: 'pem-private-key', secret: { form: `PEM ${form} in base64` } });
      const from = 51 + Math.floor((before.length * 8) / 6);
      expect([secrets[0]?.from, secrets[0]?.to]).toEqual([from, 51 + text.replace(/=+$/, '').length]);
    }
  });

  it.each(ENCODINGS)('is found in %s', (encoding) => {
    expect(spkis(scan(DETECTORS, plant(encode(base64(pem), encoding), 51)))).toEqual([spki]);
  });
});

describe('PEM in base64', () => {
  const [first, second] = CASES as [(typeof CASES)[0], (typeof CASES)[0]];

  it.each([
    ['wrapped at 76', base64(first.pem).replaceAll(/.{76}/g, '$&\n')],
    ['wrapped, in JSON', JSON.stringify(base64(first.pem).replaceAll(/.{64}/g, '$&\r\n'))],
    ['in the YAML of a secret', `data:\n  tls.key: ${base64(first.pem)}\ntype: kubernetes.io/tls\n`],
    ['without padding', base64(first.pem).replace(/=+$/, '')],
    ['without its end', base64(first.pem.slice(0, first.pem.indexOf('-----END')))],
  ])('is found %s', (_how, text) => {
    expect(found(text)).toEqual([first.spki]);
  });

  it.each([60, 61, 64, 70, 72, 76])('is found wherever a line of %i breaks it', (width) => {
    for (let before = 0; before < width; before++) {
      const text = base64(`${'#'.repeat(before)}\n${first.pem}`);
      const wrapped = text.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n');
      expect([before, ...new Set(found(wrapped))]).toEqual([before, first.spki]);
    }
  });

  it('is found in UTF-16 inside, and in base64 inside', () => {
    expect(found(Buffer.from(first.pem, 'utf16le').toString('base64'))).toEqual([first.spki]);
    expect(found(base64(base64(first.pem)))).toEqual([first.spki]);
  });

  it('is found for each key of a file', () => {
    expect(found(base64(`${first.pem}text\n${second.pem}`)).sort()).toEqual([first.spki, second.spki].sort());
  });

  it('is no finding when it is a label', () => {
    expect(found(base64('-----BEGIN RSA PRIVATE KEY-----'))).toEqual([]);
    expect(found(base64('-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n'))).toEqual([]);
    expect(found(base64('see PRIVATE KEY for more'))).toEqual([]);
  });
});
