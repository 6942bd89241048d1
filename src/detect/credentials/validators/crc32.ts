/**
 * CRC-32 at the end of tokens: six base62 digits (GitHub, npm, Polar), hexadecimal (Grafana), base36 behind a length
 * (GitLab), base64 (Confluent). What these issuers made closes, so that anything else is none of theirs.
 *
 * Sources: github.blog "Behind GitHub's new authentication token formats" (2021), the same of npm; Grafana
 * pkg/components/satokengen; GitLab lib/authn/token_field/generator/routable_token.rb; Polar server/polar/kit/crypto.py;
 * docs.confluent.io "API secret format".
 */
import { crc32 } from '../../../bytes/crc32.js';
import { provenBy, type Validator } from './validator.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE62_DIGITS = 6;
const BASE64_DIGITS = 6;
/** Digits of GitLab's length, and of its checksum. */
const LENGTH_DIGITS = 2;
const BASE36_DIGITS = 7;

/** Over the digits behind the last `_`, without the prefix. */
export const crc32Base62: Validator = (secret) => {
  const digits = secret.slice(secret.lastIndexOf('_') + 1);
  const body = digits.slice(0, -BASE62_DIGITS);
  return body !== '' && numberOf(digits.slice(-BASE62_DIGITS), BASE62) === crc32(bytesOf(body))
    ? provenBy('its CRC-32 closes')
    : undefined;
};

/** Over all that stands before the last `_`; the sum is little-endian. */
export const crc32Hex: Validator = (secret) => {
  const end = secret.lastIndexOf('_');
  const sum = Buffer.from(secret.slice(end + 1), 'hex');
  return sum.length === 4 && sum.readUInt32LE() === crc32(bytesOf(secret.slice(0, end)))
    ? provenBy('its CRC-32 closes')
    : undefined;
};

/** `PREFIX PAYLOAD.01.LL CCCCCCC`: the payload's length and the sum over all before, in base36. */
export const gitlabRoutable: Validator = (secret) => {
  const body = secret.slice(0, -BASE36_DIGITS);
  const [start = '', , length = ''] = body.split('.');
  const payload = start.slice(-Number.parseInt(length.slice(0, LENGTH_DIGITS), 36));
  if (Number.parseInt(secret.slice(-BASE36_DIGITS), 36) !== crc32(bytesOf(body))) return undefined;
  return payload === '' ? undefined : provenBy('its CRC-32 closes');
};

/** `cflt`, 54 digits, and six base64 digits of their sum, little-endian. */
export const crc32Base64: Validator = (secret) => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bytesOf(secret.slice(4, -BASE64_DIGITS))));
  return sum.toString('base64').startsWith(secret.slice(-BASE64_DIGITS)) ? provenBy('its CRC-32 closes') : undefined;
};

export function numberOf(digits: string, alphabet: string): number {
  let value = 0;
  for (const digit of digits) value = value * alphabet.length + alphabet.indexOf(digit);
  return value;
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
