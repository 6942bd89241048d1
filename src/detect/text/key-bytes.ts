/**
 * Decoded bytes to parsed secrets, by what the bytes are. The label around them is not believed: a `PRIVATE KEY` label
 * around PKCS#1, or `RSA PRIVATE KEY` around PKCS#8, is common.
 */
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { parseAnyDerPrivateKey } from '../der/parse.js';
import { parseOpenPgpSecretKeys } from '../openpgp/parse.js';
import { OPENSSH_MAGIC, parseOpenSshPrivateKey } from '../openssh/parse.js';
import type { RuleId } from '../rules.js';
import { recoverDer } from './recover.js';
import { parseSshComPrivateKey } from './ssh-com.js';

const SSH_COM_MAGIC = '\x3f\x6f\xf9\xeb';
const SEQUENCE = 0x30;
/** A SEC1 structure of 192 bits with nothing but the key has 31 bytes. */
const MIN_DER = 31;
/** Of a cut structure. */
const LEAST_PART = 0.32;
/** Longer DER holds no key that the DER parsers know: RSA of 16384 bits takes 10 KiB, SLH-DSA and ML-DSA less. */
const MAX_DER = 64 * 1024;

export interface KeyBytes {
  readonly secret: ParsedSecret;
  /** The bytes that it takes, half-open. */
  readonly from: number;
  readonly to: number;
  /** The rule of its family; undefined for DER, which is judged by its container. */
  readonly rule?: RuleId;
}

/** Never throws: bytes that are no key give none. */
export function parseKeyBytes(bytes: Uint8Array): KeyBytes[] {
  if (startsWithText(bytes, OPENSSH_MAGIC)) {
    return attempt(() => parseOpenSshPrivateKey(bytes)).map((secret) => whole(secret, 'openssh-private-key'));
  }
  if (startsWithText(bytes, SSH_COM_MAGIC)) {
    return attempt(() => [parseSshComPrivateKey(bytes)]).map((secret) => whole(secret));
  }
  if (isSecretPacket(bytes[0])) {
    const secrets = attempt(() => parseOpenPgpSecretKeys(bytes));
    if (secrets.length > 0) return secrets.map((secret) => whole(secret, 'openpgp-secret-key'));
  }
  if (bytes.length < MIN_DER || isTooShort(bytes)) return [];
  if (bytes[0] === SEQUENCE) {
    const secrets = attempt(() => [parseAnyDerPrivateKey(bytes)]);
    if (secrets.length > 0) return secrets.map((secret) => whole(secret));
  }
  return recoverDer(bytes.subarray(0, MAX_DER));
}

/** The name of a form inside a text container: `PKCS#8 DER` in PEM is `PEM PKCS#8`. */
export function formInside(container: string, form: string): string {
  return `${container} ${form.replace(/ DER$/, '')}`;
}

function whole(secret: ParsedSecret, rule?: RuleId): KeyBytes {
  return { secret, from: 0, to: secret.length, ...(rule && { rule }) };
}

function attempt(parse: () => ParsedSecret[]): ParsedSecret[] {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
    return [];
  }
}

/**
 * Whether so little is left of a cut structure that it holds no key: the modulus and half of the private exponent of
 * an RSA key, or the scalar of a SEC1 key, end after a third. Told from the length octets alone, since many texts
 * only begin like a key.
 */
function isTooShort(bytes: Uint8Array): boolean {
  if (bytes[0] !== SEQUENCE) return false;
  const first = bytes[1] ?? 0;
  const octets = first > 0x80 ? first - 0x80 : 0;
  if (octets > 4) return true;
  let declared = octets === 0 ? first : 0;
  for (let i = 0; i < octets; i++) declared = declared * 256 + (bytes[2 + i] ?? 0);
  return bytes.length < declared * LEAST_PART;
}

/** Tag 5, Secret-Key packet, in the old and in the new packet format (RFC 9580 section 4.2). */
function isSecretPacket(first: number | undefined): boolean {
  return first !== undefined && ((first & 0xfc) === 0x94 || first === 0xc5);
}

function startsWithText(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
