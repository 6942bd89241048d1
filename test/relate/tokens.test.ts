/** Tokens signed by node:crypto with fresh keys, planted beside the keys' public halves, private halves, and secrets. */
import { constants, createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ScanOptions, scan } from '../../src/engine.js';
import { USUAL } from '../../src/relate/bounds.js';
import { parseKnownFile } from '../../src/relate/known-files.js';
import { NumberStore } from '../../src/relate/number-store.js';
import { relateTokens } from '../../src/relate/tokens/relate-tokens.js';
import { signerOf } from '../../src/relate/tokens/signatures.js';
import { TextCollector } from '../../src/relate/tokens/texts.js';
import type { InputReport } from '../../src/types.js';
import { withFile } from '../support/files.js';
import { spkiSha256Of } from '../support/keys.js';

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = { iss: 'https://login.example.net', aud: 'billing', exp: 1_900_000_000 };

/** A token, signed by what `make` does to the text. */
function token(alg: string, make: (text: Buffer) => Buffer, header: object = {}, claims: object = CLAIMS): string {
  const text = `${json({ alg, ...header })}.${json(claims)}`;
  return `${text}.${make(Buffer.from(text)).toString('base64url')}`;
}

const hs = (secret: string | Buffer, bits = 256, claims: object = CLAIMS) =>
  token(`HS${bits}`, (text) => createHmac(`sha${bits}`, secret).update(text).digest(), {}, claims);
const rs = (key: KeyObject, bits = 256) => token(`RS${bits}`, (text) => sign(`sha${bits}`, text, key));
const ps = (key: KeyObject, bits = 256) =>
  token(`PS${bits}`, (text) =>
    sign(`sha${bits}`, text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 }),
  );
const es = (alg: string, hash: string, key: KeyObject) =>
  token(alg, (text) => sign(hash, text, { key, dsaEncoding: 'ieee-p1363' }));
const ed = (key: KeyObject) => token('EdDSA', (text) => sign(null, text, key));

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EC = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const ED = generateKeyPairSync('ed25519');

async function report(parts: ReadonlyArray<string | Buffer>, options: Partial<ScanOptions> = {}): Promise<InputReport> {
  const apart = Buffer.alloc(5000);
  const bytes = Buffer.concat(parts.flatMap((part) => [apart, Buffer.from(part as string, 'latin1')]).concat(apart));
  const { inputs } = await withFile(bytes, (file) => scan({ targets: [file], ...options }));
  return inputs[0] as InputReport;
}
const findings = async (...args: Parameters<typeof report>) => (await report(...args)).findings;
const ofRule = <T extends { rule: string }>(all: readonly T[], rule: string) =>
  all.filter((each) => each.rule === rule);
const tokensOf = async (...args: Parameters<typeof report>) => ofRule(await findings(...args), 'json-web-token');
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const der = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });

describe('a public key', () => {
  it('costs more of the bound the longer its modulus and its exponent are', () => {
    const { n, kty } = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' });
    const costOf = (e: Buffer) =>
      signerOf(
        createPublicKey({ key: { n, kty, e: e.toString('base64url') }, format: 'jwk' }).export({
          type: 'spki',
          format: 'der',
        }),
      )?.cost;
    expect(costOf(Buffer.of(1, 0, 1))).toBeGreaterThan(50);
    // It takes 14 ms.
    expect(costOf(Buffer.alloc(383, 0xff))).toBeGreaterThan(10_000);
  });
});

describe('a signed token', () => {
  const [P256, P384, P521] = [EC('P-256'), EC('P-384'), EC('P-521')];
  const K1 = EC('secp256k1');
  it.each([
    ['RS256', rs(RSA.privateKey), RSA],
    ['RS384', rs(RSA.privateKey, 384), RSA],
    ['RS512', rs(RSA.privateKey, 512), RSA],
    ['PS256', ps(RSA.privateKey), RSA],
    ['PS384', ps(RSA.privateKey, 384), RSA],
    ['PS512', ps(RSA.privateKey, 512), RSA],
    ['ES256', es('ES256', 'sha256', P256.privateKey), P256],
    ['ES256K', es('ES256K', 'sha256', K1.privateKey), K1],
    ['ES384', es('ES384', 'sha384', P384.privateKey), P384],
    ['ES512', es('ES512', 'sha512', P521.privateKey), P521],
    ['EdDSA', ed(ED.privateKey), ED],
  ])('by %s is proven by the public key of the same dump, which is named', async (_name, text, { publicKey }) => {
    const [found] = await tokensOf([text, pem(publicKey)]);
    expect(found).toMatchObject({ severity: 'medium', confidence: 'proven' });
    expect(found?.evidence.join()).toContain(`SPKI SHA256 ${spkiSha256Of(publicKey)}`);
    expect(found?.evidence).toContain('issuer https://login.example.net');
  });

  it('is proven by a key in DER, JWK or from the user, in any place', async () => {
    const text = rs(RSA.privateKey);
    for (const other of [der(RSA.publicKey), JSON.stringify({ keys: [RSA.publicKey.export({ format: 'jwk' })] })]) {
      expect(await tokensOf([other, text])).toMatchObject([{ confidence: 'proven' }]);
    }
    const known = parseKnownFile(Buffer.from(pem(RSA.publicKey)), 'key.pem');
    expect(await tokensOf([text], { known })).toMatchObject([{ confidence: 'proven' }]);
  });

  it('is told as what it is also in a header, and what that is', async () => {
    const all = await findings([`Authorization: Bearer ${rs(RSA.privateKey)}\r\n`, pem(RSA.publicKey)]);
    expect(all).toMatchObject([{ rule: 'json-web-token', confidence: 'proven' }]);
    expect(all[0]?.evidence).toContain('HTTP header Authorization: Bearer');
  });

  it('is proven by the key that its header brings along, and says that it is that one', async () => {
    const jwk = P256.publicKey.export({ format: 'jwk' });
    const text = token('ES256', (each) => sign('sha256', each, { key: P256.privateKey, dsaEncoding: 'ieee-p1363' }), {
      jwk,
    });
    const [found] = await tokensOf([text]);
    expect(found?.evidence.join()).toMatch(/checked by the key in its own header/);
  });

  it('is proven by a secret in UTF-16, whose place is told as such', async () => {
    const secret = 'Zq8vT2mXw5Lr9KpD4hNc';
    const all = await findings([Buffer.from(`client_secret="${secret}"\n`, 'utf16le'), hs(secret)]);
    const [found] = ofRule(all, 'jwt-signing-secret');
    expect(found?.locations.map((place) => [place.part, place.length])).toEqual([['UTF-16LE', 2 * secret.length]]);
  });

  it('stays what it is beside other keys, and where its signature is damaged', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const text = rs(RSA.privateKey);
    const signature = text.lastIndexOf('.') + 10;
    const damaged = `${text.slice(0, signature)}${text[signature] === 'A' ? 'B' : 'A'}${text.slice(signature + 1)}`;
    expect(await tokensOf([text, pem(other)])).toMatchObject([{ confidence: 'pattern' }]);
    expect(await tokensOf([damaged, pem(RSA.publicKey)])).toMatchObject([{ confidence: 'pattern' }]);
  });

  it('tells of a private key that it signed with it, in whatever form that lies there', async () => {
    const text = rs(RSA.privateKey);
    const pkcs8 = RSA.privateKey.export({ type: 'pkcs8', format: 'der' });
    const all = await findings([pkcs8, text, rs(RSA.privateKey, 512)]);
    expect(ofRule(all, 'pkcs8-private-key')).toMatchObject([
      { evidence: expect.arrayContaining(['it signed 2 JSON Web Tokens of the same dump']) },
    ]);
    expect(ofRule(all, 'json-web-token').map(({ confidence }) => confidence)).toEqual(['proven', 'proven']);
    const { x = '', d = '' } = ED.privateKey.export({ format: 'jwk' });
    const seed = Buffer.concat([Buffer.alloc(64), Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]);
    const aligned = Buffer.concat([Buffer.alloc(8 - ((5000 + seed.length) % 8)), seed, Buffer.alloc(64)]);
    const numbers = await findings([aligned, ed(ED.privateKey)]);
    expect(ofRule(numbers, 'ed25519-seed')).toMatchObject([
      { evidence: expect.arrayContaining(['it signed a JSON Web Token of the same dump']) },
    ]);
  });

  it('is told the same for any chunk size and number of workers', async () => {
    const parts = [rs(RSA.privateKey), pem(RSA.publicKey), 'jwt_secret: "kiwi-plum"\n', hs('kiwi-plum')];
    const reference = await report(parts);
    for (const variant of [
      { chunkSize: 4096, jobs: 2 },
      { chunkSize: 5003, jobs: 1 },
      { chunkSize: 1024, jobs: 3 },
    ]) {
      expect((await report(parts, variant)).findings).toEqual(reference.findings);
    }
  });
});

describe('the secret of HS256, HS384 and HS512', () => {
  const strong = Buffer.from('a6Wc1tYp0sUe7Rz4LqVb8NmXk2Jh5GfD', 'latin1').toString();

  it.each([
    ['a variable that no rule takes', 'jwt_secret: kiwi\n', 'kiwi', 256],
    ['JSON', '{"client_secret":"kiwi-plum-grape"}', 'kiwi-plum-grape', 384],
    ['an environment block', `\0A=1\0B=2\0JWT_SIGNING_KEY=${strong}\0C=3\0`, strong, 512],
    ['a setting in quotes', `const jwtSecret = '${strong}';`, strong, 256],
  ])('is proven where it is the value of %s', async (_name, place, secret, bits) => {
    const all = await findings([place, hs(secret, bits)]);
    expect(ofRule(all, 'jwt-signing-secret')).toMatchObject([
      {
        severity: 'critical',
        confidence: 'proven',
        evidence: expect.arrayContaining([`it signs a JSON Web Token of the same dump (HS${bits})`]),
        locations: [{ length: secret.length }],
      },
    ]);
    expect(ofRule(all, 'json-web-token')).toMatchObject([{ confidence: 'proven' }]);
    expect(all).toHaveLength(2);
    expect(JSON.stringify(all)).not.toContain(secret);
  });

  it('is proven as the key that a text is in base64 or hexadecimal, or a JWK holds', async () => {
    const key = createHmac('sha256', 'throwaway').update('key').digest();
    const digits = key.toString('base64');
    for (const text of [digits, key.toString('base64url'), key.toString('hex')]) {
      const all = await findings([`token_secret=${text}\n`, hs(key)]);
      expect(ofRule(all, 'jwt-signing-secret')).toHaveLength(1);
    }
    const jwk = JSON.stringify({ kty: 'oct', k: key.toString('base64url'), alg: 'HS256' });
    const all = await findings([jwk, hs(key)]);
    expect(ofRule(all, 'jwt-signing-secret')).toHaveLength(1);
    expect(all).toHaveLength(2);
  });

  it('is proven where it lies near a token without a name, once for many tokens', async () => {
    const near = Buffer.concat([
      Buffer.from(hs('kiwi-plum-grape')),
      Buffer.alloc(300, 0xfe),
      Buffer.from('kiwi-plum-grape\0'),
    ]);
    const more = [1, 2, 3].map((sub) => hs('kiwi-plum-grape', 256, { sub }));
    const all = await findings([near, ...more]);
    expect(ofRule(all, 'jwt-signing-secret')).toMatchObject([
      { evidence: ['it signs 4 JSON Web Tokens of the same dump (HS256)'] },
    ]);
    expect(ofRule(all, 'json-web-token').every(({ confidence }) => confidence === 'proven')).toBe(true);
  });

  it('is one finding with what a rule has found of it', async () => {
    const all = await findings([`api_secret=${strong}\n`, `\0X=1\0Y=2\0MY_TOKEN=${strong}\0`, hs(strong)]);
    expect(ofRule(all, 'jwt-signing-secret')).toMatchObject([{ locations: [{}, {}] }]);
    expect(all).toHaveLength(2);
  });

  it('is low where everyone knows it from documentation', async () => {
    const all = await findings(['jwt.encode({}, key="secret")', hs('secret')]);
    expect(ofRule(all, 'jwt-signing-secret')).toMatchObject([{ severity: 'low', confidence: 'proven' }]);
  });

  it('is not claimed where no token is signed by it', async () => {
    const all = await findings(['jwt_secret=kiwi-plum-grape\n', hs('another')]);
    expect(ofRule(all, 'jwt-signing-secret')).toEqual([]);
  });

  it('is no text that stands for zeros: those are as good as none', async () => {
    const texts = ['jwt_secret=AAAAAAAAAAAAAAAAAAAAAAAA\n', `key: ${'0'.repeat(32)}\n`];
    expect(ofRule(await findings([...texts, hs('')]), 'jwt-signing-secret')).toEqual([]);
  });

  it('is asked about other tokens within the bound, too', () => {
    const store = NumberStore.create(USUAL.store);
    const [tokens, secrets] = [1000, 600];
    for (let i = 0; i < tokens; i++) {
      // Of one window there are 512 at most.
      const texts = new TextCollector(new Uint8Array(8), i * 100, store);
      const secret = `kiwi-${i}-plum`;
      if (i < secrets) texts.candidate(0, 8, 'ascii', secret);
      texts.credential(0, 8, 'ascii', hs(secret, 256, { iss: `${i}` }), '00'.repeat(32));
    }
    const { proofs, cuts } = relateTokens(store, { spkis: [] });
    expect(proofs.length).toBeGreaterThan(10);
    expect(proofs.length * tokens).toBeLessThan(USUAL.secrets);
    expect(cuts.join()).toContain('texts that may be their secrets');
  });

  it('has bounds that are told', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => `\nsecret_key=value-${i}`).join('');
    const { warnings } = await report([many, hs('another')]);
    expect(warnings).toMatchObject([{ code: 'TOKENS_CUT', incomplete: true }]);
    expect(warnings[0]?.message).toContain('texts that may be secrets');
    expect((await report([many])).warnings).toEqual([]);
  });
});
