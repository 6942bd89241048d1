import { describe, expect, it } from 'vitest';
import { makeExample } from '../../../src/detect/credentials/examples.js';
import { marvin32 } from '../../../src/detect/credentials/validators/marvin32.js';
import { VALIDATORS } from '../../../src/detect/credentials/validators/registry.js';
import type { Validator } from '../../../src/detect/credentials/validators/validator.js';
import { Random } from '../../support/random.js';

const check = (name: string, secret: string) => VALIDATORS[name]?.(secret);

describe('Marvin32', () => {
  const seeded = (hex: string) => Buffer.from(hex.padStart(16, '0'), 'hex').toString('latin1');

  it.each([
    // microsoft/security-utilities, src/security-utilities-node/tests/marvin.spec.ts
    ['d53cd9cecd0893b7', Buffer.from('abc'), 0x6be02a86],
    ['0ddddeeeeffff000', Buffer.from('abcdefghijklmnopqrstuvwxyz'), 0xd34847dc],
    ['004fb61a001bdbcc', Buffer.of(), 0x302009bc],
    ['004fb61a001bdbcc', Buffer.of(175), 0x3592e206],
    ['004fb61a001bdbcc', Buffer.of(231, 15), 0xfdab5e04],
    ['004fb61a001bdbcc', Buffer.of(55, 244, 149), 0x6b3c8b90],
  ])('gives the published sums: seed %s', (seed, bytes, sum) => {
    expect(marvin32(bytes, seeded(seed))).toBe(sum);
  });
});

describe('checksums of published examples', () => {
  // Each is put together here, so that no scanner takes this file for a leak.
  it.each([
    ['azure-identifiable', 'the documentation of identifiable keys', `${'a'.repeat(76)}${'+ASt'}5mnCaw==`],
    ['entra-secret', 'SEC101_156', `zzz8Q~${'z'.repeat(31)}blP`],
    // Expired, and published to show the checksum (gist by magnetikonline); npm has the same.
    ['crc32-base62', 'an expired token of GitHub', ['ghp', 'zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17'].join('_')],
    // grafana/grafana pkg/components/satokengen/satokengen_test.go
    ['crc32-hex', 'Grafana’s own test', ['glsa', 'yscW25imSKJIuav8zF37RZmnbiDvB05G', 'fcaaf58a'].join('_')],
    ['luhn', 'ISO/IEC 7812', '4111 1111 1111 1111'],
    // praetorian-inc/titus confluent.yml, zuplo.yml
    [
      'crc32-base64',
      'a test of Titus',
      ['cflt', 'qPLd2lLPAtWtHGNhN32WlZxoEj30pcg8mzaPlPJ937JlMa7n9YCRLooqgifw'].join(''),
    ],
    [
      'open-crc32-hex-body',
      'a test of Titus, of a key of Zuplo',
      ['zpka_', '3e6c4f7d39954ca29353b7ab88589b64_de26cd55'].join(''),
    ],
    [
      'open-crc32-hex-body',
      'a test of TruffleHog, of a token of Cloudflare',
      ['cfut_', 'ZE4CrcFhEIDXk9vL2sTLeARsFp2ZZYbydVDhhIUq8573bbfe'].join(''),
    ],
    [
      'open-crc32-base62',
      'a test of betterleaks, of a token of Vercel',
      ['vcp_', '35UYJwYZDigYATKhxJUAhPqRhit2Xe3dtiG60LsUTHeklEXDQ94Jafpu'].join(''),
    ],
    [
      'open-crc32-base62-whole',
      'a test of betterleaks, of a token of Apify',
      ['apify_', 'api_NcjXcxEz2XL1irjppyWSHvjghalQOd1LXOHv'].join(''),
    ],
    [
      'open-crc32-hex-whole',
      'a test of betterleaks, of a secret of Canva',
      ['cnvca', 'v3RRFkl36rsXClN3-Dsygjl_oGT1-xMhXV70oxnGi6s811bfada'].join(''),
    ],
    [
      'open-crc32-hex-whole',
      'a test of DataDog, of a token of Atlassian',
      [
        'ATATT3',
        'xFfGF0YZuf-EBmAHs1FyiNmk0cYQKtD9zx2LIv8d_zB-yk5Zp8nkug2Rp_ZnYJwq9ys-lS0PRAXLS4vL-crh5tbBbG',
        'QISteyOCpgUGgKjckD2MF9A6EZVGdTXikj52U2VDS8HeDlUq9Gmw8KYs5Kb0hS-LZo4Sb2PMpT1Zx0MmTXs_EyA=E2826606',
      ].join(''),
    ],
  ])('%s closes over that of %s', (name, _source, secret) => {
    expect(check(name, secret)).toMatchObject({ proven: name !== 'luhn' });
  });
});

describe('each checksum', () => {
  it.each([
    ['crc32-base62', 'ghp_<crc32-base62:30>'],
    ['crc32-hex', '<crc32-hex:glsa_:32>'],
    ['open-crc32-hex-whole', '<crc32-hex-tail:packagist_ort_:60:whole::hex>'],
    ['crc32-base64', '<crc32-base64:cflt:54>'],
    ['open-crc32-base62', 'vcp_<crc32-base62:50>'],
    ['open-crc32-base62-whole', '<crc32-base62-whole:apify_api_:30>'],
    ['open-crc32-hex-body', '<crc32-hex-tail:cfut_:40:body>'],
    ['open-crc32-hex-whole', '<crc32-hex-tail:ATATT3xFfGF0:171:whole:=>'],
    ['gitlab-routable', '<gitlab-routable:glpat->'],
    ['azure-identifiable', '<azure:64:+ASt:Default0>'],
    ['azure-identifiable', '<azure:32:AzCa:Access00>'],
    ['azure-identifiable', '<azure:40:AzFu:Functi00:url>'],
    ['azure-annotated', '<azure-2:63:AZDO>'],
    ['azure-annotated', '<azure-2:64:ACOG>'],
    ['entra-secret', '<entra-secret>'],
    ['azure-devops', '<azure-devops>'],
  ])('is closed by no text with another letter: %s', (name, template) => {
    const secret = makeExample(template, 'test');
    expect(check(name, secret)).toMatchObject({ proven: true });
    const changed = [...secret].map(
      (letter, at) => `${secret.slice(0, at)}${letter === 'b' ? 'c' : 'b'}${secret.slice(at + 1)}`,
    );
    const closed = changed.filter((text) => check(name, text)?.proven);
    // Letters whose last bits are padding, and prefixes that the checksum leaves out.
    expect(closed.length).toBeLessThan(8);
  });

  it('refuses whatever it is given, and throws nothing', () => {
    for (const validator of Object.values(VALIDATORS)) {
      for (const text of ['', '_', '.', 'a', 'a.b.c', '\xff'.repeat(9), 'eyJ', '='.repeat(100), 'AKIA']) {
        expect(() => validator(text)).not.toThrow();
      }
    }
  });
});

describe('a checksum that the issuer does not promise', () => {
  it.each(['open-crc32-base62', 'open-crc32-base62-whole', 'open-crc32-hex-body', 'open-crc32-hex-whole'])(
    'proves nothing where it does not close, and rejects nothing: %s',
    (name) => {
      expect(check(name, makeExample('pre_<base62:40><hex:8>', 'test'))).toEqual({ proven: false, evidence: [] });
    },
  );
});

describe('what a validator tells', () => {
  it('is the account of an AWS key id', () => {
    expect(check('aws-key-id', makeExample('<aws-key-id:AKIA:123456789012>', 'test'))?.evidence).toEqual([
      'of account 123456789012',
    ]);
    // Published with the numbers that they decode to, long expired.
    expect(check('aws-key-id', ['ASIA', 'QNZGKIQY56JQ7WML'].join(''))?.evidence).toEqual(['of account 029608264753']);
    expect(check('aws-key-id', ['ASIA', 'Y34FZKBOKMUTVV7A'].join(''))?.evidence).toEqual(['of account 609629065308']);
  });

  it('is who issued a token, for whom, and until when, and no personal claim', () => {
    const claims = '{"iss":"https://a.example","aud":["api"],"exp":1900000000,"email":"me@a.example","sub":"someone"}';
    const token = makeExample(`<jwt:RS256:${claims}>`, 'test');
    expect(check('jwt', token)?.evidence).toEqual([
      'signed by RS256',
      'key k1',
      'issuer https://a.example',
      'audience api',
      'expires 2030-03-17T17:46:40Z',
    ]);
  });

  it('is nothing of a token whose header names no algorithm', () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(check('jwt', `${part({ typ: 'x' })}.${part({})}.sig`)).toBeUndefined();
    expect(check('jwt', `${part(null)}.${part([])}.sig`)).toBeUndefined();
  });
});

describe('the shape of what a machine makes', () => {
  const lettersAndDigits = VALIDATORS['letters-and-digits'] as Validator;

  it('has random base64url, wherever its dashes stand, but for one in two hundred', () => {
    const random = new Random(5);
    const texts = Array.from({ length: 2000 }, () => Buffer.from(random.bytes(18 + random.below(200))));
    const refused = texts.filter((bytes) => lettersAndDigits(`a${bytes.toString('base64url')}`) === undefined);
    expect(refused.length).toBeLessThan(10);
  });

  it('has random digits of base36 in groups, but for one in fifteen', () => {
    const random = new Random(6);
    const group = () => Array.from({ length: 8 }, () => random.below(36).toString(36)).join('');
    const texts = Array.from({ length: 2000 }, () => `${group()}-${group()}-${group()}`);
    expect(texts.filter((text) => lettersAndDigits(text) === undefined).length).toBeLessThan(134);
  });

  it.each(['Token2.Name.value', 'com.example.auth.v2.TokenProvider', 'users-v2-internal', './path/to/1', 'a::b1'])(
    'has no name or path: %s',
    (name) => {
      expect(lettersAndDigits(name)).toBeUndefined();
    },
  );
});
