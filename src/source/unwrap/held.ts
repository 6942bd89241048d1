/** A stream's bytes kept in memory, up to a bound: random access where the stream gives none. */
import type { Chunks, RandomBytes } from './chunks.js';

/** What is held of one stream whose format needs random access. */
export const MAX_HELD = 256 * 1024 * 1024;

/** Bytes of one block at most: what a block has left when the stream ends is all that is wasted. */
const BLOCK = 1024 * 1024;

export class Held implements RandomBytes {
  readonly #blocks: Uint8Array[] = [];
  /** Offset of each block's first byte. */
  readonly #starts: number[] = [];
  /** Bytes that the last block has free. */
  #free = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps a copy. Blocks grow with what is held, so that neither small pieces nor small streams cost more than they are. */
  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      if (this.#free === 0) this.#addBlock(piece.length - at);
      const last = this.#blocks.at(-1) as Uint8Array;
      const part = piece.subarray(at, at + this.#free);
      last.set(part, last.length - this.#free);
      this.#free -= part.length;
      this.#size += part.length;
      at += part.length;
    }
  }

  #addBlock(wanted: number): void {
    this.#free = Math.min(BLOCK, Math.max(wanted, this.#size));
    this.#starts.push(this.#size);
    this.#blocks.push(new Uint8Array(this.#free));
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.#size - offset)));
    for (let [index, done] = [this.#blockOf(offset), 0]; done < bytes.length; index++) {
      const skip = offset + done - (this.#starts[index] as number);
      const part = (this.#blocks[index] as Uint8Array).subarray(skip, skip + bytes.length - done);
      bytes.set(part, done);
      done += part.length;
    }
    return Promise.resolve(bytes);
  }

  /** The last block that begins at or before the offset. */
  #blockOf(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** All bytes from the front. Can be called again. */
  async *chunks(): Chunks {
    for (const index of this.#blocks.keys()) yield this.#filled(index);
  }

  /** All bytes once, let go of as they are passed on, and then those of `rest`. */
  async *drain(rest: AsyncIterator<Uint8Array>): Chunks {
    try {
      for (const index of this.#blocks.keys()) {
        yield this.#filled(index);
        this.#blocks[index] = new Uint8Array(0);
      }
      for (;;) {
        const next = await rest.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await rest.return?.();
    }
  }

  #filled(index: number): Uint8Array {
    return (this.#blocks[index] as Uint8Array).subarray(0, this.#size - (this.#starts[index] as number));
  }

  /** Overwrites everything. */
  wipe(): void {
    for (const block of this.#blocks) block.fill(0);
  }
}

/** What is held, as it can be read from the front, again, and anywhere. */
export function replay(held: Held): { chunks: Chunks; again: () => Chunks; random: RandomBytes } {
  const again = () => held.chunks();
  return { chunks: again(), again, random: held };
}

/** All bytes, if there are no more than `limit` and none fails to be read; otherwise the same chunks, from the front. */
export async function hold(chunks: Chunks, limit: number): Promise<{ held: Held } | { chunks: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const held = new Held();
  for (;;) {
    try {
      const next = await iterator.next();
      if (next.done) return { held };
      held.add(next.value);
    } catch (error) {
      return { chunks: held.drain(failing(error)) };
    }
    if (held.size > limit) return { chunks: held.drain(iterator) };
  }
}

/** What came before a failure stays; the failure is told where it stands. */
function failing(error: unknown): AsyncIterator<Uint8Array> {
  return { next: () => Promise.reject(error) };
}
