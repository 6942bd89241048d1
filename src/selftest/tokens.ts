/**
 * The specimen of `jwt-signing-secret`: a text with a name, and a token that it signs, made at each run. No pattern tells
 * such a secret, so that it goes through a store of its own, and what relates tokens.
 */
import { createHash, createHmac } from 'node:crypto';
import { NumberStore } from '../relate/number-store.js';
import { SIGNING_SECRET } from '../relate/tokens/relate-tokens.js';
import { tokenTask } from '../sieve/relate-task.js';
import { type Slot, windowBytes } from '../sieve/slot.js';
import type { Scan } from './closed-shield.js';

/** Bytes for texts, of which a store has them for a part. */
const STORE = 64 * 1024;

/** The text that is scanned. */
export function signingSecretText(): Uint8Array {
  const secret = createHash('sha256').update('dumpsieve signing secret').digest('hex');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256' })}.${part({ iss: 'https://selftest.invalid', sub: 'nobody' })}`;
  const signature = createHmac('sha256', secret).update(signed).digest('base64url');
  return Buffer.from(`\njwt_secret=${secret}\n${'\0'.repeat(4096)}${signed}.${signature}\n`, 'latin1');
}

/** Tells what was missed. */
export function testSigningSecret(slot: Slot, scan: Scan): string[] {
  const text = signingSecretText();
  windowBytes(slot, text.length).set(text);
  const store = NumberStore.create(STORE);
  const numbers = store.buffer;
  scan({ pieces: [{ offset: 0, length: text.length }], from: 0, to: text.length, numbers });
  const { detections, proofs } = tokenTask({ numbers, spkis: [], effort: 'brief' });
  store.wipe();
  const isRight = detections.some(({ rule, confidence }) => rule === SIGNING_SECRET && confidence === 'proven');
  return isRight && proofs.length === 1 ? [] : [SIGNING_SECRET];
}
