/**
 * Bytes on their way through unpackers: pieces of any length, from the front, taken one at a time. A piece is valid until
 * the next one is asked for, so that buffers can be used again; whoever wants to keep it copies it.
 */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { SequentialReader } from '../read-stream.js';

export type Chunks = AsyncIterable<Uint8Array>;

/** Random access to packed bytes. A read past the end comes back short. */
export interface RandomBytes {
  readonly size: number;
  /** A fresh copy. `length` must be one the caller chose or has checked. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes of one read from a file or a pipe. */
const PIECE = 256 * 1024;

/** What a reader gives, to its end. */
export async function* chunksOf(reader: SequentialReader): Chunks {
  const buffer = new Uint8Array(PIECE);
  try {
    for (;;) {
      const got = await reader.readFully(buffer);
      if (got > 0) yield buffer.subarray(0, got);
      if (got < buffer.length) return;
    }
  } finally {
    buffer.fill(0);
  }
}

/** A file's bytes from the front, whatever its descriptor was used for before. */
export async function* fileChunks(fd: number, size: number): Chunks {
  const file = randomFile(fd, size);
  for (let offset = 0; offset < size; ) {
    const piece = await file.read(offset, PIECE);
    if (piece.length === 0) return;
    offset += piece.length;
    yield piece;
  }
}

export function randomFile(fd: number, size: number): RandomBytes {
  const readAt = promisify(read);
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await readAt(fd, bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
  };
}

/** Random access to bytes in memory. */
export function randomBytesOf(bytes: Uint8Array): RandomBytes {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
  };
}

/** Pieces as a reader that fills what it is given. */
export function readerOf(chunks: Chunks): SequentialReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array(0);
  let ended = false;
  return {
    async readFully(target) {
      let done = 0;
      while (done < target.length) {
        if (left.length === 0) {
          if (ended) break;
          const next = await iterator.next();
          ended = next.done === true;
          left = next.done === true ? left : next.value;
          continue;
        }
        const part = left.subarray(0, target.length - done);
        target.set(part, done);
        done += part.length;
        left = left.subarray(part.length);
      }
      return done;
    },
    close() {
      ended = true;
      // Unpackers may be waiting for input that never comes; nobody waits for them.
      void Promise.resolve(iterator.return?.()).catch(() => {});
    },
  };
}

/** The first `length` bytes, fewer where there are no more, and all of the bytes again. */
export async function peek(chunks: Chunks, length: number): Promise<{ head: Uint8Array; chunks: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let total = 0;
  let failure: { error: unknown } | undefined;
  while (total < length) {
    try {
      const next = await iterator.next();
      if (next.done) break;
      pieces.push(new Uint8Array(next.value));
      total += next.value.length;
    } catch (error) {
      // What came before stays; the failure is told where it stands.
      failure = { error };
      break;
    }
  }
  const start = Buffer.concat(pieces);
  async function* rest(): Chunks {
    if (start.length > 0) yield start;
    if (failure) throw failure.error;
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: new Uint8Array(start.subarray(0, length)), chunks: rest() };
}

/** A cursor over chunks, for unpackers that read headers: exact numbers of bytes, whatever the pieces' lengths. */
export class ChunkReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);
  #ended = false;
  /** Bytes taken so far. */
  offset = 0;

  constructor(chunks: Chunks) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** Up to `most` bytes, as a view that is valid until the next call; empty at the end. */
  async some(most: number): Promise<Uint8Array> {
    while (this.#left.length === 0 && !this.#ended) {
      const next = await this.#iterator.next();
      if (next.done) this.#ended = true;
      else this.#left = next.value;
    }
    const part = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(part.length);
    this.offset += part.length;
    return part;
  }

  /** `length` bytes as a copy; fewer at the end. `length` must be small or checked. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const part = await this.some(length - done);
      if (part.length === 0) break;
      bytes.set(part, done);
      done += part.length;
    }
    return bytes.subarray(0, done);
  }

  /** The next `length` bytes, fewer at the end, as they come. Leave none before the next call of another method. */
  async *pieces(length = Number.POSITIVE_INFINITY): Chunks {
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      if (part.length === 0) return;
      left -= part.length;
      yield part;
    }
  }

  /** Gives back the end of what `some` gave last: it is read again. */
  unread(bytes: Uint8Array): void {
    this.offset -= bytes.length;
    const left = this.#left;
    if (left.length === 0) this.#left = bytes;
    // Mostly views side by side of the same piece: many small frames must not copy the rest of it for each.
    else if (bytes.buffer === left.buffer && bytes.byteOffset + bytes.length === left.byteOffset) {
      this.#left = new Uint8Array(left.buffer, bytes.byteOffset, bytes.length + left.length);
    } else this.#left = Buffer.concat([bytes, left]);
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
