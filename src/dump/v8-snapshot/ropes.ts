/**
 * Strings that are put together of others, which may be parts of many: from them to their texts, side by side. Nothing
 * recurses, and work does not grow with a string's length, which doubles with each `s += s`: what was put together once
 * comes in again with its ends alone.
 */
import type { Span } from '../../types.js';
import { NONE } from './composed.js';

/** How far a key may reach into a part that was put together before. */
const REACH = 32 * 1024;
/** Bytes of one piece. */
const MAX_PIECE = 64 * 1024;
/** What is put together of one dump: bytes, pieces, and steps from part to part. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_PIECES = 4_000_000;
const MAX_STEPS = 64_000_000;

/**
 * Parts are numbers. Below `ropes`, the string of this index; from there on `leaves` texts, and the same ones again where
 * it is not known which range of the text is meant.
 */
export interface RopeParts {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly leaves: number;
  spanOf(leaf: number): Span;
}

export class Ropes {
  /** A bound was reached. */
  cut = false;
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;
  readonly #ropes: number;
  readonly #leaves: number;
  readonly #spanOf: (leaf: number) => Span;
  readonly #lengths: Float64Array;
  /** What was put together. */
  readonly #seen: Uint8Array;
  #bytes = 0;
  #pieces = 0;
  #steps = 0;

  /** Takes the arrays over, and changes them. */
  constructor({ first, second, leaves, spanOf }: RopeParts) {
    this.#first = first;
    this.#second = second;
    this.#ropes = first.length;
    this.#leaves = leaves;
    this.#spanOf = spanOf;
    this.#lengths = new Float64Array(this.#ropes);
    this.#seen = new Uint8Array(this.#ropes);
    this.#measure();
  }

  /** The pieces of every string that is no other's part; undefined behind each. */
  *spans(): Generator<Span | undefined> {
    const isPart = new Uint8Array(this.#ropes);
    for (const [rope, second] of this.#second.entries()) {
      if (second === NONE) continue;
      if (second < this.#ropes) isPart[second] = 1;
      if ((this.#first[rope] as number) < this.#ropes) isPart[this.#first[rope] as number] = 1;
    }
    for (const [rope, second] of this.#second.entries()) {
      if (isPart[rope] || second === NONE) continue;
      yield* this.#whole(rope);
      if (this.cut) return;
      yield undefined;
    }
  }

  /** Sums up lengths from the texts upwards; cuts cycles, leaves empty parts out, and what has one part only stands for it. */
  #measure(): void {
    const begun = new Uint8Array(this.#ropes);
    const done = new Uint8Array(this.#ropes);
    for (let root = 0; root < this.#ropes; root++) {
      for (const stack = [root]; stack.length > 0; ) {
        const rope = stack.at(-1) as number;
        const parts = [this.#first[rope] as number, this.#second[rope] as number];
        if (begun[rope] === 0) {
          begun[rope] = 1;
          for (const part of parts) if (part < this.#ropes && begun[part] === 0) stack.push(part);
          continue;
        }
        stack.pop();
        if (done[rope]) continue;
        // A part that is not done yet is waiting for this one.
        const real = parts.map((part) => (part < this.#ropes && !done[part] ? NONE : this.#standsFor(part)));
        const [first = NONE, second = NONE] = real.filter((part) => this.#lengthOf(part) > 0);
        this.#first[rope] = first;
        this.#second[rope] = second;
        this.#lengths[rope] = this.#lengthOf(first) + this.#lengthOf(second);
        done[rope] = 1;
      }
    }
  }

  #standsFor(part: number): number {
    return part < this.#ropes && this.#second[part] === NONE ? (this.#first[part] as number) : part;
  }

  #lengthOf(part: number): number {
    if (part === NONE) return 0;
    return part < this.#ropes ? (this.#lengths[part] as number) : this.#spanOf(this.#leafOf(part)).length;
  }

  #leafOf(part: number): number {
    return (part - this.#ropes) % this.#leaves;
  }

  *#whole(root: number): Generator<Span | undefined> {
    let range = NONE;
    for (const stack = [root]; stack.length > 0; ) {
      if (this.#isSpent()) return;
      const part = stack.pop() as number;
      if (part >= this.#ropes) {
        // Ranges of one text that follow each other stand for it once: mostly they are its lines, in order.
        if (part >= this.#ropes + this.#leaves) {
          if (part === range) continue;
          range = part;
        }
        yield* this.#count(piecesOf(this.#spanOf(this.#leafOf(part))));
      } else if (this.#seen[part] && (this.#lengths[part] as number) > 2 * REACH) {
        yield* this.#count(this.#end(part, false));
        yield undefined;
        yield* this.#count(this.#end(part, true));
      } else {
        this.#seen[part] = 1;
        stack.push(this.#second[part] as number, this.#first[part] as number);
      }
    }
  }

  /** The first pieces of a string, or the last ones, as far as a key may reach. */
  #end(rope: number, last: boolean): Span[] {
    const found: Span[] = [];
    let left = REACH;
    for (const stack = [rope]; stack.length > 0 && left > 0 && !this.#isSpent(); ) {
      const part = stack.pop() as number;
      if (part < this.#ropes) {
        const [first, second] = [this.#first[part] as number, this.#second[part] as number];
        stack.push(...(last ? [first, second] : [second, first]));
        continue;
      }
      const { offset, length } = this.#spanOf(this.#leafOf(part));
      const kept = Math.min(length, left);
      found.push({ offset: last ? offset + length - kept : offset, length: kept });
      left -= kept;
    }
    return last ? found.reverse() : found;
  }

  *#count(pieces: Iterable<Span>): Generator<Span> {
    for (const piece of pieces) {
      this.#bytes += piece.length;
      this.#pieces++;
      yield piece;
    }
  }

  #isSpent(): boolean {
    this.cut ||= ++this.#steps > MAX_STEPS || this.#bytes > MAX_BYTES || this.#pieces > MAX_PIECES;
    return this.cut;
  }
}

function* piecesOf({ offset, length }: Span): Generator<Span> {
  for (let at = 0; at < length; at += MAX_PIECE) {
    yield { offset: offset + at, length: Math.min(MAX_PIECE, length - at) };
  }
}
