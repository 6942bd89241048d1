/** What keytabs, credential caches and messages of Kerberos have in common: keys, their types, and names that may be told. */
import type { ParsedSecret } from '../../types.js';

/** Bytes of a key by its type (RFC 3961, 3962, 4757, 6803, 8009). */
export const ENCTYPES: ReadonlyMap<number, readonly [name: string, bytes: number]> = new Map([
  [1, ['des-cbc-crc', 8]],
  [3, ['des-cbc-md5', 8]],
  [16, ['des3-cbc-sha1', 24]],
  [17, ['aes128-cts-hmac-sha1-96', 16]],
  [18, ['aes256-cts-hmac-sha1-96', 32]],
  [19, ['aes128-cts-hmac-sha256-128', 16]],
  [20, ['aes256-cts-hmac-sha384-192', 32]],
  [23, ['arcfour-hmac', 16]],
  [25, ['camellia128-cts-cmac', 16]],
  [26, ['camellia256-cts-cmac', 32]],
]);

/** A key of Kerberos that stands in `length` bytes of that form. */
export function kerberosKey(
  form: string,
  length: number,
  secret: Uint8Array,
  notes: readonly string[],
): ParsedSecret & { kind: 'private-key' } {
  return { kind: 'private-key', form, length, key: { type: 'symmetric', secret }, whole: true, notes };
}

export const MAX_NAME = 255;
export const MAX_COMPONENTS = 8;

export function isName(name: string): boolean {
  return name.length <= MAX_NAME && /^[!-~]+$/.test(name);
}

/** `HTTP/web.example@EXAMPLE`; of a user, who has one component alone, `@EXAMPLE`. */
export function principalOf(realm: string, parts: readonly string[]): string {
  return `${parts.length > 1 ? parts.join('/') : ''}@${realm}`;
}

/** Seconds since 1970 (u32). */
export function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
