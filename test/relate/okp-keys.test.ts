/** Public halves of many secrets of RFC 8032 and RFC 7748: what node:crypto derives, and what the RFCs print, is the truth. */
import { createHash, createPrivateKey, createPublicKey, Hash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { publicHalves } from '../../src/relate/okp-keys.js';
import { type PointKernel, pointKernel } from '../../src/relate/point-kernel.js';
import type { OkpCurve } from '../../src/types.js';
import { Random } from '../support/random.js';

const COUNTS = [1, 31, 32, 33, 128, 129, 300];
const SIZES: Readonly<Record<OkpCurve, number>> = { X25519: 32, Ed25519: 32, X448: 56, Ed448: 57 };
const CURVES = Object.keys(SIZES) as OkpCurve[];
/** Last byte of the OIDs of RFC 8410. */
const OIDS: Readonly<Record<OkpCurve, number>> = { X25519: 0x6e, X448: 0x6f, Ed25519: 0x70, Ed448: 0x71 };

/** From a PKCS#8 (RFC 8410 section 7). */
function publicKeyOf(curve: OkpCurve, secret: Uint8Array): Buffer {
  const { length } = secret;
  const head = [0x30, length + 14, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, OIDS[curve], 4, length + 2, 4, length];
  const key = createPrivateKey({ key: Buffer.from([...head, ...secret]), format: 'der', type: 'pkcs8' });
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

function halfOf(curve: OkpCurve, secret: Uint8Array): string {
  const key = publicKeyOf(curve, secret);
  if (curve === 'Ed25519') key[31] = key.readUInt8(31) & 0x7f;
  return key.toString('hex');
}

/** The first half of a seed's hash: clamped (RFC 8032 section 5.1.5) it is the scalar of the seed's public key. */
function hashOf(seed: Uint8Array): Uint8Array {
  return createHash('sha512').update(seed).digest().subarray(0, 32);
}

function clamped(scalar: Uint8Array): Uint8Array {
  const bytes = scalar.slice();
  bytes[0] = (bytes[0] as number) & 0xf8;
  bytes[31] = ((bytes[31] as number) & 0x7f) | 0x40;
  return bytes;
}

function halves(curve: OkpCurve, secrets: readonly Uint8Array[], expanded = false, count = secrets.length): string[] {
  const bytes = Buffer.from(publicHalves(curve, expanded, Uint8Array.from(Buffer.concat(secrets)), count));
  const size = SIZES[curve];
  expect(bytes.length).toBe(count * size);
  return Array.from({ length: count }, (_, i) => bytes.toString('hex', i * size, (i + 1) * size));
}

function secretsOf(curve: OkpCurve, count: number, random: Random): Uint8Array[] {
  return Array.from({ length: count }, () => random.bytes(SIZES[curve]));
}

/** Enough of any others that the kernel is asked. */
function amongMany(curve: OkpCurve, secrets: readonly Uint8Array[]): Uint8Array[] {
  return [...secrets, ...secretsOf(curve, 40, new Random(61))];
}

describe.each(CURVES)('public halves of %s', (curve) => {
  const secrets = secretsOf(curve, Math.max(...COUNTS), new Random(3));

  it.each(COUNTS)('of %i secrets are those of node:crypto', (count) => {
    const some = secrets.slice(0, count);
    expect(halves(curve, some)).toEqual(some.map((secret) => halfOf(curve, secret)));
  });

  it.each([0, 1, 40, 129])('are those of the first %i alone where there are more', (count) => {
    const truth = secrets.slice(0, count).map((secret) => halfOf(curve, secret));
    expect(halves(curve, secrets, false, count)).toEqual(truth);
  });

  it.each([20, 140])('leave the secrets as they are, %i of them', (count) => {
    const bytes = Uint8Array.from(Buffer.concat(secrets.slice(0, count)));
    const before = bytes.slice();
    publicHalves(curve, false, bytes, count);
    expect(bytes).toEqual(before);
  });

  it('of zeros, ones, single bits and repeated bytes are those of node:crypto, too', () => {
    const size = SIZES[curve];
    const filled = [0, 0xff, 0x01, 0x7f, 0x80, 0x81, 0x08, 0x40].map((byte) => new Uint8Array(size).fill(byte));
    const bits = Array.from({ length: 8 * size }, (_, bit) =>
      Uint8Array.from({ length: size }, (_, i) => (i === bit >> 3 ? 1 << (bit & 7) : 0)),
    );
    const edges = [...filled, ...bits];
    expect(halves(curve, edges)).toEqual(edges.map((secret) => halfOf(curve, secret)));
    for (const edge of edges.slice(0, 20)) expect(halves(curve, [edge])).toEqual([halfOf(curve, edge)]);
  });
});

describe('public halves of expanded keys of Ed25519', () => {
  const seeds = secretsOf('Ed25519', Math.max(...COUNTS), new Random(5));

  it.each(COUNTS)('of %i clamped scalars are those of the seeds that hash to them', (count) => {
    const some = seeds.slice(0, count);
    const scalars = some.map((seed) => clamped(hashOf(seed)));
    expect(halves('Ed25519', scalars, true)).toEqual(some.map((seed) => halfOf('Ed25519', seed)));
  });

  it.each([10, 200])('are the same where a scalar is not clamped, of %i', (count) => {
    const some = seeds.slice(0, count);
    const truth = some.map((seed) => halfOf('Ed25519', seed));
    expect(some.some((seed) => !Buffer.from(hashOf(seed)).equals(clamped(hashOf(seed))))).toBe(true);
    expect(halves('Ed25519', some.map(hashOf), true)).toEqual(truth);
  });

  it('are those of X25519 on the other curve: y = (u - 1)/(u + 1), also of zeros, ones and single bits', () => {
    const p = (1n << 255n) - 19n;
    const filled = [0, 0xff, 0x01, 0x7f, 0x80].map((byte) => new Uint8Array(32).fill(byte));
    const bits = Array.from({ length: 256 }, (_, bit) =>
      Uint8Array.from({ length: 32 }, (_, i) => (i === bit >> 3 ? 1 << (bit & 7) : 0)),
    );
    const littleEndian = (hex: string) => BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);
    const edges = [...filled, ...bits];
    const found = halves('Ed25519', edges, true);
    for (const [i, edge] of edges.entries()) {
      const [u, y] = [littleEndian(halfOf('X25519', edge)), littleEndian(found[i] as string)];
      expect(y).toBeLessThan(p);
      expect((y * (u + 1n) - (u - 1n)) % p).toBe(0n);
    }
  });
});

/** RFC 8032 sections 7.1 and 7.4, RFC 7748 sections 5.2 (the base point times 9, and times 5) and 6. */
const VECTORS: ReadonlyArray<readonly [curve: OkpCurve, name: string, secret: string, publicKey: string]> = [
  [
    'Ed25519',
    'TEST 1',
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ],
  [
    'Ed25519',
    'TEST 2',
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  ],
  [
    'Ed25519',
    'TEST 3',
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  ],
  [
    'Ed25519',
    'TEST SHA(abc)',
    '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
  ],
  [
    'Ed448',
    'Blank',
    '6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b',
    '5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180',
  ],
  [
    'Ed448',
    '1 octet',
    'c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e',
    '43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480',
  ],
  [
    'X25519',
    'Alice',
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  ],
  [
    'X25519',
    'Bob',
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  ],
  [
    'X25519',
    'one iteration',
    `09${'00'.repeat(31)}`,
    '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
  ],
  [
    'X448',
    'Alice',
    '9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b',
    '9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0',
  ],
  [
    'X448',
    'Bob',
    '1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d',
    '3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609',
  ],
  [
    'X448',
    'one iteration',
    `05${'00'.repeat(55)}`,
    '3f482c8a9f19b01e6c46ee9711d9dc14fd4bf67af30765c2ae2b846a4d23a8cd0db897086239492caf350b51f833868b9bc2b3bca9cf4113',
  ],
];

describe('the test vectors of RFC 8032 and RFC 7748', () => {
  it.each(VECTORS)('come out: %s, %s', (curve, _name, secret, publicKey) => {
    const bytes = Buffer.from(publicKey, 'hex');
    if (curve === 'Ed25519') bytes[31] = bytes.readUInt8(31) & 0x7f;
    const half = bytes.toString('hex');
    const secretBytes = Uint8Array.from(Buffer.from(secret, 'hex'));
    expect(halves(curve, [secretBytes])).toEqual([half]);
    expect(halves(curve, amongMany(curve, [secretBytes]))[0]).toBe(half);
    if (curve !== 'Ed25519') return;
    expect(halves(curve, [hashOf(secretBytes)], true)).toEqual([half]);
    expect(halves(curve, amongMany(curve, [hashOf(secretBytes)]), true)[0]).toBe(half);
  });
});

describe('the kernel of Curve25519', () => {
  const KINDS = [
    ['X25519', false],
    ['Ed25519', false],
    ['Ed25519', true],
  ] as const;
  const truthOf = (curve: OkpCurve, expanded: boolean, seeds: readonly Uint8Array[]) =>
    expanded
      ? { secrets: seeds.map((seed) => clamped(hashOf(seed))), truth: seeds.map((seed) => halfOf(curve, seed)) }
      : { secrets: seeds, truth: seeds.map((seed) => halfOf(curve, seed)) };

  it.each(KINDS)('is asked from 32 secrets of %s on, expanded: %s', (curve, expanded) => {
    const { secrets } = truthOf(curve, expanded, secretsOf(curve, 300, new Random(67)));
    const derive = vi.spyOn(pointKernel('Curve25519') as PointKernel, 'derive');
    try {
      halves(curve, secrets.slice(0, 31), expanded);
      expect(derive).not.toHaveBeenCalled();
      halves(curve, secrets, expanded);
      expect(derive.mock.calls).toEqual([[128], [128], [44]]);
    } finally {
      derive.mockRestore();
    }
  });

  it.each(KINDS)('leaves lanes that are derived by node:crypto, %s, expanded: %s', (curve, expanded) => {
    const { secrets, truth } = truthOf(curve, expanded, secretsOf(curve, 140, new Random(71)));
    const kernel = pointKernel('Curve25519') as PointKernel;
    const whole = kernel.derive.bind(kernel);
    const leaving = vi.spyOn(kernel, 'derive').mockImplementation((count) => {
      whole(count);
      for (let i = 0; i < count; i += 3) kernel.output.fill(0, i * kernel.line, (i + 1) * kernel.line);
    });
    try {
      expect(halves(curve, secrets, expanded)).toEqual(truth);
      expect(leaving).toHaveBeenCalledTimes(2);
    } finally {
      leaving.mockRestore();
    }
  });

  it.each(KINDS)('keeps nothing of the secrets, %s, expanded: %s', (curve, expanded) => {
    const { secrets } = truthOf(curve, expanded, secretsOf(curve, 140, new Random(73)));
    halves(curve, secrets, expanded);
    const memory = Buffer.from((pointKernel('Curve25519') as PointKernel).workspace.buffer);
    const scalars = curve === 'X25519' || expanded ? secrets : secrets.map(hashOf);
    const isKept = (secret: Uint8Array) =>
      [secret, secret.slice().reverse()].some((bytes) => memory.includes(Buffer.from(bytes.subarray(8, 24))));
    expect([...secrets, ...scalars].filter(isKept)).toEqual([]);
  });

  it('is given hashes of seeds that are overwritten when it has them', () => {
    const digest = vi.spyOn(Hash.prototype, 'digest');
    try {
      halves('Ed25519', secretsOf('Ed25519', 140, new Random(257)));
      const hashes = digest.mock.results.map(({ value }) => value as unknown as Uint8Array);
      expect(hashes).toHaveLength(140);
      expect(hashes.every((hash) => hash.length === 64 && hash.every((byte) => byte === 0))).toBe(true);
    } finally {
      digest.mockRestore();
    }
  });
});
