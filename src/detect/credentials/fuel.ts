/**
 * Bounds the work in one window: a dump may be full of keywords, each with a long text behind it. Real memory needs a
 * thousandth of it. Where it runs out, the rest of the window is undecided, and says so.
 */
import type { Hit, Sink } from '../detector.js';

/** Characters looked at in one window. */
const TANK = 64 * 1024 * 1024;

export class Fuel {
  #left = TANK;
  #buffer: ArrayBufferLike | undefined;
  #last = 0;
  #told = false;

  /** A new window begins where hits no longer ascend. */
  meet({ bytes, at }: Hit): void {
    const place = bytes.byteOffset + at;
    if (bytes.buffer !== this.#buffer || place < this.#last) [this.#left, this.#told] = [TANK, false];
    [this.#buffer, this.#last] = [bytes.buffer, place];
  }

  spend(characters: number): void {
    this.#left -= characters;
  }

  /** Whether it has run out; said once in each window. */
  isEmpty({ at }: Hit, sink: Sink): boolean {
    if (this.#left > 0) return false;
    if (!this.#told) sink.undecided(at, Number.POSITIVE_INFINITY, 'too many keywords of credentials before');
    this.#told = true;
    return true;
  }
}
