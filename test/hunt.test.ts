/** Known keys, looked for at every byte. */
import { createPublicKey, generateKeyPairSync, generatePrimeSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hunt } from '../src/hunt.js';
import { parseKnownFile } from '../src/relate/known-files.js';
import { renderHunt, renderHuntJson } from '../src/report/hunt.js';
import { ecKey, Heap, ordered, rsaKey } from './relate/support.js';
import { withFile } from './support/files.js';
import { Random } from './support/random.js';

const KEY = rsaKey(2048);
const known = () => parseKnownFile(KEY.spki, 'server.der');
const huntIn = (bytes: Uint8Array, keys = known(), options: object = {}) =>
  withFile(bytes, (file) => hunt({ targets: [file], known: keys, jobs: 1, ...options }));

describe('hunt', () => {
  it.each([
    ['a prime, little-endian', () => ordered(KEY.part('p'), 'little')],
    ['a prime, big-endian', () => KEY.part('q')],
    ['the private exponent, little-endian', () => ordered(KEY.part('d'), 'little')],
    ['the private exponent, big-endian', () => KEY.part('d')],
  ])('finds %s at an odd offset inside random bytes, when nothing else is left', async (_what, part) => {
    const bytes = new Random(1).bytes(200_000);
    const offset = 100_003;
    bytes.set(part(), offset);
    for (const options of [{}, { chunkSize: 65_536 }, { kernel: 'scalar' }]) {
      const { wanted, report } = await huntIn(bytes, known(), options);
      expect(wanted).toMatchObject([{ spkiSha256: KEY.spkiSha256, places: [{ finding: { confidence: 'proven' } }] }]);
      expect(wanted[0]?.places[0]?.finding.locations.map((place) => place.offset)).toEqual([offset]);
      expect(report.summary.findings).toBe(1);
    }
  });

  it.each([2n, 34n, 32n * 9n, 2n * 1009n])(
    'finds a private exponent modulo λ(n) when p−1 and q−1 share %s',
    async (shared) => {
      const e = 65_537n;
      const prime = (): bigint => {
        const p = generatePrimeSync(1024, { bigint: true, add: shared, rem: 1n });
        return p % e === 1n ? prime() : p;
      };
      const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
      const p = prime();
      let q = prime();
      while (gcd(p - 1n, q - 1n) !== shared) q = prime();
      const lambda = ((p - 1n) * (q - 1n)) / shared;
      // The inverse: 1 + k·λ(n) is a multiple of e for some k below e.
      let k = 1n;
      while ((1n + k * lambda) % e !== 0n) k++;
      const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(512, '0'), 'hex');
      const key = { kty: 'RSA', n: bytes(p * q).toString('base64url'), e: 'AQAB' };
      const spki = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' });
      const dump = new Random(5).bytes(20_000);
      dump.set(ordered(bytes((1n + k * lambda) / e), 'little'), 7_001);
      const { wanted } = await huntIn(dump, parseKnownFile(spki, 'key.der'));
      expect(wanted[0]?.places[0]?.finding.locations.map(({ offset }) => offset)).toEqual([7_001]);
    },
  );

  it('finds a number that begins right before a window, among zeros', async () => {
    const part = ordered(KEY.part('p'), 'little');
    for (const before of [1, 3, 7]) {
      const bytes = new Uint8Array(200_000);
      bytes.set(part, 65_536 - before);
      const { wanted } = await huntIn(bytes, known(), { chunkSize: 65_536 });
      expect(wanted[0]?.places[0]?.finding.locations.map(({ offset }) => offset)).toContain(65_536 - before);
    }
  });

  it('says of a key that is not there that it was not found, and is clean', async () => {
    const { wanted, report } = await huntIn(new Random(2).bytes(100_000));
    expect(wanted[0]?.places).toEqual([]);
    expect(report.summary).toMatchObject({ clean: 1, findings: 0 });
  });

  it('does not count other keys, and answers for each known one', async () => {
    const heap = new Heap(3);
    const [other, scalar] = [rsaKey(1024), ecKey('P-256')];
    for (const name of ['p', 'n', 'q']) heap.put(ordered(other.part(name), 'little'));
    heap.put(ordered(scalar.part('d'), 'little'));
    const keys = [...known(), ...parseKnownFile(scalar.spki, 'ec.der')];
    const result = await huntIn(heap.bytes(), keys);
    expect(result.wanted.map(({ places }) => places.length)).toEqual([0, 1]);
    expect(result.report.inputs[0]?.findings).toHaveLength(1);
    const text = renderHunt(result);
    expect(text).toContain('not found  server.der');
    expect(text).toContain('PRESENT  ec.der');
    expect(JSON.parse(renderHuntJson(result)).hunt).toMatchObject([{ status: 'not found' }, { status: 'present' }]);
  });
});

describe('files of known keys', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const hash = parseKnownFile(publicKey.export({ type: 'spki', format: 'der' }), 'a')[0]?.spkiSha256 ?? '';
  it.each([
    ['PEM', publicKey.export({ type: 'spki', format: 'pem' })],
    ['PKCS#1 PEM', publicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['a private key, of which the public half is taken', privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ['JWKS', JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] })],
    ['an SPKI hash', hash.toUpperCase()],
  ])('are read as %s', (_what, text) => {
    expect(parseKnownFile(Buffer.from(text), 'file').map(({ spkiSha256 }) => spkiSha256)).toEqual([hash]);
  });

  it('name a key alike however it is spelled', () => {
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 });
    const restricted = parseKnownFile(Buffer.from(pss.publicKey.export({ type: 'spki', format: 'pem' })), 'pss')[0];
    // The same numbers under rsaEncryption: the BIT STRING is the end of both structures.
    const der = pss.publicKey.export({ type: 'spki', format: 'der' });
    const bits = der.subarray(der.length - 140 - 3);
    const plain = Buffer.concat([
      Buffer.from('30819f300d06092a864886f70d010101050003818d00', 'hex'),
      bits.subarray(bits.length - 140),
    ]);
    expect(restricted?.spkiSha256).toBe(parseKnownFile(plain, 'plain')[0]?.spkiSha256);
    const key = ecKey('P-256');
    const [x, y] = [key.part('x'), key.part('y')];
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.of(2 + ((y.at(-1) ?? 0) & 1)),
      x,
    ]);
    expect(parseKnownFile(compressed, 'ec')[0]?.spkiSha256).toBe(key.spkiSha256);
  });

  it('without a key are a usage error', () => {
    for (const text of ['', 'nothing', '{"keys":[]}', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
      expect(() => parseKnownFile(Buffer.from(text), 'file')).toThrow(/no public key/);
    }
  });
});
