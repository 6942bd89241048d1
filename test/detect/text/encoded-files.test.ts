/** Whole files in base64 and in hexadecimal: the same keys as in the files themselves, named by the programs' manifest. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/detect/registry.js';
import { CASES } from './keys.js';
import { encode, fixture, manifest, plant, scan, spkis } from './support.js';

const named = manifest().filter(({ spki }) => spki !== '-');
const found = (text: string): Set<string> => new Set(spkis(scan(DETECTORS, plant(encode(text, 'ascii'), 50))));
const derOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');

describe.each(named.filter(({ kind }) => /ppk|putty|jwk|xml|age|wireguard/i.test(kind)))('$file', ({ file, spki }) => {
  it('is found in base64', () => {
    const text = Buffer.from(fixture(file), 'latin1').toString('base64');
    expect(found(text)).toContain(spki);
    expect(found(text.replaceAll(/.{76}/g, '$&\n'))).toContain(spki);
  });
});

describe.each(named.filter(({ kind, file }) => kind === 'plain' && /ppk$|^openpgp/.test(file)))(
  '$file',
  ({ file, spki }) => {
    it('is found in hexadecimal', () => {
      const hex = Buffer.from(fixture(file), 'latin1').toString('hex');
      expect(found(` ${hex} `)).toContain(spki);
      expect(found(` ${(hex.match(/../g) ?? []).join(' ')} `)).toContain(spki);
    });
  },
);

describe.each(['rsa', 'ed25519'])('the OpenPGP key %s', (name) => {
  it('is found in hexadecimal', () => {
    const file = readFileSync(new URL(`../../fixtures/openpgp/${name}.pgp`, import.meta.url));
    expect(found(` ${file.toString('hex')} `).size).toBeGreaterThan(0);
  });
});

describe.each(CASES)('$name as $form in hexadecimal', ({ pem, spki }) => {
  const der = derOf(pem);
  const pairs = der.toString('hex').match(/../g) ?? [];
  it.each([
    ['lowercase', der.toString('hex')],
    ['uppercase', der.toString('hex').toUpperCase()],
    ['with 0x before it', `0x${der.toString('hex')}`],
    ['as bytea', `\\x${der.toString('hex')}`],
    ['with colons', pairs.join(':')],
    ['with colons, in lines', pairs.join(':').replaceAll(/.{45}/g, '$&\n    ')],
    ['with blanks', pairs.join(' ')],
    ['with dashes, as .NET prints it', pairs.join('-').toUpperCase()],
    ['with commas, as in a registry file', `hex:${pairs.join(',').replaceAll(/.{75}/g, '$&\\\n  ')}`],
    ['as an array', pairs.map((pair) => `0x${pair}`).join(', ')],
    ['as an array in lines', pairs.map((pair, i) => `0x${pair},${i % 12 === 11 ? '\n  ' : ' '}`).join('')],
    ['as escapes', pairs.map((pair) => `\\x${pair}`).join('')],
  ])('is found %s', (_how, text) => {
    expect(found(` ${text} `)).toEqual(new Set([spki]));
  });

  it('is found as PEM in hexadecimal', () => {
    expect(found(Buffer.from(pem).toString('hex'))).toEqual(new Set([spki]));
  });
});

describe('hexadecimal text', () => {
  it('has its place told to the digit', () => {
    const [first] = CASES;
    const hex = derOf(first?.pem ?? '').toString('hex');
    const { secrets } = scan(DETECTORS, plant(encode(` ${hex} `, 'ascii'), 50));
    expect(secrets[0]).toMatchObject({ from: 51, to: 51 + hex.length });
  });

  it('of identifiers alone is no finding', () => {
    expect(found('2a864886f70d010101 2a8648ce3d0201 feedfeed00000002 0201010420')).toEqual(new Set());
  });
});

describe.each(CASES)('$name as $form in bare base64', ({ pem, spki }) => {
  const text = derOf(pem).toString('base64');
  it.each(['X', '\0\x06X', 'AAAAX', '/+9zZ'])('is found where %j stands against it', (before) => {
    expect(found(`\0${before}${text}\0`)).toContain(spki);
  });
});

describe('a long encoded text', () => {
  const pems = CASES.filter(({ pem }) => pem.length < 400);
  const bundle = Array.from({ length: 300 }, (_, i) => `${pems[i % pems.length]?.pem}${'#'.repeat(1500)}\n`).join('');
  const last = CASES.find(({ form, name }) => form === 'PKCS#8' && name === 'RSA-2048');

  it('has the keys at its end found as those at its beginning', () => {
    const text = bundle + last?.pem;
    expect(text.length).toBeGreaterThan(400 * 1024);
    expect(found(Buffer.from(text).toString('base64'))).toContain(last?.spki);
    const der = derOf(last?.pem ?? '');
    const filler = Buffer.alloc(1000, 0x30);
    const ders = Array.from({ length: 200 }, (_, i) =>
      Buffer.concat([derOf(pems[i % pems.length]?.pem ?? ''), filler]),
    );
    expect(found(Buffer.concat([...ders, der]).toString('hex'))).toContain(last?.spki);
  });
});
