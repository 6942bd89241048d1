/**
 * What public keys of many secrets of one kind (RFC 8032, RFC 7748) have in common with all forms in which they are
 * written: of Ed25519 the y coordinate, of all others the whole key. Where the kernel of Curve25519 derives them
 * it takes a fifth of what node:crypto takes, which is the specification (`prove/curves.ts`, `prove/ed25519-scalar.ts`).
 */
import { createHash } from 'node:crypto';
import { OKP_CURVES, okpPublicKey } from '../prove/curves.js';
import { ed25519YOfScalar } from '../prove/ed25519-scalar.js';
import type { OkpCurve } from '../types.js';
import { BATCH, type PointKernel, pointKernel } from './point-kernel.js';

/** Secrets from which on the kernel pays: loading it takes as long as some derivations. */
const ENOUGH = 32;

/**
 * For each of the first `count` secrets, one behind the other in `secrets`, as many bytes: of Ed25519 the public key but for
 * its top bit, which is zero; else the public key. `expanded`: the secrets are the clamped scalars of Ed25519.
 */
export function publicHalves(curve: OkpCurve, expanded: boolean, secrets: Uint8Array, count: number): Uint8Array {
  const size = OKP_CURVES[curve].secret;
  const halves = new Uint8Array(count * size);
  const kernel = size === 32 && count >= ENOUGH ? pointKernel('Curve25519') : undefined;
  for (let from = 0; from < count; from += BATCH) {
    const n = Math.min(BATCH, count - from);
    if (kernel) deriveBatch(kernel, curve, expanded, secrets.subarray(from * size, (from + n) * size));
    for (let i = from; i < from + n; i++) {
      const to = halves.subarray(i * size, (i + 1) * size);
      if (kernel?.output[(i - from) * kernel.line] === 4) readHalf(kernel, curve, i - from, to);
      else to.set(deriveOne(curve, expanded, secrets.subarray(i * size, (i + 1) * size)));
    }
  }
  return halves;
}

function deriveBatch(kernel: PointKernel, curve: OkpCurve, expanded: boolean, secrets: Uint8Array): void {
  const { input } = kernel;
  for (let at = 0; at < secrets.length; at += 32) {
    const secret = secrets.subarray(at, at + 32);
    const scalar = curve === 'X25519' || expanded ? secret : createHash('sha512').update(secret).digest();
    // Most significant byte first, and clamped (RFC 8032 section 5.1.5, RFC 7748 section 5).
    for (let i = 0; i < 32; i++) input[at + 31 - i] = scalar[i] as number;
    input[at + 31] = (input[at + 31] as number) & 0xf8;
    input[at] = ((input[at] as number) & 0x7f) | 0x40;
    if (scalar !== secret) scalar.fill(0);
  }
  kernel.derive(secrets.length / 32);
}

/** u of X25519, y of Ed25519, least significant byte first. */
function readHalf(kernel: PointKernel, curve: OkpCurve, i: number, to: Uint8Array): void {
  const last = i * kernel.line + (curve === 'X25519' ? 32 : 96);
  for (let j = 0; j < 32; j++) to[j] = kernel.output[last - j] as number;
}

function deriveOne(curve: OkpCurve, expanded: boolean, secret: Uint8Array): Uint8Array {
  if (expanded) return ed25519YOfScalar(secret);
  const key = okpPublicKey(curve, secret).slice();
  if (curve === 'Ed25519') key[31] = (key[31] as number) & 0x7f;
  return key;
}
