/** `user:password` in base64, as HTTP Basic authentication (RFC 7617) and the files of container registries have it. */
import { decodeBase64 } from '../../../bytes/base64.js';
import type { Validator } from './validator.js';

/** Characters of a user name that stands alone for a key, as some services have it. */
const MIN_KEY = 16;

/** The secret is the password; the user name where there is no password. */
export const basicCredentials: Validator = (secret) => {
  const bytes = decodeBase64(secret);
  if (bytes === undefined || !bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  bytes.fill(0);
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (password.length >= 4) return { proven: false, evidence: [], secret: password };
  const isKey = password === '' && user.length >= MIN_KEY && /[0-9]/.test(user);
  return isKey ? { proven: false, evidence: [], secret: user } : undefined;
};
