/**
 * AWS access key ids: 16 digits of base32 behind four letters. The first 48 bits hold the number of the account, from the
 * second one on (A. Steele, "AWS Access Key ID formats", 2020; T. Be’ery, "A short note on AWS KEY ID", 2023).
 */
import { base32 } from './azure.js';
import type { Validator } from './validator.js';

const MASK = 0x7fff_ffff_ff80n;

const ID_BYTES = 6;

/** Ids of before 2019 hold no account: there the number mostly is beyond what accounts can have. */
export const awsKeyId: Validator = (secret) => {
  const bytes = Buffer.from(base32(secret.slice(4)));
  if (bytes.length < ID_BYTES) return undefined;
  const account = (BigInt(bytes.readUIntBE(0, ID_BYTES)) & MASK) >> 7n;
  if (account > 999_999_999_999n) return { proven: false, evidence: [] };
  return { proven: false, evidence: [`of account ${String(account).padStart(12, '0')}`] };
};
