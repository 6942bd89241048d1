/** Truth about keys, from node:crypto. */
import { createHash, type KeyObject } from 'node:crypto';

/** SHA-256 of the DER SubjectPublicKeyInfo, lowercase hex. */
export function spkiSha256Of(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
