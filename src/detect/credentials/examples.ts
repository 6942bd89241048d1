/**
 * Makes examples of credentials from templates, so that no file holds a text that looks like a real one: `ghp_<base62:36>`.
 * What stands in angle brackets is a maker and its arguments; the digits are a stream of hashes, the same in each run.
 *
 * Checksums are made here in another way than the validators check them: by zlib, and by integers of any size.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const BASE62 = DIGITS + UPPER + LOWER;

const ALPHABETS: Readonly<Record<string, string>> = {
  digits: DIGITS,
  upper: UPPER,
  lower: LOWER,
  hex: `${DIGITS}abcdef`,
  HEX: `${DIGITS}ABCDEF`,
  base62: BASE62,
  base36: DIGITS + LOWER,
  BASE36: DIGITS + UPPER,
  base32: `${UPPER}234567`,
  base32lower: `${LOWER}234567`,
  base58: BASE62.replace(/[0OIl]/g, ''),
  base64: `${BASE62}+/`,
  base64url: `${BASE62}-_`,
  word: `${BASE62}_`,
};

type Draw = (alphabet: string, length: number) => string;

const MAKERS: Readonly<Record<string, (draw: Draw, ...args: string[]) => string>> = {
  uuid: (draw) => [8, 4, 4, 4, 12].map((length) => draw(ALPHABETS.hex as string, length)).join('-'),
  /** So many digits, and six of their CRC-32. */
  'crc32-base62': (draw, length) => {
    const body = draw(BASE62, Number(length));
    return body + digitsOf(BigInt(crc32(body)), BASE62).padStart(6, '0');
  },
  /** All that stands before, and its CRC-32, little-endian, in hexadecimal. */
  'crc32-hex': (draw, prefix = '', length = '32', between = '_') => {
    const body = prefix + draw(BASE62, Number(length));
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(body));
    return body + between + sum.toString('hex');
  },
  /** The prefix, so many digits, and their CRC-32 in hexadecimal, the most significant digit first: over all or the digits. */
  'crc32-hex-tail': (draw, prefix = '', length = '40', over = 'whole', between = '', digits = 'base62') => {
    const body = draw(ALPHABETS[digits] ?? BASE62, Number(length));
    const sum = crc32(over === 'whole' ? prefix + body + between : body);
    return prefix + body + between + sum.toString(16).padStart(8, '0');
  },
  /** The prefix, so many digits, and six of the CRC-32 of all that, small letters before capitals. */
  'crc32-base62-whole': (draw, prefix = '', length = '30') => {
    const body = prefix + draw(BASE62, Number(length));
    return body + digitsOf(BigInt(crc32(body)), DIGITS + LOWER + UPPER).padStart(6, '0');
  },
  'crc32-base64': (draw, prefix = '', length = '54') => {
    const body = draw(ALPHABETS.base64 as string, Number(length));
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(body));
    return prefix + body + sum.toString('base64').slice(0, 6);
  },
  'gitlab-routable': (draw, prefix = '') => {
    const payload = Buffer.from(`${draw(BASE62, 16)}o:1\np:2\nu:3${String.fromCharCode(11)}`, 'latin1');
    const digits = payload.toString('base64url');
    const body = `${prefix}${digits}.01.${digits.length.toString(36).padStart(2, '0')}`;
    return body + crc32(body).toString(36).padStart(7, '0');
  },
  /** An Azure key of so many bytes, with its provider's signature, and the seed of its checksum. */
  azure: (draw, size, signature = '', seed = '', kind = '') => azureKey(draw, Number(size), signature, seed, kind),
  'azure-2': (draw, size, signature = '') => {
    const random = draw(BASE62, 52);
    const head = Buffer.from(`${random}JQQJ99BCAC${draw(BASE62, 14)}${signature}`, 'base64');
    return Buffer.concat([head, marvin(head, 'Default0').subarray(0, Number(size) - 60)]).toString('base64');
  },
  'entra-secret': (draw) => {
    const alphabet = `${LOWER}${UPPER}1234567890.-_~`;
    const body = `${draw(LOWER, 3)}8Q~${draw(BASE62, 31)}`;
    const hash = BigInt(marvin(Buffer.from(body), 'AadPwd00').readUInt32LE(0));
    return body + digitsOf(hash, alphabet).padStart(6, alphabet[0]).slice(0, 3);
  },
  'azure-devops': (draw) => {
    const random = Buffer.from(draw(BASE62, 28));
    const sum = (crc32(random) ^ 0xe0b9692d) >>> 0;
    const [s0, s1, s2, s3] = [0, 8, 16, 24].map((shift) => Buffer.of((sum >>> shift) & 0xff)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const parts = [random.subarray(0, 2), s3, random.subarray(2, 6), s2, s1, random.subarray(6, 19), s0];
    return base32(Buffer.concat([...parts, random.subarray(19)]));
  },
  /** An AWS key id of the account with that number. */
  'aws-key-id': (draw, prefix = '', account = '') => {
    const first = (BigInt(account) << 7n) | (1n << 47n);
    const bytes = Buffer.concat([
      Buffer.from(first.toString(16).padStart(12, '0'), 'hex'),
      Buffer.from(draw(BASE62, 4)),
    ]);
    return prefix + base32(bytes).toUpperCase();
  },
  /** A signed token with these claims; the signature is random. */
  jwt: (draw, algorithm, ...claims) => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    return [
      part(`{"alg":"${algorithm}","kid":"k1"}`),
      part(claims.join(':')),
      draw(ALPHABETS.base64url as string, 43),
    ].join('.');
  },
  /** A text in base64, base64url. */
  b64: (draw, ...text) => Buffer.from(fill(text.join(':'), draw)).toString('base64'),
  b64url: (draw, ...text) => Buffer.from(fill(text.join(':'), draw)).toString('base64url'),
};

/** The text of a template. `seed` makes the digits of one rule differ from another's. */
export function makeExample(template: string, seed: string): string {
  let counter = 0;
  const stream = () => createHash('sha256').update(`dumpsieve example ${seed} ${template} ${counter++}`).digest();
  return expand(template, (alphabet, length) => {
    let text = '';
    while (text.length < length) for (const byte of stream()) text += alphabet[byte % alphabet.length];
    return text.slice(0, length);
  });
}

/** The same with `x` for all digits, as documentation has it; undefined where that is no text of its own. */
export function makePlaceholder(template: string): string | undefined {
  if (!/<[A-Za-z0-9]+:\d+>/.test(template)) return undefined;
  return expand(template, (_alphabet, length) => 'x'.repeat(length));
}

function expand(template: string, draw: Draw): string {
  return template.replace(/<([A-Za-z0-9-]+)((?::[^<>]*)?)>/g, (whole, name: string, rest: string) => {
    const args = rest === '' ? [] : rest.slice(1).split(':');
    const alphabet = ALPHABETS[name];
    if (alphabet !== undefined) return draw(alphabet, Number(args[0]));
    return MAKERS[name]?.(draw, ...args) ?? whole;
  });
}

/** Random digits within a text that is encoded: `$hex:8$`. */
function fill(text: string, draw: Draw): string {
  return text.replace(/\$([A-Za-z0-9]+):(\d+)\$/g, (whole, name: string, length: string) => {
    const alphabet = ALPHABETS[name];
    return alphabet === undefined ? whole : draw(alphabet, Number(length));
  });
}

function digitsOf(value: bigint, alphabet: string): string {
  const base = BigInt(alphabet.length);
  return (value >= base ? digitsOf(value / base, alphabet) : '') + alphabet[Number(value % base)];
}

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const fives = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0').match(/.{5}/g) ?? [];
  return fives.map((five) => ALPHABETS.base32lower?.[Number.parseInt(five, 2)]).join('');
}

/** The signature stands before the checksum's six digits, which are the last four bytes. */
function azureKey(draw: Draw, size: number, signature: string, seed: string, kind: string): string {
  const digits = Math.ceil((size * 8) / 6);
  const signatureAt = Math.floor(((size - 4) * 8) / 6) - signature.length;
  const text = (draw(BASE62, signatureAt) + signature).padEnd(digits, 'A');
  const bytes = Buffer.from(text, 'base64').subarray(0, size);
  const head = bytes.subarray(0, size - 4);
  const key = Buffer.concat([head, marvin(head, seed)]).toString('base64');
  return kind === 'url' ? key.replaceAll('+', '-').replaceAll('/', '_') : key;
}

/** Marvin32 (SymCrypt lib/marvin32.c), four bytes little-endian, in integers of any size. */
function marvin(bytes: Uint8Array, seed: string): Buffer {
  const mask = 0xffff_ffffn;
  const number = Buffer.from(seed, 'latin1').readBigUInt64BE();
  let [low, high] = [number & mask, number >> 32n];
  const turn = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & mask;
  const mix = (word: bigint) => {
    low = (low + word) & mask;
    high ^= low;
    low = (turn(low, 20n) + high) & mask;
    high = turn(high, 9n) ^ low;
    low = (turn(low, 27n) + high) & mask;
    high = turn(high, 19n);
  };
  const padded = Buffer.concat([bytes, Buffer.of(0x80), Buffer.alloc(3 - (bytes.length % 4))]);
  for (let at = 0; at < padded.length; at += 4) mix(BigInt(padded.readUInt32LE(at)));
  mix(0n);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(Number(low ^ high));
  return sum;
}
