/**
 * The bytes of an archive that belong to no member, as they come: scanned in windows of their own, at their offsets in the
 * archive. Something can be hidden between members, and what an archive's directory does not tell of lies there.
 */
import { BACK, CARRY } from '../detect/detector.js';
import { boundsFor } from '../relate/bounds.js';
import type { NumberStore } from '../relate/number-store.js';
import type { DumpMap, Skipped, Span } from '../types.js';
import type { SievePool } from './pool.js';
import type { Sieved } from './run.js';
import { windowBytes } from './slot.js';
import { type RunOptions, Tally } from './tally.js';

export class FramingSieve {
  readonly #pool: SievePool;
  readonly #options: RunOptions;
  readonly #tally: Tally;
  readonly #skipped: Skipped[] = [];
  /** A window that is not full yet, in memory of its own: a slot that waits for more would hold up other inputs. */
  #window = new Uint8Array(0);
  #length = 0;
  #start = 0;
  /** Bytes of the window that the last one had as its own. */
  #old = 0;
  #store: NumberStore | undefined;

  constructor(pool: SievePool, options: RunOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#tally = new Tally(pool, options);
  }

  async add(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset !== this.#start + this.#length) {
      await this.#flush(true);
      this.#start = offset;
    }
    for (let at = 0; at < bytes.length; ) {
      if (this.#window.length === 0) this.#window = new Uint8Array(BACK + 2 * CARRY);
      const part = bytes.subarray(at, at + this.#window.length - this.#length);
      this.#window.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length === this.#window.length) await this.#flush(false);
    }
  }

  skip(span: Span, reason: string): void {
    this.#skipped.push({ ...span, reason });
  }

  async finish(map: DumpMap, size: number): Promise<Sieved> {
    await this.#flush(true);
    this.#window.fill(0);
    await this.#tally.settled();
    if (this.#store) await this.#tally.relate(this.#store, map);
    const outcome = this.#tally.outcome(size);
    return { map, size, ...outcome, skipped: [...outcome.skipped, ...this.#skipped] };
  }

  /** Scans what the window has; `ended`: what follows lies elsewhere. */
  async #flush(ended: boolean): Promise<void> {
    const [length, from] = [this.#length, this.#old];
    const to = ended ? length : length - CARRY;
    if (to > from) {
      this.#store ??= this.#pool.borrowNumbers(boundsFor(this.#options.effort).store);
      const slot = await this.#pool.acquire();
      windowBytes(slot, length).set(this.#window.subarray(0, length));
      const pieces = [{ offset: this.#start, length }];
      const wanted = { ...this.#tally.search, ...this.#tally.sampling(this.#start + to) };
      await this.#tally.dispatch({ slot, pieces, from, to, numbers: this.#store.buffer, ...wanted });
    }
    const next = ended ? length : Math.max(0, to - BACK);
    this.#window.copyWithin(0, next, length);
    this.#start += next;
    this.#length = length - next;
    this.#old = to - next;
  }
}
