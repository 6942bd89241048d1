/**
 * From the members of a JSON Web Key to key numbers: RFC 7518 section 6 (EC, RSA, oct), RFC 8037 section 2 (OKP),
 * RFC 8812 section 3 (secp256k1), RFC 9864 and draft-ietf-cose-dilithium (AKP: `priv` is the seed).
 */
import { decodeBase64 } from '../../bytes/base64.js';
import { bigintFromBytes } from '../../bytes/convert.js';
import type { EcCurve, OkpCurve, PqAlgorithm, PrivateKey, PublicKey, RsaPrivateKey } from '../../types.js';
import type { ObjectMembers } from './jwk-members.js';

const EC_CURVES: ReadonlyMap<string, readonly [curve: EcCurve, bytes: number]> = new Map([
  ['P-256', ['P-256', 32]],
  ['P-384', ['P-384', 48]],
  ['P-521', ['P-521', 66]],
  ['secp256k1', ['secp256k1', 32]],
  ['P-256K', ['secp256k1', 32]], // before RFC 8812
]);

const OKP_CURVES: ReadonlyMap<string, readonly [curve: OkpCurve, bytes: number]> = new Map([
  ['Ed25519', ['Ed25519', 32]],
  ['X25519', ['X25519', 32]],
  ['Ed448', ['Ed448', 57]],
  ['X448', ['X448', 56]],
]);

/** Bytes of the private seed. */
const AKP_SEEDS: ReadonlyMap<string, readonly [algorithm: PqAlgorithm, bytes: number]> = new Map([
  ['ML-DSA-44', ['ML-DSA-44', 32]],
  ['ML-DSA-65', ['ML-DSA-65', 32]],
  ['ML-DSA-87', ['ML-DSA-87', 32]],
  ['ML-KEM-512', ['ML-KEM-512', 64]],
  ['ML-KEM-768', ['ML-KEM-768', 64]],
  ['ML-KEM-1024', ['ML-KEM-1024', 64]],
]);

/** A shorter `k` is no key. */
const MIN_SYMMETRIC = 8;
/** 16384 bits, and a bit more. */
const MAX_NUMBER = 2200;

/** Undefined when the members are no private key: a public JWK, an unknown curve, a value that is no base64url. */
export function jwkPrivateKey(members: ObjectMembers): PrivateKey | undefined {
  const { strings } = members;
  const bytes = (name: string): Uint8Array | undefined => {
    const text = strings.get(name);
    return text === undefined ? undefined : decodeBase64(text);
  };
  switch (strings.get('kty')) {
    case 'RSA':
      return rsaKey(members);
    case 'EC': {
      const [curve, size] = EC_CURVES.get(strings.get('crv') ?? '') ?? [];
      const d = bytes('d');
      if (curve === undefined || size === undefined || !d || d.length === 0 || d.length > size) return undefined;
      return { type: 'ec', curve, d: bigintFromBytes(d), publicPoint: point(bytes('x'), bytes('y'), size) };
    }
    case 'OKP': {
      const [curve, size] = OKP_CURVES.get(strings.get('crv') ?? '') ?? [];
      const secret = bytes('d');
      const publicKey = bytes('x');
      if (curve === undefined || secret?.length !== size || secret === undefined) return undefined;
      return { type: 'okp', curve, secret, ...(publicKey?.length === size && { publicKey }) };
    }
    case 'AKP': {
      const [algorithm, size] = AKP_SEEDS.get(strings.get('alg') ?? '') ?? [];
      const seed = bytes('priv');
      if (algorithm === undefined || seed === undefined || seed.length !== size) return undefined;
      return { type: 'pq', algorithm, seed, publicKey: bytes('pub') };
    }
    case 'oct': {
      const secret = bytes('k');
      return secret && secret.length >= MIN_SYMMETRIC ? { type: 'symmetric', secret } : undefined;
    }
    default:
      return undefined;
  }
}

/** The public half, of private members too; undefined where there is none to be known by. */
export function jwkPublicKey({ strings }: ObjectMembers): PublicKey | undefined {
  const bytes = (name: string): Uint8Array => decodeBase64(strings.get(name) ?? '') ?? new Uint8Array();
  switch (strings.get('kty')) {
    case 'RSA': {
      const [n, e] = [bigintFromBytes(bytes('n')), bigintFromBytes(bytes('e'))];
      return n > 0n && e > 0n ? { type: 'rsa', n, e } : undefined;
    }
    case 'EC': {
      const [curve, size] = EC_CURVES.get(strings.get('crv') ?? '') ?? [];
      const whole = curve && size && point(bytes('x'), bytes('y'), size);
      return whole ? { type: 'ec', curve, point: whole } : undefined;
    }
    case 'OKP': {
      const [curve, size] = OKP_CURVES.get(strings.get('crv') ?? '') ?? [];
      const publicKey = bytes('x');
      return curve && publicKey.length === size ? { type: 'okp', curve, publicKey } : undefined;
    }
    default:
      return undefined;
  }
}

function rsaKey({ strings, oth }: ObjectMembers): RsaPrivateKey | undefined {
  const number = (name: string, from: ReadonlyMap<string, string> = strings): bigint | undefined => {
    const text = from.get(name);
    const value = text === undefined || text.length > MAX_NUMBER * 2 ? undefined : decodeBase64(text);
    return value && value.length > 0 && value.length <= MAX_NUMBER ? bigintFromBytes(value) : undefined;
  };
  const key = {
    n: number('n'),
    e: number('e'),
    d: number('d'),
    p: number('p'),
    q: number('q'),
    dp: number('dp'),
    dq: number('dq'),
    qInv: number('qi'),
  };
  if (key.d === undefined && key.p === undefined && key.q === undefined) return undefined;
  const primes = oth.map((prime) => number('r', prime)).filter((prime) => prime !== undefined);
  return { type: 'rsa', ...key, ...(primes.length > 0 && { otherPrimes: primes }) };
}

/** SEC1 uncompressed point. Coordinates that lost their leading zeros are padded. */
function point(x: Uint8Array | undefined, y: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (!x || !y || x.length > size || y.length > size) return undefined;
  const out = new Uint8Array(1 + 2 * size);
  out[0] = 4;
  out.set(x, 1 + size - x.length);
  out.set(y, 1 + 2 * size - y.length);
  return out;
}
