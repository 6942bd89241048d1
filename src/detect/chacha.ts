/**
 * States of ChaCha20 (RFC 8439 section 2.3): the constant "expand 32-byte k", a key of 32 bytes, counter and nonce, as
 * Nettle, OpenSSH and kernels keep them for a session or for random numbers. The constant also stands in code, where other
 * constants follow it: those are not random.
 */
import { isTable, looksRandom } from '../prove/randomness.js';
import { anchor, type Detector } from './detector.js';

const CONSTANT = 'expand 32-byte k';
const KEY = 32;
/** Counter and nonce. */
const REST = 16;

export const chachaDetector: Detector = {
  name: 'chacha',
  anchors: [anchor(CONSTANT)],
  detect({ bytes, at }, sink) {
    const from = at + CONSTANT.length;
    const end = from + KEY + REST;
    if (end > bytes.length) return;
    const secret = bytes.slice(from, from + KEY);
    if (!looksRandom(secret) || isTable(secret) || !isCounter(bytes, from + KEY)) return;
    sink.secret('chacha20-state', at, end, {
      kind: 'private-key',
      form: 'ChaCha20 state',
      length: end - at,
      key: { type: 'symmetric', secret },
      whole: true,
      checked: 'random bytes behind the constant of ChaCha20',
    });
  },
};

/** The counter of blocks is below 2^24, a gigabyte, in whichever size: 32 bits as in RFC 8439, or 64 as before it. */
function isCounter(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 3] === 0;
}
