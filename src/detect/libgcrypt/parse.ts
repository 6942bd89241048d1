/**
 * Private key s-expressions of libgcrypt and gpg-agent: `(private-key (rsa (n …)(e …)(d …)(p …)(q …)(u …)))` and the
 * like (libgcrypt manual, "Cryptographic Functions"; agent/keyformat.txt of GnuPG).
 */
import { bigintFromBytes, concatBytes } from '../../bytes/convert.js';
import { FormatError } from '../../errors.js';
import { prove } from '../../prove/prove.js';
import type { EcCurve, OkpCurve, ParsedSecret, PrivateKey, PublicKey } from '../../types.js';
import { atomText, findList, type Notation, readSexp, type Sexp } from './sexp.js';

/** Names of the curves, by each of their aliases in lower case (ecc-curves.c of libgcrypt). */
const EC_CURVES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'P-256': ['NIST P-256', '1.2.840.10045.3.1.7', 'prime256v1', 'secp256r1', 'nistp256'],
    'P-384': ['NIST P-384', '1.3.132.0.34', 'secp384r1', 'nistp384'],
    'P-521': ['NIST P-521', '1.3.132.0.35', 'secp521r1', 'nistp521'],
    secp256k1: ['secp256k1', '1.3.132.0.10'],
    '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1', 'bp256', '1.3.36.3.3.2.8.1.1.7'],
    '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1', 'bp384', '1.3.36.3.3.2.8.1.1.11'],
    '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1', 'bp512', '1.3.36.3.3.2.8.1.1.13'],
  }).flatMap(([name, aliases]) => aliases.map((alias) => [alias.toLowerCase(), name] as const)),
);

const OKP_CURVES: ReadonlyMap<string, { readonly curve: OkpCurve; readonly size: number }> = new Map(
  Object.entries({
    Ed25519: ['Ed25519', '1.3.6.1.4.1.11591.15.1', '1.3.101.112'],
    X25519: ['Curve25519', 'X25519', '1.3.6.1.4.1.3029.1.5.1', '1.3.101.110', 'ietf25', '1.3.6.1.4.1.11591.15.25'],
    Ed448: ['Ed448', '1.3.101.113'],
    X448: ['X448', '1.3.101.111'],
  }).flatMap(([curve, aliases]) => {
    const size = curve === 'Ed448' ? 57 : curve === 'X448' ? 56 : 32;
    return aliases.map((alias) => [alias.toLowerCase(), { curve: curve as OkpCurve, size }] as const);
  }),
);

/** Before the coordinate of an Edwards or Montgomery point. */
const PREFIX_NATIVE = 0x40;

/** The key of the expression at index 0; none for shadowed keys, which are on a card, and for ElGamal. */
export function parsePrivateKeySexp(bytes: Uint8Array, notation: Notation = 'text'): ParsedSecret[] {
  const { list, length } = readSexp(bytes, notation);
  const form = notation === 'text' ? 'libgcrypt s-expression' : 'libgcrypt s-expression in memory';
  const inner = list[1];
  if (inner === undefined || inner instanceof Uint8Array) throw new FormatError('key s-expression without algorithm');
  const algorithm = algorithmOf(inner);
  switch (atomText(list[0])) {
    case 'private-key': {
      const key = readKey(algorithm, inner);
      return key ? [{ kind: 'private-key', form, length, key, whole: true }] : [];
    }
    case 'protected-private-key': {
      const [, mode, parameters, ciphertext] = findList(inner, 'protected') ?? [];
      if (!(ciphertext instanceof Uint8Array) || ciphertext.length < 16) throw new FormatError('protected key');
      const protection = atomText(mode) ?? '';
      if (!/^[a-z0-9-]{1,40}$/.test(protection)) throw new FormatError('protection mode');
      const salt = parameters === undefined ? [] : atomsOf(parameters);
      const identity = concatBytes(...salt, ciphertext);
      return [{ kind: 'encrypted-key', form, length, protection, publicKey: readPublic(algorithm, inner), identity }];
    }
    case 'shadowed-private-key':
      return [];
    default:
      throw new FormatError('no private key s-expression');
  }
}

type Algorithm = 'rsa' | 'dsa' | 'elg' | 'ecc';

function algorithmOf(inner: readonly Sexp[]): Algorithm {
  const name = atomText(inner[0])?.toLowerCase();
  switch (name) {
    case 'rsa':
    case 'openpgp-rsa':
    case 'oid.1.2.840.113549.1.1.1':
      return 'rsa';
    case 'dsa':
    case 'openpgp-dsa':
      return 'dsa';
    case 'elg':
    case 'openpgp-elg':
    case 'openpgp-elg-sig':
      return 'elg';
    case 'ecc':
    case 'ecdsa':
    case 'ecdh':
    case 'eddsa':
      return 'ecc';
    default:
      throw new FormatError('unknown algorithm in s-expression');
  }
}

/** The value of the parameter `(name value)`. */
function value(inner: readonly Sexp[], name: string): Uint8Array | undefined {
  const atom = findList(inner, name)?.[1];
  return atom instanceof Uint8Array ? atom : undefined;
}

function required(inner: readonly Sexp[], name: string): bigint {
  const bytes = value(inner, name);
  if (bytes === undefined || bytes.length > 2049) throw new FormatError('parameter of s-expression');
  return bigintFromBytes(bytes);
}

function optional(inner: readonly Sexp[], name: string): bigint | undefined {
  return value(inner, name) && required(inner, name);
}

function readKey(algorithm: Algorithm, inner: readonly Sexp[]): PrivateKey | undefined {
  if (algorithm === 'rsa') {
    const [n, e, d] = [required(inner, 'n'), required(inner, 'e'), required(inner, 'd')];
    // Here u = p⁻¹ mod q, so p is the q of others.
    return { type: 'rsa', n, e, d, p: optional(inner, 'q'), q: optional(inner, 'p'), qInv: optional(inner, 'u') };
  }
  if (algorithm === 'dsa') {
    const [p, q, g, y] = [required(inner, 'p'), required(inner, 'q'), required(inner, 'g'), required(inner, 'y')];
    return { type: 'dsa', p, q, g, y, x: required(inner, 'x') };
  }
  if (algorithm === 'elg') return undefined;
  const curve = curveName(inner);
  const d = value(inner, 'd');
  if (d === undefined || d.length === 0 || d.length > 67) throw new FormatError('scalar of s-expression');
  const q = value(inner, 'q');
  const okp = OKP_CURVES.get(curve);
  if (okp) return okpKey(okp.curve, okp.size, d, okpPoint(q, okp.size));
  const publicPoint = q && (q[0] === 4 || q[0] === 2 || q[0] === 3) ? q.slice() : undefined;
  return { type: 'ec', curve: EC_CURVES.get(curve) ?? unknownCurve(), d: bigintFromBytes(d), publicPoint };
}

function readPublic(algorithm: Algorithm, inner: readonly Sexp[]): PublicKey | undefined {
  if (algorithm === 'rsa') return { type: 'rsa', n: required(inner, 'n'), e: required(inner, 'e') };
  if (algorithm === 'dsa') {
    const [p, q, g, y] = [required(inner, 'p'), required(inner, 'q'), required(inner, 'g'), required(inner, 'y')];
    return { type: 'dsa', p, q, g, y };
  }
  if (algorithm === 'elg') return undefined;
  const name = curveName(inner);
  const q = value(inner, 'q');
  const okp = OKP_CURVES.get(name);
  if (okp) {
    const publicKey = okpPoint(q, okp.size);
    return publicKey && { type: 'okp', curve: okp.curve, publicKey };
  }
  const curve = EC_CURVES.get(name) ?? unknownCurve();
  return q?.[0] === 4 && !curve.includes('.') ? { type: 'ec', curve: curve as EcCurve, point: q.slice() } : undefined;
}

function curveName(inner: readonly Sexp[]): string {
  return atomText(findList(inner, 'curve')?.[1])?.toLowerCase() ?? unknownCurve();
}

function unknownCurve(): never {
  throw new FormatError('unknown curve in s-expression');
}

function okpPoint(q: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (q === undefined) return undefined;
  const point = q.length === size + 1 && q[0] === PREFIX_NATIVE ? q.subarray(1) : q;
  return point.length === size ? point.slice() : undefined;
}

/**
 * A seed, or a scalar: that of Curve25519 is written as a number, so reversed, by some versions and as it is by others.
 * The public key tells which.
 */
function okpKey(curve: OkpCurve, size: number, d: Uint8Array, publicKey: Uint8Array | undefined): PrivateKey {
  const digits = d.length === size + 1 && d[0] === 0 ? d.subarray(1) : d;
  if (digits.length > size) throw new FormatError('scalar of s-expression');
  const secret = new Uint8Array(size);
  secret.set(digits, size - digits.length);
  const straight: PrivateKey = { type: 'okp', curve, secret, publicKey };
  if (curve.startsWith('Ed')) return straight;
  const reversed: PrivateKey = { type: 'okp', curve, secret: secret.slice().reverse(), publicKey };
  const [likely, other] = curve === 'X25519' ? [reversed, straight] : [straight, reversed];
  return prove(likely)?.confidence !== 'proven' && prove(other)?.confidence === 'proven' ? other : likely;
}

/** All atoms of a tree, in order. Its depth is bounded by the reader. */
function atomsOf(node: Sexp): Uint8Array[] {
  return node instanceof Uint8Array ? [node] : node.flatMap(atomsOf);
}
