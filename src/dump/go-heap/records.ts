/** The records of a Go heap dump, one after another. */
import { FormatError } from '../../errors.js';
import type { Blocks } from '../blocks.js';
import { type Part, RECORDS, TAG } from './format.js';

/** Varints that are read, in all: those of a heap of some gigabytes, in some seconds. */
const MAX_STEPS = 1 << 28;

export interface Record {
  readonly tag: number;
  readonly numbers: readonly number[];
  /** Places of the byte strings. */
  readonly spans: ReadonlyArray<{ readonly offset: number; readonly length: number }>;
}

/** Thrown where the bytes end within a record; `promised` is where that record reaches at least. */
export class CutError extends Error {
  constructor(readonly promised: number) {
    super(`cut at ${promised}`);
  }
}

export class GoRecords {
  readonly #blocks: Blocks;
  #at: number;
  #steps = 0;
  /** Reused: a record is looked at before the next is read. */
  readonly #numbers: number[] = [];
  readonly #spans: Array<{ offset: number; length: number }> = [];

  constructor(blocks: Blocks, start: number) {
    this.#blocks = blocks;
    this.#at = start;
  }

  /** Where the next record begins. */
  get offset(): number {
    return this.#at;
  }

  /** Whether so much was read that the rest is left alone. */
  get exhausted(): boolean {
    return this.#steps >= MAX_STEPS;
  }

  /** Undefined at the end. Throws CutError where the bytes end first, FormatError where no record stands. */
  next(): Record | undefined {
    const tag = this.#number();
    if (tag === TAG.end) return undefined;
    const parts = RECORDS[tag];
    if (parts === undefined) throw new FormatError(`no record has tag ${tag}`);
    this.#numbers.length = 0;
    this.#spans.length = 0;
    for (const part of parts) this.#read(part);
    return { tag, numbers: this.#numbers, spans: this.#spans };
  }

  #read(part: Part): void {
    if (part === 'number') this.#numbers.push(this.#number());
    else if (part === 'bytes') {
      const length = this.#number();
      this.#spans.push({ offset: this.#at, length });
      this.#at += length;
    } else if (part === 'fields') {
      while (this.#number() !== 0) this.#number();
    } else {
      const count = this.#numbers.at(-1) ?? 0;
      for (let i = 0; i < count; i++) {
        this.#skip();
        this.#skip();
        this.#number();
      }
    }
  }

  #skip(): void {
    const length = this.#number();
    this.#at += length;
  }

  /** Seven bits a byte, the lowest first. Numbers above 2^53, which no address is, are no records. */
  #number(): number {
    // Within a record, too: its fields may be endless.
    if (this.#steps++ > 2 * MAX_STEPS) throw new FormatError('a record without an end');
    let [value, scale] = [0, 1];
    for (;;) {
      if (!this.#blocks.has(this.#at, 1)) throw new CutError(this.#at + 1);
      const byte = this.#blocks.u8(this.#at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
      // Ten bytes hold 64 bits.
      if (scale > 2 ** 63) throw new FormatError('a number of more than ten bytes');
    }
    return value;
  }
}
