import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TEXT_DETECTORS } from '../../../src/detect/text/detectors.js';
import { pemDetector } from '../../../src/detect/text/pem.js';
import { prove } from '../../../src/prove/prove.js';
import type { PrivateKey } from '../../../src/types.js';
import { CASES, keyNamed } from './keys.js';
import { ENCODINGS, encode, type Found, fixture, plant, scan, spkiOf, spkis } from './support.js';

const found = (text: string, offset = 70): string[] =>
  spkis(scan(TEXT_DETECTORS, plant(encode(text, 'ascii'), offset, text.length)));

describe.each(CASES)('$name as $form in PEM', ({ pem, form, spki }) => {
  it.each(ENCODINGS)('is found in %s, and bounded exactly', (encoding) => {
    for (const offset of [33, 1000]) {
      const body = encode(pem.trimEnd(), encoding);
      const { secrets } = scan(TEXT_DETECTORS, plant(body, offset, offset));
      expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
      expect(secrets[0]).toMatchObject({ rule: 'pem-private-key', secret: { form: `PEM ${form}` } });
      const slack = encoding === 'ascii' ? 0 : 1;
      expect(Math.abs((secrets[0]?.from ?? 0) - offset)).toBeLessThanOrEqual(slack);
      expect(Math.abs((secrets[0]?.to ?? 0) - offset - body.length)).toBeLessThanOrEqual(slack);
    }
  });

  it('is found whatever ends its lines', () => {
    const ends = ['\r\n', '\r', '', ' ', '\\n', '\\r\\n', '\\\\n', '\\\\\\\\n', '\\u000a', '\\x0a', '\\012'];
    ends.push('&#10;', '&#xA;', '&#13;&#10;', '&amp;#10;', '%0A', '%0D%0A', '%250A', '\n    ', '\n> ', '\n# ', '\n * ');
    ends.push('\\n"\n  "', '\\n" +\n\t"', "\\n' .\n'", '\\n",\n"', '\\n\\\n', '\\n\\\n  \\ ');
    for (const end of ends) {
      expect([end, found(pem.trimEnd().replaceAll('\n', end))]).toEqual([end, [spki]]);
    }
  });
});

const { pem: PEM, spki: SPKI } = CASES[0] as (typeof CASES)[0];
const LINES = PEM.trimEnd().split('\n');
const BODY = LINES.slice(1, -1).join('\n');

describe('PEM private keys', () => {
  it.each([
    ['no END line', PEM.slice(0, PEM.indexOf('-----END'))],
    ['a damaged END line', PEM.replace('-----END', 'xx\0xxEND')],
    ['an END line of another label', PEM.replace('END PRIVATE', 'END RSA PRIVATE')],
    ['damaged dashes before the label', PEM.replace('-----BEGIN ', '\0\x01\x02\x03\x04\x05\x06GIN ')],
    ['its first nine bytes overwritten', `\0\xff\x80\x01\x02\x90\0\0\0${PEM.slice(9)}`],
    ['a label that lies about the content', PEM.replaceAll('PRIVATE', 'EC PRIVATE')],
    ['the label ANY', PEM.replaceAll('PRIVATE', 'ANY PRIVATE')],
    ['its body in one line', `${LINES[0]}\n${BODY.replaceAll('\n', '')}\n${LINES.at(-1)}`],
    ['lines of 7', `${LINES[0]}\n${BODY.replaceAll('\n', '').replaceAll(/.{7}/g, '$&\n')}\n${LINES.at(-1)}`],
    ['base64url', PEM.replaceAll(/^[^-].*$/gm, (line) => line.replaceAll('+', '-').replaceAll('/', '_'))],
    ['no padding', PEM.replace(/=+\n/, '\n')],
    ['escaped slashes', PEM.replaceAll('/', '\\/')],
    ['a plus sign as .NET escapes it', JSON.stringify(PEM).replaceAll('+', '\\u002B')],
    ['JSON around it', JSON.stringify({ a: 1, key: PEM, b: 'AAAA' })],
    ['JSON of JSON around it', JSON.stringify(JSON.stringify({ key: PEM }))],
    ['the YAML of a block around it', `key: |\n${PEM.replaceAll(/^/gm, '      ')}`],
    ['quotes and plus signs around its lines', LINES.map((line) => `    "${line}\\n"`).join(' +\n')],
    ['C string literals around its lines', LINES.map((line) => `"${line}\\n"`).join('\n')],
    ['an array of lines around it', JSON.stringify(LINES)],
    ['a NUL after it', `${PEM}\0`],
    ['explanatory text before it', `Bag Attributes\n    friendlyName: x\nKey Attributes: <No Attributes>\n${PEM}`],
    ['another key before it without an END', `${LINES[0]}\nMIIC\n${PEM}`],
  ])('are found with %s', (_what, text) => {
    expect(found(text)).toEqual([SPKI]);
  });

  it('are found each, when several stand together', () => {
    const all = CASES.map(({ pem }) => pem).join('');
    expect(found(all).sort()).toEqual(CASES.map(({ spki }) => spki).sort());
    expect(found(all.replaceAll('\n', '')).sort()).toEqual(CASES.map(({ spki }) => spki).sort());
  });

  it.each(CASES.filter(({ name }) => name.startsWith('RSA')))(
    'of $name as $form are proven when they end at a NUL after the primes',
    ({ pem, spki }) => {
      // n, e, d, p and q take six ninths; the rest is not needed.
      const cut = `${pem.slice(0, Math.floor(pem.length * 0.78))}\0${pem.slice(Math.floor(pem.length * 0.78))}`;
      const { secrets } = scan(TEXT_DETECTORS, plant(encode(cut, 'ascii'), 60));
      expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
      expect(secrets[0]?.secret).toMatchObject({ whole: false });
      expect(provenKeys(secrets)).toHaveLength(1);
    },
  );

  it.each(CASES.filter(({ name }) => name.startsWith('RSA')))(
    'of $name as $form are proven when their first line is overwritten',
    ({ pem, spki }) => {
      const lines = pem.split('\n');
      lines[1] = 'A'.repeat(64);
      const [key, ...others] = provenKeys(scan(TEXT_DETECTORS, plant(encode(lines.join('\n'), 'ascii'), 60)).secrets);
      expect(others).toEqual([]);
      if (key?.type !== 'rsa') throw new Error('not found');
      expect(spkiOf({ ...key, n: (key.p as bigint) * (key.q as bigint) })).toBe(spki);
    },
  );

  it.each(CASES.filter(({ name }) => name.startsWith('P-')))(
    'of $name as $form that end at a NUL after the scalar are found once',
    ({ der, spki }) => {
      const length = Math.ceil(der.length * 0.66);
      const cut = der.subarray(0, length - (length % 3)).toString('base64');
      expect(found(`-----BEGIN PRIVATE KEY-----\n${cut}\0`)).toEqual([spki]);
    },
  );

  it('do not belong to an END line before them', () => {
    const { secrets } = scan(TEXT_DETECTORS, plant(encode(`-----END PRIVATE KEY-----\n${BODY}`, 'ascii'), 60));
    expect(secrets.map(({ rule }) => rule)).toEqual(['base64-private-key']);
  });

  it('are not labels without a key', () => {
    const labels = ['', 'RSA ', 'EC ', 'DSA ', 'ENCRYPTED ', 'OPENSSH ', 'ANY '].map((kind) => `${kind}PRIVATE KEY`);
    for (const label of [...labels, 'PGP PRIVATE KEY BLOCK']) {
      const begin = `-----BEGIN ${label}-----`;
      const end = `-----END ${label}-----`;
      expect(found(`${begin}\0${end}\0`)).toEqual([]);
      expect(found(`${begin}\n${end}`)).toEqual([]);
      expect(found(`expecting: ${label}`)).toEqual([]);
      expect(found(`${begin}\n...\n${end}\n`)).toEqual([]);
      expect(found(`${begin}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n${end}\n`)).toEqual([]);
    }
  });

  it('are not public keys, also under the wrong label', () => {
    const publicPem = createPublicKey(keyNamed('RSA-1024').privateKey).export({
      type: 'spki',
      format: 'pem',
    }) as string;
    expect(found(publicPem)).toEqual([]);
    expect(found(publicPem.replaceAll('PUBLIC', 'PRIVATE'))).toEqual([]);
  });

  it('cause no exception wherever they are cut or hit', () => {
    const bytes = encode(PEM, 'ascii');
    for (let at = 0; at < bytes.length; at++) {
      expect(() => scan(TEXT_DETECTORS, bytes.subarray(0, at))).not.toThrow();
      const hit = bytes.slice();
      hit[at] = (hit[at] as number) ^ 0x55;
      expect(() => scan(TEXT_DETECTORS, hit)).not.toThrow();
    }
  });
});

function provenKeys(secrets: readonly Found[]): PrivateKey[] {
  return secrets
    .flatMap(({ secret }) => (secret.kind === 'private-key' ? [secret.key] : []))
    .filter((key) => prove(key)?.confidence === 'proven');
}

describe('encrypted keys in PEM', () => {
  it('of RFC 1421 name their cipher', () => {
    const text = fixture('dek-info-rsa.pem');
    const variants = [text, text.replaceAll('\n', '\r\n'), JSON.stringify(text), text.replaceAll('\n', ' ')];
    for (const variant of variants) {
      const { secrets } = scan(TEXT_DETECTORS, plant(encode(variant, 'ascii'), 60));
      expect(secrets).toHaveLength(1);
      expect(secrets[0]?.rule).toBe('encrypted-private-key');
      expect(secrets[0]?.secret).toMatchObject({
        kind: 'encrypted-key',
        protection: 'DEK-Info AES-256-CBC, MD5 key derivation',
      });
    }
  });

  it.each(['pbes2-rsa.pem', 'pkcs12-pbe-rsa.pem'])('of PKCS#8 are found: %s', (file) => {
    const { secrets } = scan(TEXT_DETECTORS, plant(encode(fixture(file), 'ascii'), 60));
    expect(secrets).toHaveLength(1);
    expect(secrets[0]).toMatchObject({ rule: 'encrypted-private-key', secret: { kind: 'encrypted-key' } });
  });

  it('have the same identity at every place', () => {
    const [first, second] = scan(pemDetector, encode(fixture('dek-info-rsa.pem').repeat(2), 'ascii')).secrets;
    if (first?.secret.kind !== 'encrypted-key' || second?.secret.kind !== 'encrypted-key') throw new Error('not found');
    expect(Buffer.from(first.secret.identity).equals(second.secret.identity)).toBe(true);
  });
});

describe('keys of SSH2', () => {
  it('have their primes in the order that fits the coefficient', () => {
    const [found] = scan(pemDetector, encode(fixture('rsa2048-sshcom.pem'), 'ascii')).secrets;
    if (found?.secret.kind !== 'private-key' || found.secret.key.type !== 'rsa') throw new Error('not found');
    const { p = 0n, q = 0n, qInv = 0n } = found.secret.key;
    expect((q * qInv) % p).toBe(1n);
  });

  it('are found behind a header that goes on in the next line', () => {
    const text = fixture('rsa2048-sshcom.pem').replace(/Comment: .*/, 'Subject: a\nComment: "one \\\ntwo\\\nthree"');
    expect(scan(TEXT_DETECTORS, plant(encode(text, 'ascii'), 60)).secrets).toMatchObject([
      { rule: 'pem-private-key', secret: { form: 'PEM SSH2 private key', whole: true } },
    ]);
  });
});

describe('OpenPGP armour', () => {
  const text = fixture('openpgp-ed25519.asc');
  it.each([
    ['as gpg writes it', text],
    ['with headers', text.replace('\n\n', '\nVersion: GnuPG v2.0.22 (GNU/Linux)\nComment: C:\\new\n\n')],
    ['in JSON', JSON.stringify({ key: text })],
    ['without its checksum', text.replace(/\n=\S{4}\n/, '\n')],
    ['without its END', text.slice(0, text.indexOf('-----END'))],
  ])('is found %s', (_how, armour) => {
    const { secrets } = scan(TEXT_DETECTORS, plant(encode(armour, 'ascii'), 60));
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets[0]).toMatchObject({ rule: 'openpgp-secret-key', secret: { kind: 'private-key', whole: true } });
  });
});

describe.each(CASES)('$name as $form in PEM whose lines carry something else', ({ pem, spki }) => {
  const lines = pem.trimEnd().split('\n');
  const each = (write: (line: string, index: number) => string): string => lines.map(write).join('');
  it.each([
    ['the signs of a diff', each((line) => `+${line}\n`)],
    ['minus signs', each((line) => `-${line}\n`)],
    ['numbers', each((line, i) => `${String(i + 1).padStart(6)}\t${line}\n`)],
    ['the file names of grep -n', each((line, i) => `conf/server.key:${i + 1}:${line}\n`)],
    ['the prefix of a log', each((line) => `Nov 23 12:00:00 host app[12]: ${line}\n`)],
    ['slashes', each((line) => `// ${line}\n`)],
    ['REM', each((line) => `REM ${line}\n`)],
    ['double dashes', each((line) => `-- ${line}\n`)],
    ['paragraphs', each((line) => `<p>${line}</p>`)],
    ['line breaks of HTML', each((line) => `${line}<br />\n`)],
    ['commas', each((line) => `${line},`)],
    ['bars', each((line) => `${line}|`)],
    ['zeros', each((line) => `${line}\0`)],
    ['colours', each((line) => `\x1b[32m${line}\x1b[0m\r\n`)],
    ['echo', each((line) => `echo ${line}>> k.pem\r\n`)],
    ['line separators', Buffer.from(each((line) => `${line}\u2028`)).toString('latin1')],
    ['far indentation', JSON.stringify(lines, null, 120)],
  ])('is found with %s', (_how, text) => {
    expect(found(text)).toEqual([spki]);
  });
});
