/** Reads pieces of a file straight into a slot's window, and tells what could not be read. */
import { readSync } from 'node:fs';
import { codeOf } from '../errors.js';
import type { Skipped, Span } from '../types.js';

/** After a read error, a piece is tried again in steps of this many bytes, so that one bad sector costs little. */
const RETRY_STEP = 64 * 1024;

/** Fills a window with pieces, end to end, as far as it is asked to. Unreadable bytes become zeros. */
export class WindowFiller {
  /** What could not be read so far. */
  readonly unread: Skipped[] = [];
  readonly #window: Uint8Array;
  readonly #fd: number;
  readonly #pieces: readonly Span[];
  /** The piece that is being read, where it begins in the window, and the longest step in it. */
  #index = 0;
  #start = 0;
  #step = Number.POSITIVE_INFINITY;
  /** Bytes of the window that are there. */
  #filled = 0;

  constructor(window: Uint8Array, fd: number, pieces: readonly Span[]) {
    this.#window = window;
    this.#fd = fd;
    this.#pieces = pieces;
  }

  /** At least up to index `end` of the window, or all there is. */
  fill(end: number): void {
    while (this.#filled < end && this.#index < this.#pieces.length) {
      const { offset, length } = this.#pieces[this.#index] as Span;
      const pieceEnd = this.#start + length;
      if (this.#filled < pieceEnd) this.#read(offset + this.#filled - this.#start, Math.min(end, pieceEnd), pieceEnd);
      if (this.#filled < pieceEnd) continue;
      this.#index++;
      this.#start = pieceEnd;
      this.#step = Number.POSITIVE_INFINITY;
    }
  }

  /** One read at `offset` of the file, up to index `end` of the window. */
  #read(offset: number, end: number, pieceEnd: number): void {
    const at = this.#filled;
    const wanted = Math.min(this.#step, end - at);
    try {
      const got = readSync(this.#fd, this.#window, at, wanted, offset);
      this.#filled += got;
      if (got === 0) this.#skip(offset, pieceEnd - at, 'the file became shorter');
    } catch (error) {
      // A long step first shortens; a short one is given up.
      if (wanted > RETRY_STEP) this.#step = RETRY_STEP;
      else this.#skip(offset, wanted, `read error: ${codeOf(error)}`);
    }
  }

  #skip(offset: number, length: number, reason: string): void {
    this.#window.fill(0, this.#filled, this.#filled + length);
    this.unread.push({ offset, length, reason });
    this.#filled += length;
  }
}
