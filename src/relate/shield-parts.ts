/**
 * What may be a part of an OpenSSH shield, from the runs of a window: the digests of what has a prekey's length, and what
 * has a ciphertext's. Both are random to the last byte, so that chance splits some of them: prekeys are put together here
 * (relate/chains.ts), ciphertexts where there is a prekey (relate/split-ciphertexts.ts).
 */
import { createHash } from 'node:crypto';
import { looksUniform } from '../prove/randomness.js';
import { Chains } from './chains.js';
import { KIND, type NumberStore, ORDER } from './number-store.js';

const WORD = 8;
/** Of a prekey of OpenSSH (SSHKEY_SHIELD_PREKEY_LEN in sshkey.c); and how much longer its run may be. */
export const PREKEY = 16 * 1024;
const MAX_PREKEY_SLACK = 256;
/** A shielded private key: Ed25519 takes 128 bytes and more, RSA of 4096 bits 1,900. */
const MIN_CIPHERTEXT = 96;
export const MAX_CIPHERTEXT = 4096;
/** What the first or the last words lose to a run, when the third of them is one that ends it. */
const REACH = 3 * WORD;
const PREKEY_RUN = { min: PREKEY - 2 * REACH, max: PREKEY + MAX_PREKEY_SLACK, missing: 8 * WORD };
/** How far behind its beginning the runs that a prekey is split into must be seen. */
export const MAX_PREKEY = PREKEY_RUN.max + REACH;

/** The part of a window whose runs are its own. */
export interface OwnPart {
  readonly from: number;
  readonly to: number;
  /** Whether what lies at `[from, to)` is to be told here. */
  wanted(from: number, to: number): boolean;
}

export class ShieldCollector {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #own: OwnPart;
  readonly #store: NumberStore;
  readonly #chains = new Chains(PREKEY_RUN);
  /** Where a split prekey has been tried: chains overlap. */
  readonly #tried = new Set<number>();
  #triesLeft: number;

  /** `tries`: of places for prekeys that are split. */
  constructor(bytes: Uint8Array, offset: number, own: OwnPart, store: NumberStore, tries: number) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#own = own;
    this.#store = store;
    this.#triesLeft = tries;
  }

  /** One run, `[from, to)` of the window, in ascending order. */
  add(from: number, to: number): void {
    for (const start of this.#chains.add(from, to)) this.#splitPrekey(start, to);
    if (!this.#isOwn(from, to)) return;
    const length = to - from;
    if (length >= PREKEY_RUN.min && length <= PREKEY_RUN.max) {
      for (const at of this.#placesIn(from, to)) this.#prekey(at);
    } else if (length >= MIN_CIPHERTEXT && length <= MAX_CIPHERTEXT) {
      const start = Math.max(from - REACH, from % WORD);
      const bytes = this.#bytes.subarray(start, Math.min(this.#bytes.length, to + from - start));
      this.#store.add(KIND.ciphertext, ORDER.little, this.#offset + from, bytes, from - start);
    }
  }

  #splitPrekey(from: number, to: number): void {
    if (!this.#isOwn(from, to) || !looksUniform(this.#bytes.subarray(from, to))) return;
    for (const at of this.#placesIn(from, to)) {
      if (this.#tried.has(at)) continue;
      if (this.#triesLeft-- <= 0) {
        this.#store.drop(KIND.shield);
        return;
      }
      this.#tried.add(at);
      this.#prekey(at);
    }
  }

  #isOwn(from: number, to: number): boolean {
    return from >= this.#own.from && from < this.#own.to && this.#own.wanted(from - REACH, to + REACH);
  }

  /** Where a prekey may begin that the run, or chain of runs, is of. */
  #placesIn(from: number, to: number): number[] {
    const first = Math.max(from - REACH, from % WORD);
    const last = Math.min(this.#bytes.length, to + REACH) - PREKEY;
    return Array.from({ length: Math.max(0, Math.floor((last - first) / WORD) + 1) }, (_, i) => first + i * WORD);
  }

  #prekey(at: number): void {
    const digest = createHash('sha512')
      .update(this.#bytes.slice(at, at + PREKEY))
      .digest();
    this.#store.add(KIND.shield, ORDER.little, this.#offset + at, digest.subarray(0, 48));
    digest.fill(0);
  }
}
