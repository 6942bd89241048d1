/** Any private key in DER at the beginning of the bytes. */
import { BoundsError, FormatError } from '../../errors.js';
import type { ParsedSecret } from '../../types.js';
import { parseEncryptedPkcs8 } from './encrypted.js';
import { parsePkcs8 } from './pkcs8.js';
import { parseDsa, parsePkcs1 } from './rsa.js';
import { parseSec1 } from './sec1.js';

export { parseDsa, parseEncryptedPkcs8, parsePkcs1, parsePkcs8, parseSec1 };

const PARSERS = [parsePkcs8, parsePkcs1, parseSec1, parseDsa, parseEncryptedPkcs8];

/** Tries all forms at index 0. Bytes may follow: `length` tells how many the structure takes. Throws FormatError. */
export function parseAnyDerPrivateKey(bytes: Uint8Array): ParsedSecret {
  for (const parse of PARSERS) {
    try {
      return parse(bytes);
    } catch (error) {
      // Another form, perhaps.
      if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
    }
  }
  throw new FormatError('DER: no private key');
}
