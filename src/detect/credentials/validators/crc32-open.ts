/**
 * CRC-32 at the end of tokens whose issuers do not tell how it is made, or do not promise one: it was read off published
 * examples that close. One that closes is proven; one that does not may be of another kind, and is still a token.
 *
 * Sources: Cloudflare "Token formats" (40 characters and a checksum) and zuplo.com/docs "API key best practices" tell that
 * there is one; Atlassian's is in DataDog/dd-sensitive-data-scanner atlassian_token_checksum.rs; those of Vercel and Apify
 * close for the examples of betterleaks. packagist.com/docs "Composer authentication" tells how its own is made, but gives an
 * example that does not close.
 */
import { crc32 } from '../../../bytes/crc32.js';
import { bytesOf, crc32Base62, numberOf } from './crc32.js';
import { provenBy, type Validator, type Verdict } from './validator.js';

const HEX_DIGITS = 8;
const BASE62_DIGITS = 6;
/** Small letters before capitals, other than GitHub's. */
const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const OPEN: Verdict = { proven: false, evidence: [] };

/** Six base62 digits over those behind the last `_`: as GitHub's. */
export const openBase62: Validator = (secret) => crc32Base62(secret) ?? OPEN;

/** Six base62 digits over all that stands before them, the prefix too. */
export const openBase62Whole: Validator = (secret) =>
  verdict(numberOf(secret.slice(-BASE62_DIGITS), BASE62) === crc32(bytesOf(secret.slice(0, -BASE62_DIGITS))));

/** Eight hexadecimal digits of either case, the most significant first, over all that stands before them. */
export const openHexWhole: Validator = (secret) => verdict(isHexOf(secret, secret.slice(0, -HEX_DIGITS)));

/** The same over what stands behind the first `_`, and before one that parts the sum. */
export const openHexBody: Validator = (secret) => {
  const body = secret.slice(secret.indexOf('_') + 1, -HEX_DIGITS);
  return verdict(isHexOf(secret, body.endsWith('_') ? body.slice(0, -1) : body));
};

function isHexOf(secret: string, body: string): boolean {
  return crc32(bytesOf(body)).toString(16).padStart(HEX_DIGITS, '0') === secret.slice(-HEX_DIGITS).toLowerCase();
}

function verdict(closes: boolean): Verdict {
  return closes ? provenBy('its CRC-32 closes') : OPEN;
}
