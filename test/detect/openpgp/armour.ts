/** Published OpenPGP keys, and a reader for what gpg prints of public numbers. */
import { createHash, createPublicKey } from 'node:crypto';
import { fixture, spkiSha256 } from '../binary-harness.js';

/** The bytes of an ASCII-armoured block, given without its header lines and checksum. */
export function unarmour(body: string): Uint8Array {
  return Uint8Array.from(Buffer.from(body.replace(/\s+/g, ''), 'base64'));
}

/** RFC 9580 appendix A.4: version 6, Ed25519 with an X25519 subkey, not encrypted. */
export const RFC9580_A4 = unarmour(`
xUsGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laMAGXKB
exK+cH6NX1hs5hNhIB00TrJmosgv3mg1ditlsLfCsQYfGwoAAABCBYJjh3/jAwsJ
BwUVCg4IDAIWAAKbAwIeCSIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce6
2azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lwgyU2kCcUmKfvBXbAf6rh
RYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaEQsiPlR4zxP/TP7mhfVEe
7XWPxtnMUMtf15OyA51YBMdLBmOHf+MZAAAAIIaTJINn+eUBXbki+PSAld2nhJh/
LVmFsS+60WyvXkQ1AE1gCk95TUR3XFeibg/u/tVY6a//1q0NWC1X+yui3O24wpsG
GBsKAAAALAWCY4d/4wKbDCIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce6
2azJAAAAAAQBIKbpGG2dWTX8j+VjFM21J0hqWlEg+bdiojWnKfA5AQpWUWtnNwDE
M0g12vYxoWM8Y81W+bHBw805I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUr
k0mXubZvyl4GBg==`);

/** RFC 9580 appendix A.5: the same key, locked with Argon2 and OCB. */
export const RFC9580_A5 = unarmour(`
xYIGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laP9JgkC
FARdb9ccngltHraRe25uHuyuAQQVtKipJ0+r5jL4dacGWSAheCWPpITYiyfyIOPS
3gIDyg8f7strd1OB4+LZsUhcIjOMpVHgmiY/IutJkulneoBYwrEGHxsKAAAAQgWC
Y4d/4wMLCQcFFQoOCAwCFgACmwMCHgkiIQbLGGxPBgmml+TVLfpscisMHx4nwYpW
cI9lJewnutmsyQUnCQIHAgAAAACtKCAQPi19In7A5tfORHHbNr/JcIMlNpAnFJin
7wV2wH+q4UWFs7kDsBJ+xP2i8CMEWi7Ha8tPlXGpZR4UruETeh1mhELIj5UeM8T/
0z+5oX1RHu11j8bZzFDLX9eTsgOdWATHggZjh3/jGQAAACCGkySDZ/nlAV25Ivj0
gJXdp4SYfy1ZhbEvutFsr15ENf0mCQIUBA5hhGgp2oaavg6mFUXcFMwBBBUuE8qf
9Ock+xwusd+GAglBr5LVyr/lup3xxQvHXFSjjA2haXfoN6xUGRdDEHI6+uevKjVR
v5oAxgu7eJpaXNjCmwYYGwoAAAAsBYJjh3/jApsMIiEGyxhsTwYJppfk1S36bHIr
DB8eJ8GKVnCPZSXsJ7rZrMkAAAAABAEgpukYbZ1ZNfyP5WMUzbUnSGpaUSD5t2Ki
Nacp8DkBClZRa2c3AMQzSDXa9jGhYzxjzVb5scHDzTkjyRZWRdTq8U6L4da+/+Kt
ruh8m7Xo2ehSSFyWRSuTSZe5tm/KXgYG`);

/** Public numbers of RFC 9580 A.4, as hex: Ed25519 primary key, X25519 subkey. */
export const RFC9580_PUBLIC = [
  'f94da7bb48d60a61e567706a6587d0331999bb9d891a08242ead84543df895a3',
  '8693248367f9e5015db922f8f48095dda784987f2d5985b12fbad16caf5e4435',
] as const;

/** The version 5 sample key of GnuPG's author (openpgp@ietf.org, 2019): Ed25519 with a Curve25519 subkey. */
export const EMMA_V5 = unarmour(`
lGEFXJH05BYAAAAtCSsGAQQB2kcPAQEHQFhZlVcVVtwf+21xNQPX+ecMJJBL0MPd
fj75iux+my8QAAAAAAAiAQCHZ1SnSUmWqxEsoI6facIVZQu6mph3cBFzzTvcm5lA
Ng5ctBhlbW1hLmdvbGRtYW5AZXhhbXBsZS5uZXSIlgUTFggASCIhBRk0e8mHJGQC
X5nfPsLgAA7ZiEiS4fez6kyUAJFZVptUBQJckfTkAhsDBQsJCAcCAyICAQYVCgkI
CwIEFgIDAQIeBwIXgAAA9cAA/jiR3yMsZMeEQ40u6uzEoXa6UXeV/S3wwJAXRJy9
M8s0AP9vuL/7AyTfFXwwzSjDnYmzS0qAhbLDQ643N+MXGBJ2BZxmBVyR9OQSAAAA
MgorBgEEAZdVAQUBAQdA+nysrzml2UCweAqtpDuncSPlvrcBWKU0yfU0YvYWWAoD
AQgHAAAAAAAiAP9OdAPppjU1WwpqjIItkxr+VPQRT8Zm/Riw7U3F6v3OiBFHiHoF
GBYIACwiIQUZNHvJhyRkAl+Z3z7C4AAO2YhIkuH3s+pMlACRWVabVAUCXJH05AIb
DAAAOSQBAP4BOOIR/sGLNMOfeb5fPs/02QMieoiSjIBnijhob2U5AQC+RtOHCHx7
TcIYl5/Uyoi+FOvPLcNw4hOv2nwUzSSVAw==`);

export const EMMA_PUBLIC = [
  '585995571556dc1ffb6d713503d7f9e70c24904bd0c3dd7e3ef98aec7e9b2f10',
  'fa7cacaf39a5d940b0780aada43ba77123e5beb70158a534c9f53462f616580a',
] as const;

export function okpSpki(curve: 'Ed25519' | 'X25519', publicHex: string): string {
  return spkiSha256({ kty: 'OKP', crv: curve, x: Buffer.from(publicHex, 'hex').toString('base64url') });
}

const CURVES: Readonly<Record<string, readonly ['EC' | 'OKP', string]>> = {
  '2A8648CE3D030107': ['EC', 'P-256'],
  '2B81040022': ['EC', 'P-384'],
  '2B81040023': ['EC', 'P-521'],
  '2B8104000A': ['EC', 'secp256k1'],
  '2B06010401DA470F01': ['OKP', 'Ed25519'],
  '2B060104019755010501': ['OKP', 'X25519'],
};

/**
 * SHA-256 of the SubjectPublicKeyInfo of each key that `gpg --with-key-data` printed to `openpgp/<name>.pkd`, in order;
 * undefined for ElGamal and for curves that node:crypto has no JWK for.
 */
export function printedSpkis(name: string): Array<string | undefined> {
  const lines = Buffer.from(fixture(`openpgp/${name}.pkd`))
    .toString('latin1')
    .trim()
    .split('\n');
  const keys: Array<{ algorithm: number; numbers: string[] }> = [];
  for (const line of lines) {
    const fields = line.split(':');
    if (fields[0] === 'pkd') keys.at(-1)?.numbers.push(fields[3] as string);
    else keys.push({ algorithm: Number(fields[3]), numbers: [] });
  }
  return keys.map(({ algorithm, numbers }) => spkiOf(algorithm, numbers));
}

function spkiOf(algorithm: number, numbers: string[]): string | undefined {
  const [first = '', second = '', third = '', fourth = ''] = numbers;
  const base64url = (digits: string) => Buffer.from(digits, 'hex').toString('base64url');
  if (algorithm === 1) return spkiSha256({ kty: 'RSA', n: base64url(first), e: base64url(second) });
  if (algorithm === 17) return dsaSpki([first, second, third], fourth);
  if (algorithm === 16) return undefined;
  const curve = CURVES[first.slice(2)];
  if (curve === undefined) return undefined;
  const [kty, crv] = curve;
  if (kty === 'OKP') return spkiSha256({ kty, crv, x: base64url(second.slice(2)) });
  const half = (second.length - 2) / 2;
  const [x, y] = [second.slice(2, 2 + half), second.slice(2 + half)];
  return spkiSha256({ kty, crv, x: base64url(x), y: base64url(y) });
}

/** SubjectPublicKeyInfo of RFC 3279 section 2.3.2, which node:crypto must accept. */
function dsaSpki(parameters: readonly string[], y: string): string {
  const integer = (digits: string) => tlv(0x02, unsigned(digits));
  const algorithm = tlv(
    0x30,
    Buffer.concat([
      Buffer.from('06072a8648ce380401', 'hex'),
      tlv(0x30, Buffer.concat(parameters.map((number) => integer(number)))),
    ]),
  );
  const spki = tlv(0x30, Buffer.concat([algorithm, tlv(0x03, Buffer.concat([Buffer.alloc(1), integer(y)]))]));
  createPublicKey({ key: spki, type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

function unsigned(digits: string): Buffer {
  const bytes = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
  return (bytes[0] as number) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}
