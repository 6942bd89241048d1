/** Single pieces of a stream that can be read again: one pass for all that are wanted. */
import type { ByteReader } from '../../bytes/read.js';
import type { Span } from '../../types.js';
import type { Chunks } from './chunks.js';

/** Bytes at their offset. */
export interface Picked {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads the stream once and keeps the spans, cut short where it ends; and tells how long the stream is. */
export async function pick(chunks: Chunks, spans: readonly Span[]): Promise<{ picked: Picked[]; size: number }> {
  const wanted = spans
    .map(({ offset, length }) => ({ offset, bytes: new Uint8Array(length), got: 0 }))
    .sort((a, b) => a.offset - b.offset);
  let [size, first] = [0, 0];
  for await (const piece of chunks) {
    const end = size + piece.length;
    for (let i = first; i < wanted.length; i++) {
      const span = wanted[i] as (typeof wanted)[number];
      if (span.offset >= end) break;
      const from = Math.max(span.offset, size);
      const to = Math.min(span.offset + span.bytes.length, end);
      if (to <= from) continue;
      span.bytes.set(piece.subarray(from - size, to - size), from - span.offset);
      span.got = to - span.offset;
    }
    size = end;
    while (first < wanted.length && passed(wanted[first] as (typeof wanted)[number], size)) first++;
  }
  return { picked: wanted.map(({ offset, bytes, got }) => ({ offset, bytes: bytes.subarray(0, got) })), size };
}

function passed({ offset, bytes }: Picked, end: number): boolean {
  return offset + bytes.length <= end;
}

/** Random access to a stream of which only some pieces are held. What is asked for and not held is noted, and reads as empty. */
export class PickedReader implements ByteReader {
  readonly size: number;
  readonly #picked: Picked[];
  #missed: Span[] = [];

  constructor(size: number, picked: readonly Picked[]) {
    this.size = size;
    this.#picked = [...picked];
  }

  add(picked: readonly Picked[]): void {
    this.#picked.push(...picked);
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const holder = this.#picked.find(
      (piece) => piece.offset <= offset && piece.offset + piece.bytes.length >= offset + wanted,
    );
    if (holder) return holder.bytes.slice(offset - holder.offset, offset - holder.offset + wanted);
    this.#missed.push({ offset, length: wanted });
    return new Uint8Array(0);
  }

  /** What was missed since the last call. */
  takeMissed(): Span[] {
    const missed = this.#missed;
    this.#missed = [];
    return missed;
  }
}
