/**
 * The image of a paged dump: parts one after the other, each of which can be read from the front or anywhere. What a part
 * cannot read is zeros, and is told.
 */
import type { RandomBytes } from '../source/unwrap/chunks.js';
import type { DumpMap, Span } from '../types.js';
import type { PagedDump, PagedRemarks } from './paged.js';

/** Takes spans of one part that could not be read. Offsets are those of the part. */
export type Unread = (offset: number, length: number, reason: string) => void;

export interface Part {
  readonly length: number;
  /** All bytes from the front; each piece is valid until the next is asked for. */
  chunks(unread: Unread): AsyncIterable<Uint8Array>;
  /** A span that lies in the part. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes of one piece, about. */
export const PIECE = 1 << 20;
/** Unread spans told one by one; what comes after them is told as one span, from the first to the last. */
const MAX_UNREAD = 4096;

/** `map` tells of the parts; its declared size may be larger than they are together. */
export function pagedDump(map: DumpMap, parts: readonly Part[]): PagedDump {
  const starts: number[] = [];
  let size = 0;
  for (const { length } of parts) {
    starts.push(size);
    size += length;
  }
  return {
    map,
    size,
    async *chunks(remarks) {
      const unread = new UnreadSpans(remarks);
      for (const [index, part] of parts.entries()) {
        const start = starts[index] as number;
        yield* part.chunks((offset, length, reason) => unread.add({ offset: start + offset, length }, reason));
      }
      unread.end();
    },
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      for (const [index, part] of parts.entries()) {
        const start = starts[index] as number;
        const from = Math.max(offset, start);
        const to = Math.min(offset + bytes.length, start + part.length);
        if (from < to) bytes.set(await part.read(from - start, to - from), from - offset);
      }
      return bytes;
    },
  };
}

/** Joins neighbours, and tells no more spans than anybody reads. Spans come in ascending order. */
class UnreadSpans {
  readonly #remarks: PagedRemarks;
  #told = 0;
  #span: Span | undefined;
  #reason = '';

  constructor(remarks: PagedRemarks) {
    this.#remarks = remarks;
  }

  add({ offset, length }: Span, reason: string): void {
    const last = this.#span;
    const joined = last !== undefined && last.offset + last.length === offset && reason === this.#reason;
    if (last !== undefined && (joined || this.#told >= MAX_UNREAD)) {
      this.#span = { offset: last.offset, length: offset + length - last.offset };
      if (!joined) this.#reason = 'damaged in many places; what is good between them counts as unread, too';
      return;
    }
    this.end();
    this.#span = { offset, length };
    this.#reason = reason;
  }

  end(): void {
    if (this.#span === undefined) return;
    this.#remarks.unread(this.#span, this.#reason);
    this.#told++;
    this.#span = undefined;
  }
}

/** Spans of the file as they stand, one after the other. */
export class FileSpans implements Part {
  readonly length: number;
  readonly #file: RandomBytes;
  readonly #spans: readonly Span[];

  constructor(file: RandomBytes, spans: readonly Span[]) {
    this.#file = file;
    this.#spans = spans;
    this.length = spans.reduce((sum, span) => sum + span.length, 0);
  }

  async *chunks(unread: Unread): AsyncIterable<Uint8Array> {
    let at = 0;
    for (const { offset, length } of this.#spans) {
      for (let done = 0; done < length; ) {
        const want = Math.min(PIECE, length - done);
        const got = await this.#file.read(offset + done, want);
        const short = want - got.length;
        if (short > 0) unread(at + got.length, short, 'the file ends before');
        yield short > 0 ? padded(got, want) : got;
        done += want;
        at += want;
      }
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let start = 0;
    for (const span of this.#spans) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + span.length);
      if (from < to) bytes.set(await this.#file.read(span.offset + from - start, to - from), from - offset);
      start += span.length;
    }
    return bytes;
  }
}

export function padded(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}
