import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openPgpDetector } from '../../../src/detect/openpgp/detector.js';
import { parseOpenPgpSecretKeys } from '../../../src/detect/openpgp/parse.js';
import { cpuTimer } from '../../support/cpu.js';
import { cutEverywhere, fixture, flipBits, onlyExpected, plant, scan, spkiSha256 } from '../binary-harness.js';
import { EMMA_PUBLIC, EMMA_V5, okpSpki, printedSpkis, RFC9580_A4, RFC9580_A5, RFC9580_PUBLIC } from './armour.js';

const OPEN = ['rsa', 'dsa', 'dsa1024', 'ed25519', 'nistp256', 'nistp384', 'nistp521', 'secp256k1'];
const LOCKED = ['locked-rsa', 'locked-dsa', 'locked-ed25519'];

function spkis(bytes: Uint8Array): Array<string | undefined> {
  return scan([openPgpDetector], bytes).found.map(({ key }) => key?.spkiSha256);
}

function mpi(bytes: Uint8Array): Buffer {
  let start = 0;
  while (bytes[start] === 0) start++;
  const body = Buffer.from(bytes.subarray(start));
  const head = Buffer.alloc(2);
  head.writeUInt16BE(8 * body.length - Math.clz32(body[0] ?? 0) + 24);
  return Buffer.concat([head, body]);
}

function packet(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(head, 'hex'), Buffer.from([body.length >> 8, body.length & 255]), body]);
}

function checksum(secret: Buffer): Buffer {
  const sum = secret.reduce((total, byte) => (total + byte) & 0xffff, 0);
  return Buffer.from([sum >> 8, sum & 255]);
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 1024 });
const JWK = RSA.privateKey.export({ format: 'jwk' });
const number = (name: 'n' | 'e' | 'd' | 'p' | 'q') =>
  BigInt(`0x${Buffer.from(JWK[name] as string, 'base64url').toString('hex')}`);
const bytesOf = (value: bigint) => {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
};

/** d, p, q, u with p < q and u = p⁻¹ mod q, as OpenPGP wants them (RFC 9580 section 5.5.5.1.2). */
function rsaSecret(): Buffer {
  const [p, q] = [number('p'), number('q')].sort((a, b) => (a < b ? -1 : 1)) as [bigint, bigint];
  return Buffer.concat([number('d'), p, q, inverse(p, q)].map((value) => mpi(bytesOf(value))));
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

const rsaPublic = Buffer.concat([mpi(bytesOf(number('n'))), mpi(bytesOf(number('e')))]);
const CREATED = Buffer.from('60000000', 'hex');

describe('a transferable secret key of gpg', () => {
  it.each(OPEN)('%s, not encrypted, is proven and named by the numbers that gpg prints', (name) => {
    const key = fixture(`openpgp/${name}.pgp`);
    const planted = plant(key, 7);
    const { found } = scan([openPgpDetector], planted.bytes);
    const expected = printedSpkis(name).filter((spki) => spki !== undefined);
    expect(found.map((one) => one.key?.spkiSha256).sort()).toEqual(expected.sort());
    for (const one of found) {
      expect(one).toMatchObject({ rule: 'openpgp-secret-key', confidence: 'proven', severity: 'critical' });
      expect(one.evidence).toContain('OpenPGP checksum holds');
      expect(one.from).toBeGreaterThanOrEqual(planted.offset);
      expect(one.to).toBeLessThanOrEqual(planted.offset + key.length);
    }
  });

  it('of a brainpool curve is parsed', () => {
    const [found] = scan([openPgpDetector], fixture('openpgp/brainpool.pgp')).found;
    expect(found).toMatchObject({ confidence: 'parsed', key: { curve: '1.3.36.3.3.2.8.1.1.7' } });
  });

  it.each(LOCKED)('%s, encrypted, is named by its public numbers', (name) => {
    const planted = plant(fixture(`openpgp/${name}.pgp`), 8);
    const { found } = scan([openPgpDetector], planted.bytes);
    expect(found.map((one) => one.key?.spkiSha256)).toEqual(printedSpkis(name));
    expect(found[0]).toMatchObject({ confidence: 'parsed', severity: 'medium', from: planted.offset });
    expect(found[0]?.evidence[0]).toMatch(/^encrypted: AES-128, iterated SHA-1 S2K of \d+ octets$/);
  });

  it('whose primary key is a dummy gives the subkey only', () => {
    expect(spkis(fixture('openpgp/dummy.pgp'))).toEqual([printedSpkis('ed25519')[1]]);
    expect(parseOpenPgpSecretKeys(fixture('openpgp/dummy.pgp'))).toHaveLength(1);
  });

  it.each([...OPEN, 'brainpool', ...LOCKED])('is not seen in the public key of %s', (name) => {
    expect(scan([openPgpDetector], fixture(`openpgp/${name}.pub`)).found).toEqual([]);
    expect(onlyExpected(() => parseOpenPgpSecretKeys(fixture(`openpgp/${name}.pub`)))).toBeUndefined();
  });

  it('gives secrets whose lengths end at their packets', () => {
    const key = fixture('openpgp/rsa.pgp');
    const lengths = parseOpenPgpSecretKeys(key).map(({ length }) => length);
    expect(lengths[0]).toBe(3 + ((key[1] as number) << 8) + (key[2] as number));
    expect(lengths[1]).toBeLessThan(key.length);
  });
});

describe('published keys', () => {
  const expectedA4 = [okpSpki('Ed25519', RFC9580_PUBLIC[0]), okpSpki('X25519', RFC9580_PUBLIC[1])];

  it('of version 6 (RFC 9580 A.4) are proven', () => {
    const { found } = scan([openPgpDetector], plant(RFC9580_A4, 1).bytes);
    expect(found.map(({ key }) => key?.spkiSha256)).toEqual(expectedA4);
    expect(found.every(({ confidence }) => confidence === 'proven')).toBe(true);
  });

  it('of version 6, locked (RFC 9580 A.5), are named', () => {
    const { found } = scan([openPgpDetector], plant(RFC9580_A5, 1).bytes);
    expect(found.map(({ key }) => key?.spkiSha256)).toEqual(expectedA4);
    expect(found[0]?.evidence).toEqual(['encrypted: AES-256 OCB, Argon2 S2K']);
  });

  it('of version 5 (GnuPG) are proven', () => {
    const { found } = scan([openPgpDetector], plant(EMMA_V5, 1).bytes);
    const expected = [okpSpki('Ed25519', EMMA_PUBLIC[0]), okpSpki('X25519', EMMA_PUBLIC[1])];
    expect(found.map(({ key }) => key?.spkiSha256)).toEqual(expected);
    expect(found.every(({ confidence }) => confidence === 'proven')).toBe(true);
  });
});

describe('a packet built by hand', () => {
  const truth = spkiSha256(RSA.publicKey);
  const secret = rsaSecret();
  const v4 = Buffer.concat([Buffer.from([4]), CREATED, Buffer.from([1]), rsaPublic]);

  it('of version 4 RSA is proven whatever its header', () => {
    const body = Buffer.concat([v4, Buffer.from([0]), secret, checksum(secret)]);
    const five = Buffer.alloc(4);
    five.writeUInt32BE(body.length);
    const two = Buffer.from([0xc5, 192 + ((body.length - 192) >> 8), (body.length - 192) & 255]);
    const headers = [
      packet('95', body),
      packet('9d', body),
      Buffer.concat([Buffer.from('96', 'hex'), five, body]),
      Buffer.concat([Buffer.from('c5ff', 'hex'), five, body]),
      Buffer.concat([two, body]),
    ];
    for (const bytes of headers) {
      const { found } = scan([openPgpDetector], plant(bytes, 3).bytes);
      expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: truth } }]);
      expect((found[0]?.to ?? 0) - (found[0]?.from ?? 0)).toBe(bytes.length);
    }
  });

  it('of version 3 is proven', () => {
    const v3 = Buffer.concat([Buffer.from([3]), CREATED, Buffer.from([0, 0, 1]), rsaPublic]);
    const body = Buffer.concat([v3, Buffer.from([0]), secret, checksum(secret)]);
    const { found } = scan([openPgpDetector], plant(packet('95', body), 3).bytes);
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: truth } }]);
    expect(found[0]?.evidence).toContain('q·qInv ≡ 1 mod p');
  });

  it('whose header is overwritten is proven from the exponent on', () => {
    const body = packet('95', Buffer.concat([v4, Buffer.from([0]), secret, checksum(secret)]));
    body.fill(0xa5, 0, 16);
    const { found } = scan([openPgpDetector], plant(body, 3).bytes);
    expect(found).toMatchObject([{ confidence: 'proven', key: { spkiSha256: truth } }]);
  });

  it('with a wrong checksum is proven by its numbers and called damaged', () => {
    const body = Buffer.concat([v4, Buffer.from([0]), secret, Buffer.from('0000', 'hex')]);
    const { found } = scan([openPgpDetector], packet('95', body));
    expect(found).toMatchObject([{ confidence: 'proven' }]);
    expect(found[0]?.evidence).toContain('structure cut or damaged');
  });

  it('that is cut behind half of d is proven', () => {
    const body = packet('95', Buffer.concat([v4, Buffer.from([0]), secret, checksum(secret)]));
    expect(spkis(body.subarray(0, 3 + v4.length + 1 + 2 + 110))).toEqual([truth]);
  });

  it('with the algorithm’s own cipher octet (before S2K) is encrypted', () => {
    const body = Buffer.concat([v4, Buffer.from([1]), Buffer.alloc(8, 9), Buffer.alloc(300, 0x5a)]);
    expect(parseOpenPgpSecretKeys(packet('95', body))).toMatchObject([
      { kind: 'encrypted-key', protection: 'IDEA, simple MD5 S2K' },
    ]);
  });

  it('of version 4 with native Ed25519 and X25519 is proven', () => {
    for (const [type, head, algorithm] of [
      ['ed25519', 'c549', 27],
      ['x25519', 'c749', 25],
    ] as const) {
      const pair = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
      const jwk = pair.privateKey.export({ format: 'jwk' });
      const d = Buffer.from(jwk.d as string, 'base64url');
      const x = Buffer.from(jwk.x as string, 'base64url');
      const body = Buffer.concat([Buffer.from('0468000000', 'hex'), Buffer.from([algorithm]), x, Buffer.from([0]), d]);
      const bytes = Buffer.concat([Buffer.from(head, 'hex'), body, checksum(d)]);
      expect(spkis(plant(bytes, 5).bytes)).toEqual([spkiSha256(pair.publicKey)]);
    }
  });

  it('of Ed25519Legacy whose seed begins with zeros is proven', () => {
    let pair = generateKeyPairSync('ed25519');
    while (Buffer.from(pair.privateKey.export({ format: 'jwk' }).d as string, 'base64url')[0] !== 0) {
      pair = generateKeyPairSync('ed25519');
    }
    const jwk = pair.privateKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from('010740', 'hex'), Buffer.from(jwk.x as string, 'base64url')]);
    const d = mpi(Buffer.from(jwk.d as string, 'base64url'));
    const body = Buffer.concat([
      Buffer.from('046800000016092b06010401da470f01', 'hex'),
      point,
      Buffer.from([0]),
      d,
      checksum(d),
    ]);
    expect(spkis(packet('95', body))).toEqual([spkiSha256(pair.publicKey)]);
  });
});

describe('damage', () => {
  const everything = [...OPEN, ...LOCKED].map((name) => fixture(`openpgp/${name}.pgp`));
  everything.push(RFC9580_A4, RFC9580_A5, EMMA_V5);

  it('gives a FormatError, a BoundsError, or what can be proven', () => {
    for (const bytes of everything) {
      cutEverywhere(bytes, (cut) => void onlyExpected(() => parseOpenPgpSecretKeys(cut)), 3);
      flipBits(bytes, 80, bytes.length, (damaged) => void scan([openPgpDetector], damaged));
    }
  });

  it('cuts at the end of the dump leave what stands before', () => {
    const bytes = fixture('openpgp/rsa.pgp');
    const [primary] = printedSpkis('rsa');
    expect(spkis(bytes.subarray(0, 1200))).toEqual([primary]);
  });

  it('in a million bytes of anchors takes bounded time', () => {
    for (const pattern of ['001101000100', 'fe090308', '08000011010001fe', '16092b06010401da470f01', '95035304']) {
      const bytes = Buffer.alloc(256 * 1024, Buffer.from(pattern, 'hex'));
      const elapsed = cpuTimer();
      expect(scan([openPgpDetector], bytes).found).toEqual([]);
      expect(elapsed(), pattern).toBeLessThan(3000);
    }
  });
});
