/** The integrity value of a PFX (RFC 7292 section 4): HMAC over the authenticated safe, keyed from a password. */
import { createHmac } from 'node:crypto';
import { equalBytes } from '../../bytes/convert.js';
import { type DerCursor, TAG } from '../../bytes/der.js';
import { FormatError } from '../../errors.js';
import { bmpForms, isKdfHash, PURPOSE, pkcs12Kdf } from './kdf.js';

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

export interface Mac {
  /** Undefined for algorithms that are not known here, PBMAC1 (RFC 9579) for one. */
  readonly hash?: string;
  readonly digest: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Reads MacData at the cursor. */
export function readMac(cursor: DerCursor): Mac {
  const data = cursor.enter(TAG.sequence);
  const info = data.enter(TAG.sequence);
  const hash = HASHES[info.enter(TAG.sequence).oid()];
  const digest = info.take(TAG.octetString).content.slice();
  const salt = data.take(TAG.octetString).content.slice();
  const iterations = data.done ? 1 : Number(data.unsigned());
  if (iterations < 1 || iterations > 0x7fffffff) throw new FormatError('number of iterations');
  return { hash, digest, salt, iterations };
}

/** Whether the password gives the MAC of `content`. The iterations are the caller's to bound. */
export function macFits({ hash, digest, salt, iterations }: Mac, content: Uint8Array, password: string): boolean {
  if (hash === undefined || !isKdfHash(hash)) return false;
  return bmpForms(password).some((bmp) => {
    const key = pkcs12Kdf(hash, bmp, salt, PURPOSE.mac, iterations, digest.length);
    return equalBytes(createHmac(hash, key).update(content).digest(), digest);
  });
}
