/** Which bytes of a file something refers to, when there are many millions of references and they mostly follow each other. */
import type { Span } from '../types.js';

/** References kept apart before they are sorted and joined. */
const PENDING = 1 << 16;
/** Spans that stay apart; real dumps have one or two. */
const MAX_SPANS = 1 << 16;

/** A union of spans. Spans that continue or repeat each other cost next to nothing, in any order. */
export class SpanSet {
  /** Starts and ends of the spans so far: the first `#count` may be in any order and overlap. */
  #starts = new Float64Array(MAX_SPANS + PENDING);
  #ends = new Float64Array(MAX_SPANS + PENDING);
  #count = 0;
  #last = -1;
  /** Set once there are too many spans: then the set is no longer complete. */
  overflow = false;

  add(start: number, end: number): void {
    const last = this.#last;
    if (last >= 0 && start === this.#ends[last]) {
      this.#ends[last] = end;
      return;
    }
    for (let i = 0; i < this.#count && i < 4; i++) {
      if (start >= (this.#starts[i] as number) && end <= (this.#ends[i] as number)) return;
    }
    if (this.overflow) return;
    if (this.#count === this.#starts.length) this.#normalise();
    this.#last = this.#count;
    this.#starts[this.#count] = start;
    this.#ends[this.#count++] = end;
  }

  /** What no span covers between `from` and `to`. */
  gaps(from: number, to: number): Span[] {
    this.#normalise();
    const gaps: Span[] = [];
    let at = from;
    for (let i = 0; i < this.#count && at < to; i++) {
      const [start, end] = [this.#starts[i] as number, this.#ends[i] as number];
      if (start > at) gaps.push({ offset: at, length: Math.min(start, to) - at });
      at = Math.max(at, end);
    }
    if (at < to) gaps.push({ offset: at, length: to - at });
    return gaps;
  }

  #normalise(): void {
    const [starts, ends] = [this.#starts, this.#ends];
    const order = Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) => (starts[a] as number) - (starts[b] as number),
    );
    this.#starts = new Float64Array(starts.length);
    this.#ends = new Float64Array(ends.length);
    this.#count = 0;
    for (const index of order) {
      const [start, end] = [starts[index] as number, ends[index] as number];
      const last = this.#count - 1;
      if (last >= 0 && start <= (this.#ends[last] as number)) {
        this.#ends[last] = Math.max(this.#ends[last] as number, end);
        continue;
      }
      if (this.#count === MAX_SPANS) {
        this.overflow = true;
        break;
      }
      this.#starts[this.#count] = start;
      this.#ends[this.#count++] = end;
    }
    this.#last = -1;
  }
}
