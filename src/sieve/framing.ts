/**
 * The bytes of an archive that belong to no member, as they come: scanned in windows of their own, at their offsets in the
 * archive. Something can be hidden between members, and what an archive's directory does not tell of lies there.
 */
import { BACK, CARRY } from '../detect/detector.js';
import { boundsFor } from '../relate/bounds.js';
import type { NumberStore } from '../relate/number-store.js';
import type { DumpMap, Skipped, Span } from '../types.js';
import { JOINED_BASE, JOINED_STEP, type WindowPlan } from './plan.js';
import type { SievePool } from './pool.js';
import type { Grid } from './protocol.js';
import type { Sieved } from './run.js';
import { windowBytes } from './slot.js';
import { type RunOptions, Tally } from './tally.js';

/** Bytes of a piece that is not worth a window of its own: a member's header is some ten bytes. */
const SHORT = 4096;
/** Bytes of short pieces in one window. */
const GATHERED = 256 * 1024;

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
  /** Short pieces, one after the other in a window, and how many such windows there were. */
  #gathered = new Uint8Array(0);
  #pieces: Span[] = [];
  #filled = 0;
  #windows = 0;

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
    await this.#flushGathered();
    this.#window.fill(0);
    this.#gathered.fill(0);
    await this.#tally.settled();
    if (this.#store) await this.#tally.relate(this.#store, map);
    const outcome = this.#tally.outcome(size);
    return { map, size, ...outcome, skipped: [...outcome.skipped, ...this.#skipped] };
  }

  /** Scans what the window has; `ended`: what follows lies elsewhere. */
  async #flush(ended: boolean): Promise<void> {
    const [length, from] = [this.#length, this.#old];
    const to = ended ? length : length - CARRY;
    if (ended && from === 0 && length <= SHORT) await this.#gather(this.#window.subarray(0, length));
    else if (to > from) {
      const pieces = [{ offset: this.#start, length }];
      const sampling = this.#tally.sampling(this.#start + to);
      await this.#dispatch(this.#window.subarray(0, length), { pieces, from, to, ...sampling });
    }
    const next = ended ? length : Math.max(0, to - BACK);
    this.#window.copyWithin(0, next, length);
    this.#start += next;
    this.#length = length - next;
    this.#old = to - next;
  }

  async #gather(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#gathered.length === 0) this.#gathered = new Uint8Array(GATHERED);
    if (this.#filled + bytes.length > GATHERED) await this.#flushGathered();
    this.#gathered.set(bytes, this.#filled);
    this.#pieces.push({ offset: this.#start, length: bytes.length });
    this.#filled += bytes.length;
  }

  /** Pieces lie apart in the archive: a first one without bytes gives their numbers offsets of their own. */
  async #flushGathered(): Promise<void> {
    if (this.#filled === 0) return;
    const window = { offset: JOINED_BASE + this.#windows++ * JOINED_STEP, length: 0 };
    const plan = { pieces: [window, ...this.#pieces], from: 0, to: this.#filled, grid: gridOf(this.#pieces) };
    await this.#dispatch(this.#gathered.subarray(0, this.#filled), plan);
    [this.#pieces, this.#filled] = [[], 0];
  }

  async #dispatch(bytes: Uint8Array, plan: WindowPlan): Promise<void> {
    this.#store ??= this.#pool.borrowNumbers(boundsFor(this.#options.effort).store);
    const slot = await this.#pool.acquire();
    windowBytes(slot, bytes.length).set(bytes);
    await this.#tally.dispatch({ slot, numbers: this.#store.buffer, ...plan, ...this.#tally.search });
  }
}

/** Words are aligned as the offsets of their piece are. */
function gridOf(pieces: readonly Span[]): Grid {
  let start = 0;
  return pieces.map(({ offset, length }) => {
    const range = { from: start + ((8 - (offset % 8)) % 8), to: start + length };
    start += length;
    return range;
  });
}
