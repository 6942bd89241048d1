/** Byte lists as programs print them: the truth about each key is node:crypto's. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/detect/registry.js';
import { CASES } from './keys.js';
import { encode, fixture, manifest, plant, scan, spkis } from './support.js';

const found = (text: string): string[] => spkis(scan(DETECTORS, plant(encode(text, 'ascii'), 50)));
const derOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');

const NOTATIONS: ReadonlyArray<readonly [how: string, write: (bytes: Buffer) => string]> = [
  ['a Buffer in JSON', (bytes) => JSON.stringify({ key: bytes })],
  ['a list of Python or Rust', (bytes) => `[${[...bytes].join(', ')}]`],
  ['a slice of Go', (bytes) => `[${[...bytes].join(' ')}]`],
  ['a byte array of Java', (bytes) => `[${[...new Int8Array(bytes)].join(', ')}]`],
];

describe.each(CASES)('$name as $form in decimal numbers', ({ pem, spki }) => {
  it.each(NOTATIONS)('is found as %s', (_how, write) => {
    expect(new Set(found(write(derOf(pem))))).toEqual(new Set([spki]));
    expect(new Set(found(write(Buffer.from(pem))))).toEqual(new Set([spki]));
  });
});

describe('decimal numbers', () => {
  const [first] = CASES as [(typeof CASES)[0]];
  const list = [...derOf(first.pem)].join(',');

  it('have the place of a key told to the digit', () => {
    const { secrets } = scan(DETECTORS, plant(encode(`[7,${list},7]`, 'ascii'), 50));
    expect(secrets[0]).toMatchObject({ from: 53, to: 53 + list.length });
  });

  it('hold OpenSSH, PuTTY and key stores, too', () => {
    for (const { file, spki } of manifest().filter(({ file }) => /^openssh-(?:ed|rsa)|v[23]\.ppk$/.test(file))) {
      expect([file, ...found([...Buffer.from(fixture(file), 'latin1')].join(','))]).toContain(spki);
    }
    for (const name of ['changeit.jks', 'changeit.jceks']) {
      const file = readFileSync(new URL(`../../fixtures/java-keystore/${name}`, import.meta.url));
      expect(found(JSON.stringify(file)).length).toBeGreaterThan(0);
    }
  });

  it('of identifiers alone, or of other numbers, are no finding', () => {
    expect(found('42,134,72,134,247,13,1,1,1,5,0 2,1,0,2,130 2, 1, 1, 4, 32, 300, 5')).toEqual([]);
    expect(found(`[${[...derOf(first.pem)].map((byte) => byte + 1).join(',')}]`)).toEqual([]);
  });
});
