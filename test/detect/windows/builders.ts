/**
 * Builders for Windows key blobs, written from the structures in bcrypt.h and wincrypt.h, and numbers from node:crypto.
 * They share nothing with the parsers.
 */
import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * i);
  return bytes;
}

/** The bytes of a JWK number, left-padded. */
export function be(base64url: string | undefined, size?: number): Buffer {
  const bytes = Buffer.from(base64url as string, 'base64url');
  return size === undefined ? bytes : Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}

export function le(base64url: string | undefined, size: number): Buffer {
  return be(base64url, size).reverse();
}

export interface Pair {
  readonly jwk: JsonWebKey;
  readonly publicKey: KeyObject;
}

export function rsaPair(modulusLength: number, publicExponent = 65537): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return { jwk: privateKey.export({ format: 'jwk' }), publicKey };
}

export function ecPair(namedCurve: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { jwk: privateKey.export({ format: 'jwk' }), publicKey };
}

/** BCRYPT_RSAKEY_BLOB with magic RSA2 or RSA3. */
export function cngRsa({ jwk }: Pair, bits: number, full: boolean): Buffer {
  const [n, half] = [bits / 8, bits / 16];
  const e = be(jwk.e);
  const numbers = [e, be(jwk.n, n), be(jwk.p, half), be(jwk.q, half)];
  if (full) numbers.push(be(jwk.dp, half), be(jwk.dq, half), be(jwk.qi, half), be(jwk.d, n));
  return Buffer.concat([Buffer.from(full ? 'RSA3' : 'RSA2'), u32(bits, e.length, n, half, half), ...numbers]);
}

/** BCRYPT_ECCKEY_BLOB. */
export function cngEcc({ jwk }: Pair, magic: string, size: number): Buffer {
  return Buffer.concat([Buffer.from(magic), u32(size), be(jwk.x, size), be(jwk.y, size), be(jwk.d, size)]);
}

/** PRIVATEKEYBLOB of an RSA key; `algorithm` is CALG_RSA_KEYX or CALG_RSA_SIGN. */
export function capiRsa({ jwk }: Pair, bits: number, algorithm = 0xa400): Buffer {
  const [n, half] = [bits / 8, bits / 16];
  return Buffer.concat([
    Buffer.from([7, 2, 0, 0]),
    u32(algorithm),
    Buffer.from('RSA2'),
    u32(bits, Number(`0x${be(jwk.e).toString('hex')}`)),
    le(jwk.n, n),
    ...[jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((number) => le(number, half)),
    le(jwk.d, n),
  ]);
}

export interface DsaNumbers {
  readonly p: Buffer;
  readonly q: Buffer;
  readonly g: Buffer;
  readonly y: Buffer;
  readonly x: Buffer;
  readonly publicKey: KeyObject;
}

/** The numbers of a DSA key out of its PKCS#8 and SPKI DER: the integers in order, whatever the lengths around them. */
export function dsaNumbers(modulusLength: number, divisorLength: number): DsaNumbers {
  const { privateKey, publicKey } = generateKeyPairSync('dsa', { modulusLength, divisorLength });
  const [, p, q, g, x] = integers(privateKey.export({ type: 'pkcs8', format: 'der' }));
  const y = integers(publicKey.export({ type: 'spki', format: 'der' })).at(-1);
  return { p, q, g, y, x, publicKey } as DsaNumbers;
}

/** All INTEGERs, without sign bytes, from all depths; BIT and OCTET STRINGs are entered, too. */
function integers(der: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der[at] as number;
    let length = der[at + 1] as number;
    at += 2;
    if (length >= 0x80) {
      const digits = length & 0x7f;
      length = der.readUIntBE(at, digits);
      at += digits;
    }
    const content = der.subarray(at, at + length);
    at += length;
    if (tag === 2) found.push(content[0] === 0 && length > 1 ? content.subarray(1) : content);
    else if (tag === 0x30 || tag === 4) found.push(...integers(content));
    else if (tag === 3) found.push(...integers(content.subarray(1)));
  }
  return found;
}

export function padded(bytes: Buffer, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}

export function reversed(bytes: Buffer, size: number): Buffer {
  return padded(bytes, size).reverse();
}
