import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jwkDetector } from '../../../src/detect/text/jwk.js';
import { ENCODINGS, encode, plant, scan, sha256, spkis } from './support.js';

const PAIRS = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  secp256k1: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  X25519: () => generateKeyPairSync('x25519'),
  Ed448: () => generateKeyPairSync('ed448'),
  X448: () => generateKeyPairSync('x448'),
};

const KEYS = Object.entries(PAIRS).map(([name, make]) => {
  const { privateKey, publicKey } = make();
  return {
    name,
    jwk: privateKey.export({ format: 'jwk' }),
    publicJwk: publicKey.export({ format: 'jwk' }),
    spki: sha256(publicKey.export({ type: 'spki', format: 'der' })),
  };
});
const bigint = (text?: string): bigint => BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`);
const [RSA, EC] = KEYS as [(typeof KEYS)[0], (typeof KEYS)[0]];
const found = (text: string): string[] => spkis(scan(jwkDetector, plant(encode(text, 'ascii'), 40)));

describe.each(KEYS)('a private JWK of $name', ({ jwk, publicJwk, spki }) => {
  it.each(ENCODINGS)('is found in %s, and bounded exactly', (encoding) => {
    const body = encode(JSON.stringify(jwk), encoding);
    const { secrets } = scan(jwkDetector, plant(body, 101));
    expect(spkis({ secrets, certificates: [] })).toEqual([spki]);
    expect(secrets[0]).toMatchObject({ from: 101, to: 101 + body.length, rule: 'jwk-private-key' });
    expect(secrets[0]?.secret).toMatchObject({ kind: 'private-key', whole: true, form: `JWK ${jwk.kty}` });
  });

  it('is found with its members in any order', () => {
    const members = Object.entries(jwk);
    expect(found(JSON.stringify(Object.fromEntries([...members].reverse()), null, 4))).toEqual([spki]);
    expect(found(JSON.stringify(Object.fromEntries([...members.slice(2), ...members.slice(0, 2)])))).toEqual([spki]);
  });

  it('is not found without its private members', () => {
    expect(found(JSON.stringify(publicJwk))).toEqual([]);
  });
});

describe('JWKs in other notations', () => {
  const json = JSON.stringify(RSA.jwk);
  const pretty = JSON.stringify(RSA.jwk, null, 2);
  it.each([
    ['escaped', JSON.stringify({ key: json })],
    ['escaped, with line ends', JSON.stringify({ key: pretty })],
    ['escaped twice', JSON.stringify(JSON.stringify({ key: json }))],
    ['with single quotes', pretty.replaceAll('"', "'")],
    ['with bare names', pretty.replaceAll(/"(\w+)":/g, '$1:').replaceAll('"', "'")],
    ['with nested values', `{"x5c":["MIIC"],"meta":{"d":"AA","a":[1,{"b":2}]},${json.slice(1)}`],
    ['with nested values after it', `${json.slice(0, -1)},"ext":true,"key_ops":["sign"],"meta":{"d":"AA"}}`],
    ['nested', `{"a":{"keys":[${json}]},"d":"AAAA"}`],
    ['without its end', json.slice(0, -1)],
  ])('are found %s', (_how, text) => {
    expect(found(text)).toEqual([RSA.spki]);
  });

  it('are found as a set', () => {
    const set = { keys: KEYS.flatMap(({ jwk, publicJwk }) => [{ use: 'sig', ...jwk, kid: '1' }, publicJwk]) };
    expect(found(JSON.stringify(set)).sort()).toEqual(KEYS.map(({ spki }) => spki).sort());
    expect(found(JSON.stringify(set, null, 2)).sort()).toEqual(KEYS.map(({ spki }) => spki).sort());
  });

  it('are found cut as far as the numbers are there', () => {
    const cut = scan(jwkDetector, encode(json.slice(0, json.indexOf('"dp"')), 'ascii'));
    expect(spkis(cut)).toEqual([RSA.spki]);
    expect(cut.secrets[0]?.secret).toMatchObject({ whole: false });
    expect(found(json.slice(0, json.indexOf('"d"')))).toEqual([]);
  });

  it('with foreign bytes in them end there, and what follows must prove itself', () => {
    const { secrets } = scan(jwkDetector, encode(json.replace('"d"', '\0\0\0'), 'ascii'));
    const primes = { p: bigint(RSA.jwk.p), q: bigint(RSA.jwk.q) };
    expect(secrets.map(({ secret }) => secret)).toMatchObject([{ kind: 'private-key', whole: false, key: primes }]);
    const { secrets: none } = scan(jwkDetector, encode(json.replace('"p"', '\0\0\0').replace('"q"', '\0'), 'ascii'));
    expect(none.map(({ to }) => to <= json.indexOf('"p"'))).toEqual([true]);
  });

  it('keep the other primes of a multi-prime key', () => {
    const oth = [{ r: 'AAEAAQ', d: 'AQ', t: 'Ag' }];
    const [secret] = scan(jwkDetector, encode(JSON.stringify({ ...RSA.jwk, oth }), 'ascii')).secrets;
    expect(secret?.secret).toMatchObject({ key: { otherPrimes: [65537n] } });
  });
});

describe('a JWK whose object cannot be read', () => {
  const write = (line: (name: string, value: unknown) => string): string =>
    Object.entries(EC.jwk)
      .map(([name, value]) => line(name, value))
      .join('\n');
  const json = JSON.stringify(EC.jwk);
  it.each([
    ['with a brace in its kid', json.replace('{', '{"kid":"}{",')],
    ['with a quote in its kid', json.replace('{', '{"kid":"a\\"b{",')],
    ['with its name in its kid', json.replace('{', '{"kid":"\\"kty\\"",')],
    ['in YAML', write((name, value) => `  ${name}: ${value}`)],
    ['in TOML', write((name, value) => `${name} = "${value}"`)],
    ['in PHP and Ruby', write((name, value) => `  "${name}" => "${value}",`)],
    ['in a URL', encodeURIComponent(json)],
    ['without its opening brace', json.slice(1)],
    ['with its first 16 bytes overwritten', `${'\0'.repeat(16)}${JSON.stringify({ ext: 1, ...EC.jwk }).slice(16)}`],
    ['with its type overwritten', json.replace('"kty":"EC"', '\0'.repeat(10))],
  ])('is found %s', (_how, text) => {
    expect(new Set(found(text))).toEqual(new Set([EC.spki]));
  });

  it('is found as RSAParameters of .NET, in JSON and in elements without a root', () => {
    const { n, e, d, p, q, dp, dq, qi } = RSA.jwk;
    const names = { D: d, DP: dp, DQ: dq, Exponent: e, InverseQ: qi, Modulus: n, P: p, Q: q };
    const standard = (text?: string) => Buffer.from(text ?? '', 'base64url').toString('base64');
    const entries = Object.entries(names).map(([name, value]) => [name, standard(value)] as const);
    expect(found(JSON.stringify({ KeyId: 'a', Parameters: Object.fromEntries(entries) }))).toEqual([RSA.spki]);
    expect(found(entries.map(([name, value]) => `<${name}>${value}</${name}>`).join('\n'))).toEqual([RSA.spki]);
  });

  it('is no finding when its numbers prove nothing', () => {
    const other = KEYS.find(({ jwk, spki }) => jwk.crv === EC.jwk.crv && spki !== EC.spki)?.jwk ?? { x: EC.jwk.y };
    expect(found(`kty: EC\ncrv: ${EC.jwk.crv}\nx: ${other.x}\ny: ${EC.jwk.y}\nd: ${EC.jwk.d}\n`)).toEqual([]);
  });
});

describe('coordinates of a point', () => {
  it('may have lost their leading zeros', () => {
    for (let rest = 3000; ; rest--) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = privateKey.export({ format: 'jwk' });
      const x = Buffer.from(jwk.x ?? '', 'base64url');
      if (x[0] !== 0 && rest > 0) continue;
      const short = { ...jwk, x: x.subarray(1).toString('base64url') };
      expect(found(JSON.stringify(short))).toEqual([sha256(publicKey.export({ type: 'spki', format: 'der' }))]);
      break;
    }
  });
});

describe('symmetric and post-quantum JWKs', () => {
  it('are found when the secret is long enough to be a key', () => {
    const oct = (bytes: number): string => JSON.stringify({ kty: 'oct', k: randomBytes(bytes).toString('base64url') });
    expect(found(oct(32))).toEqual(['symmetric']);
    expect(found(oct(8))).toEqual(['symmetric']);
    expect(found(oct(7))).toEqual([]);
  });

  it('are found by seed', () => {
    const jwk = { kty: 'AKP', alg: 'ML-DSA-65', pub: 'AAAA', priv: randomBytes(32).toString('base64url') };
    expect(found(JSON.stringify(jwk))).toEqual(['pq']);
    expect(found(JSON.stringify({ ...jwk, priv: undefined }))).toEqual([]);
  });
});

describe('what looks like a JWK', () => {
  it.each([
    ['an unknown curve', { ...EC.jwk, crv: 'P-999' }],
    ['a value that is no base64url', { ...EC.jwk, d: '!!!' }],
    ['an empty value', { ...EC.jwk, d: '' }],
    ['a number too long for its curve', { ...EC.jwk, d: 'A'.repeat(100) }],
    ['a value that is no string', { ...EC.jwk, d: 5 }],
  ])('with %s is no finding', (_what, jwk) => {
    expect(found(JSON.stringify(jwk))).toEqual([]);
  });
});
