/**
 * Key blobs of Windows CNG, as BCryptExportKey gives them: structures and magic numbers of bcrypt.h. Headers are
 * little-endian 32-bit fields, the numbers after them big-endian (learn.microsoft.com, BCRYPT_RSAKEY_BLOB,
 * BCRYPT_ECCKEY_BLOB, BCRYPT_DSA_KEY_BLOB, BCRYPT_DSA_KEY_BLOB_V2, BCRYPT_PQDSA_KEY_BLOB, BCRYPT_MLKEM_KEY_BLOB).
 */
import { bigintFromBytes, concatBytes, latin1 } from '../../bytes/convert.js';
import { checkedSize, Fields, slice } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import { prove } from '../../prove/prove.js';
import type { EcCurve, ParsedSecret, PqAlgorithm, PrivateKey } from '../../types.js';

/** Bytes of the longest RSA or DSA number: 16384 bits. */
const MAX_NUMBER = 2048;

interface Curve {
  readonly name: EcCurve;
  /** Bytes of a coordinate. */
  readonly size: number;
}

const P256: Curve = { name: 'P-256', size: 32 };
const P384: Curve = { name: 'P-384', size: 48 };
const P521: Curve = { name: 'P-521', size: 66 };

/** ECK: for ECDH, ECS: for ECDSA. Odd digits are the public keys. */
const NAMED_CURVES: Readonly<Record<string, Curve>> = {
  ECK2: P256,
  ECK4: P384,
  ECK6: P521,
  ECS2: P256,
  ECS4: P384,
  ECS6: P521,
};

/** Generic blobs leave the curve to the key's handle, or to the explicit parameters of a full blob. */
const GENERIC_CURVES: readonly Curve[] = [P256, { name: 'secp256k1', size: 32 }, P384, P521];

/** The four characters that a private blob begins with. */
export const CNG_MAGICS: readonly string[] = [
  'RSA2', // BCRYPT_RSAPRIVATE_MAGIC
  'RSA3', // BCRYPT_RSAFULLPRIVATE_MAGIC
  ...Object.keys(NAMED_CURVES),
  'ECKV', // BCRYPT_ECDH_PRIVATE_GENERIC_MAGIC
  'ECDV', // BCRYPT_ECDSA_PRIVATE_GENERIC_MAGIC
  'DSPV', // BCRYPT_DSA_PRIVATE_MAGIC
  'DPV2', // BCRYPT_DSA_PRIVATE_MAGIC_V2
  'DSSK', // BCRYPT_MLDSA_PRIVATE_MAGIC
  'DSSS', // BCRYPT_MLDSA_PRIVATE_SEED_MAGIC
  'MLKR', // BCRYPT_MLKEM_PRIVATE_MAGIC
  'MLKS', // BCRYPT_MLKEM_PRIVATE_SEED_MAGIC
];

/** Parameter set to algorithm and to bytes of the seed and of the expanded key (FIPS 203 and 204). */
const PARAMETER_SETS: Readonly<Record<string, Readonly<Record<string, readonly [PqAlgorithm, number, number]>>>> = {
  DSS: { 44: ['ML-DSA-44', 32, 2560], 65: ['ML-DSA-65', 32, 4032], 87: ['ML-DSA-87', 32, 4896] },
  MLK: { 512: ['ML-KEM-512', 64, 1632], 768: ['ML-KEM-768', 64, 2400], 1024: ['ML-KEM-1024', 64, 3168] },
};

interface Blob {
  readonly form: string;
  readonly key: PrivateKey;
  readonly length: number;
}

/** The key of the blob at index 0. FormatError or BoundsError when the header's sizes do not agree or do not fit. */
export function parseCngBlob(bytes: Uint8Array): ParsedSecret {
  const { form, key, length } = readBlob(latin1(bytes, 0, 4), bytes);
  return { kind: 'private-key', form, length, key, whole: true };
}

function readBlob(magic: string, bytes: Uint8Array): Blob {
  if (magic === 'RSA2' || magic === 'RSA3') return readRsa(bytes, magic === 'RSA3');
  const curve = NAMED_CURVES[magic];
  if (curve) return readEc(bytes, curve);
  switch (magic) {
    case 'ECKV':
    case 'ECDV':
      return new Fields(bytes, true).u32(4) === 1 ? readFullEc(bytes) : readGenericEc(bytes);
    case 'DSPV':
      return readDsa(bytes);
    case 'DPV2':
      return readDsa2(bytes);
    case 'DSSK':
    case 'DSSS':
    case 'MLKR':
    case 'MLKS':
      return readPostQuantum(magic, bytes);
    default:
      throw new FormatError('CNG blob magic');
  }
}

/** Consecutive big-endian numbers. */
class Numbers {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  take(length: number): Uint8Array {
    const bytes = slice(this.#bytes, this.at, length, 'CNG number');
    this.at += length;
    return bytes;
  }

  number(length: number): bigint {
    return bigintFromBytes(this.take(length));
  }
}

/** e, n, p, q; a full blob goes on with dp, dq, q⁻¹ mod p, d. */
function readRsa(bytes: Uint8Array, full: boolean): Blob {
  const header = new Fields(bytes, true);
  const bits = checkedSize(header.u32(4), MAX_NUMBER * 8, 'RSA bits');
  const eSize = checkedSize(header.u32(8), 32, 'RSA public exponent');
  const nSize = checkedSize(header.u32(12), MAX_NUMBER, 'RSA modulus');
  const pSize = checkedSize(header.u32(16), MAX_NUMBER, 'RSA prime');
  const qSize = checkedSize(header.u32(20), MAX_NUMBER, 'RSA prime');
  const primes = pSize + qSize;
  if (bits < 256 || nSize !== Math.ceil(bits / 8) || eSize === 0 || primes < nSize || primes > nSize + 2) {
    throw new FormatError('CNG RSA sizes do not agree');
  }
  const numbers = new Numbers(bytes, 24);
  const [e, n, p, q] = [numbers.number(eSize), numbers.number(nSize), numbers.number(pSize), numbers.number(qSize)];
  if (!full) return { form: 'CNG RSA private blob', key: { type: 'rsa', n, e, p, q }, length: numbers.at };
  const [dp, dq, qInv, d] = [
    numbers.number(pSize),
    numbers.number(qSize),
    numbers.number(pSize),
    numbers.number(nSize),
  ];
  return { form: 'CNG RSA full blob', key: { type: 'rsa', n, e, d, p, q, dp, dq, qInv }, length: numbers.at };
}

function readEc(bytes: Uint8Array, curve: Curve): Blob {
  const size = new Fields(bytes, true).u32(4);
  if (size !== curve.size) throw new FormatError('CNG ECC size');
  const key = ecKey(curve, new Numbers(bytes, 8));
  // The header says little: random bytes after four letters would be a scalar, too.
  if (!isProven(key)) throw new FormatError('CNG ECC point is not the key’s');
  return { form: 'CNG ECC private blob', key, length: 8 + 3 * size };
}

/** X, Y, d. */
function ecKey({ name, size }: Curve, numbers: Numbers): PrivateKey {
  const publicPoint = concatBytes(Uint8Array.of(4), numbers.take(2 * size));
  return { type: 'ec', curve: name, d: numbers.number(size), publicPoint };
}

function readGenericEc(bytes: Uint8Array): Blob {
  const size = checkedSize(new Fields(bytes, true).u32(4), 66, 'CNG ECC size');
  for (const curve of GENERIC_CURVES) {
    if (curve.size !== size) continue;
    const key = ecKey(curve, new Numbers(bytes, 8));
    if (isProven(key)) return { form: 'CNG ECC private blob', key, length: 8 + 3 * size };
  }
  throw new FormatError('CNG ECC curve');
}

/** BCRYPT_ECCFULLKEY_BLOB, version 1: p, a, b, Gx, Gy, order, cofactor, seed; then X, Y, d. */
function readFullEc(bytes: Uint8Array): Blob {
  const header = new Fields(bytes, true);
  const field = checkedSize(header.u32(16), 66, 'ECC field');
  const order = checkedSize(header.u32(20), 66, 'ECC order');
  const cofactor = checkedSize(header.u32(24), 66, 'ECC cofactor');
  const seed = checkedSize(header.u32(28), 256, 'ECC seed');
  const keyAt = 32 + 5 * field + order + cofactor + seed;
  for (const curve of GENERIC_CURVES) {
    if (curve.size !== field || order !== field) continue;
    const key = ecKey(curve, new Numbers(bytes, keyAt));
    if (isProven(key)) return { form: 'CNG ECC full private blob', key, length: keyAt + 3 * field };
  }
  throw new FormatError('CNG ECC curve');
}

function isProven(key: PrivateKey): boolean {
  return prove(key)?.confidence === 'proven';
}

/** 4 bytes count, 20 bytes seed, q[20]; then p, g, y, x[20]. */
function readDsa(bytes: Uint8Array): Blob {
  const size = checkedSize(new Fields(bytes, true).u32(4), 128, 'DSA size');
  if (size < 64) throw new FormatError('CNG DSA size');
  const numbers = new Numbers(bytes, 32);
  return dsaBlob(numbers.number(20), numbers, size, 20);
}

/** Hash, standard, seed and group sizes, 4 bytes count; then seed, q, p, g, y, x. */
function readDsa2(bytes: Uint8Array): Blob {
  const header = new Fields(bytes, true);
  const size = checkedSize(header.u32(4), MAX_NUMBER, 'DSA size');
  const seed = checkedSize(header.u32(16), 64, 'DSA seed');
  const group = checkedSize(header.u32(20), 64, 'DSA group');
  if (size < 64 || group < 20) throw new FormatError('CNG DSA size');
  const numbers = new Numbers(bytes, 28 + seed);
  return dsaBlob(numbers.number(group), numbers, size, group);
}

function dsaBlob(q: bigint, numbers: Numbers, size: number, group: number): Blob {
  const [p, g, y] = [numbers.number(size), numbers.number(size), numbers.number(size)];
  const key: PrivateKey = { type: 'dsa', p, q, g, y, x: numbers.number(group) };
  return { form: 'CNG DSA private blob', key, length: numbers.at };
}

/** Sizes of the parameter set's name (UTF-16, with its NUL) and of the key; then both. */
function readPostQuantum(magic: string, bytes: Uint8Array): Blob {
  const header = new Fields(bytes, true);
  const nameSize = checkedSize(header.u32(4), 10, 'parameter set');
  const keySize = header.u32(8);
  const name = Buffer.from(slice(bytes, 12, nameSize)).toString('utf16le');
  const family = magic.slice(0, 3);
  const parameters = PARAMETER_SETS[family]?.[name.replace(/\0$/, '')];
  if (parameters === undefined || !name.endsWith('\0')) throw new FormatError('CNG parameter set');
  const [algorithm, seedSize, expandedSize] = parameters;
  const isSeed = magic.endsWith('S');
  if (keySize !== (isSeed ? seedSize : expandedSize)) throw new FormatError('CNG post-quantum key size');
  const material = slice(bytes, 12 + nameSize, keySize).slice();
  const key: PrivateKey = { type: 'pq', algorithm, ...(isSeed ? { seed: material } : { expanded: material }) };
  const form = `CNG ${algorithm.slice(0, 6)} private ${isSeed ? 'seed ' : ''}blob`;
  return { form, key, length: 12 + nameSize + keySize };
}
