/** Runs detectors over bytes as a worker does, in shared memory, and says what would leave the worker. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BACK, CARRY, type Detector } from '../../src/detect/detector.js';
import { type Judgement, judgeSecret } from '../../src/detect/judge.js';
import { BoundsError, FormatError } from '../../src/errors.js';
import type { CertificateSighting, ParsedSecret } from '../../src/types.js';
import { Random } from '../support/random.js';

export interface Found extends Judgement {
  readonly from: number;
  readonly to: number;
  readonly secret: ParsedSecret;
}

export interface Scanned {
  /** One for each secret and place, proven or parsed, in the order of the bytes. */
  readonly found: readonly Found[];
  readonly certificates: readonly CertificateSighting[];
  readonly undecided: number;
}

/** Only FormatError and BoundsError are caught: anything else that a detector throws fails the test. */
export function scan(detectors: readonly Detector[], content: Uint8Array): Scanned {
  const shared = new Uint8Array(new SharedArrayBuffer(content.length));
  shared.set(content);
  const haystack = Buffer.from(shared.buffer);
  const found = new Map<string, Found>();
  const certificates = new Map<string, CertificateSighting>();
  let undecided = 0;
  for (const detector of detectors) {
    for (const anchor of detector.anchors) {
      for (let hit = haystack.indexOf(anchor.literal); hit >= 0; hit = haystack.indexOf(anchor.literal, hit + 1)) {
        const base = Math.max(0, hit - BACK);
        const bytes = shared.subarray(base, Math.min(shared.length, hit + CARRY));
        const sink = {
          secret(rule: Parameters<typeof judgeSecret>[0], from: number, to: number, secret: ParsedSecret): void {
            const judgement = judgeSecret(rule, secret);
            if (judgement === undefined) return;
            const place = { from: base + from, to: base + to };
            found.set(`${judgement.fingerprint} ${place.from} ${place.to}`, { ...judgement, ...place, secret });
          },
          publicKey: () => undefined,
          certificate: (sighting: CertificateSighting) => void certificates.set(sighting.sha256, sighting),
          undecided: () => void undecided++,
        };
        onlyExpected(() => detector.detect({ bytes, at: hit - base, anchor }, sink));
      }
    }
  }
  const inOrder = [...found.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  return { found: inOrder, certificates: [...certificates.values()], undecided };
}

/** Runs what may throw FormatError or BoundsError, and nothing else. Undefined when it did. */
export function onlyExpected<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormatError || error instanceof BoundsError) return undefined;
    throw error;
  }
}

/** Random bytes with the planted ones at `offset`, which is random, too. */
export function plant(planted: Uint8Array, seed: number): { bytes: Uint8Array; offset: number } {
  const random = new Random(seed);
  const offset = random.below(5000);
  const bytes = random.bytes(offset + planted.length + random.below(5000));
  bytes.set(planted, offset);
  return { bytes, offset };
}

/** Calls `use` with the bytes cut at every length, or at `step` bytes apart. */
export function cutEverywhere(bytes: Uint8Array, use: (cut: Uint8Array) => void, step = 1): void {
  for (let length = 0; length < bytes.length; length += step) use(bytes.subarray(0, length));
}

/** Calls `use` with copies in which a few bits are flipped. */
export function flipBits(bytes: Uint8Array, rounds: number, seed: number, use: (damaged: Uint8Array) => void): void {
  const random = new Random(seed);
  for (let round = 0; round < rounds; round++) {
    const damaged = bytes.slice();
    for (let flips = 1 + random.below(4); flips > 0; flips--) {
      const at = random.below(damaged.length);
      damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
    }
    use(damaged);
  }
}

export function fixture(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url))));
}

/** SHA-256 of a public key's SubjectPublicKeyInfo, by node:crypto. */
export function spkiSha256(key: KeyObject | JsonWebKey): string {
  const publicKey = 'export' in key && 'type' in key ? (key as KeyObject) : fromJwk(key as JsonWebKey);
  const spki = (publicKey.type === 'private' ? createPublicKey(publicKey as never) : publicKey).export({
    type: 'spki',
    format: 'der',
  });
  return createHash('sha256').update(spki).digest('hex');
}

function fromJwk(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}
