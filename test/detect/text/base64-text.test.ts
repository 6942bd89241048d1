import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/detect/registry.js';
import { CASES } from './keys.js';
import { ENCODINGS, encode, fixture, manifest, plant, scan, spkis } from './support.js';

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

/** What is left when the allocator's links, or another write, took the beginning: from the first digits on. */
describe.each(CASES)('$name as $form, in base64 without its beginning', ({ name, pem, form, spki }) => {
  // SEC1 begins with the scalar: nothing may be missing there.
  // Of a short PKCS#1 key, a line end may break the one word that is left behind the header of its modulus.
  const lost = form === 'SEC1' ? [0] : name === 'RSA-1024' ? [1, 4] : [1, 4, 6, 9];
  it.each(lost)('is found where %i digits are missing', (digits) => {
    const rest = pem.slice(pem.indexOf('\n') + 1 + digits);
    for (const text of [rest, JSON.stringify(rest), rest.replaceAll('\n', '')]) {
      expect(new Set(found(`\0\0\0\0${text}`))).toEqual(new Set([spki]));
    }
  });
});

describe('base64 without its beginning', () => {
  it.each(CASES.filter(({ name }) => name === 'RSA-2048'))(
    'has an RSA key found without its first line: $form',
    ({ pem, spki }) => {
      for (const lost of [32, 48, 64, 100]) expect(new Set(found(`\0${pem.slice(lost)}`))).toEqual(new Set([spki]));
    },
  );

  it.each(manifest().filter(({ file }) => /^openssh-(?:ed25519|rsa|ecdsa)/.test(file)))(
    'has the key of $file found',
    ({ file, spki }) => {
      for (const lost of [32, 40, 48, 64]) expect(found(`\0${fixture(file).slice(lost)}`)).toContain(spki);
    },
  );

  it.each(['rsa', 'locked-rsa', 'ed25519'])(
    'has the OpenPGP key %s found, whole and without its first digits',
    (name) => {
      const file = readFileSync(new URL(`../../fixtures/openpgp/${name}.pgp`, import.meta.url));
      const text = file.toString('base64');
      expect(found(` ${text} `).length).toBeGreaterThan(0);
      expect(found(` ${text.replaceAll(/.{64}/g, '$&\n')} `).length).toBeGreaterThan(0);
      // Of an encrypted key nothing could be proven.
      if (name === 'rsa') expect(found(`\0${text.slice(16)}`).length).toBeGreaterThan(0);
    },
  );

  it('has a JKS in base64url found', () => {
    const file = readFileSync(new URL('../../fixtures/java-keystore/changeit.jks', import.meta.url));
    expect(found(` ${file.toString('base64url')} `).length).toBeGreaterThan(0);
  });

  it('of a public key or a certificate is no finding', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
    expect(found(pem.slice(32))).toEqual([]);
  });
});

describe.each(CASES)('$name as $form in base64 of base64', ({ pem, spki }) => {
  it('is found without a label', () => {
    const body = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    expect(new Set(found(base64(body)))).toEqual(new Set([spki]));
  });
});
