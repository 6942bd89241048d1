/** The pages of a kdump, in the order of their descriptors, which is that of their frames. */
import { FormatError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import { type Part, PIECE, type Unread } from '../image.js';
import { COMPRESSED, DESCRIPTOR } from './format.js';
import { unpackPage } from './unpack.js';

/** Bytes read at a time where pages follow each other in the file, and where they do not. */
const AHEAD = 2 << 20;
const LITTLE = 128 << 10;

export interface PageTable {
  readonly file: RandomBytes;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  /** Where the descriptors begin, and how many there are. */
  readonly offset: number;
  readonly count: number;
}

/** One descriptor after the other, many at a time. */
export async function forDescriptors(
  { file, littleEndian, offset: table, count }: PageTable,
  each: (offset: number, size: number, flags: number) => void,
): Promise<void> {
  const block = Math.floor(PIECE / DESCRIPTOR.length);
  for (let first = 0; first < count; first += block) {
    const bytes = await file.read(
      table + first * DESCRIPTOR.length,
      Math.min(block, count - first) * DESCRIPTOR.length,
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + DESCRIPTOR.length <= bytes.length; at += DESCRIPTOR.length) {
      each(
        offsetAt(view, at, littleEndian),
        view.getUint32(at + DESCRIPTOR.size, littleEndian),
        view.getUint32(at + DESCRIPTOR.flags, littleEndian),
      );
    }
  }
}

/** 64 bits as a number; what is rounded lies beyond every file. */
function offsetAt(view: DataView, at: number, littleEndian: boolean): number {
  const [low, high] = littleEndian ? [at, at + 4] : [at + 4, at];
  return view.getUint32(high, littleEndian) * 2 ** 32 + view.getUint32(low, littleEndian);
}

export class KdumpPages implements Part {
  readonly length: number;
  readonly #table: PageTable;
  /** Where pages are mostly read, ascending; and what several descriptors share, which lies before. */
  readonly #ahead: Window;
  readonly #shared: Window;

  constructor(table: PageTable) {
    this.#table = table;
    this.length = table.count * table.pageSize;
    this.#ahead = new Window(table.file);
    this.#shared = new Window(table.file);
  }

  async *chunks(unread: Unread): AsyncIterable<Uint8Array> {
    const { pageSize, count } = this.#table;
    const pages = Math.max(1, Math.floor(PIECE / pageSize));
    const piece = new Uint8Array(Math.min(pages, count) * pageSize);
    try {
      for (let first = 0; first < count; first += pages) {
        const some = Math.min(pages, count - first);
        yield await this.#fill(piece.subarray(0, some * pageSize), first, some, unread);
      }
    } finally {
      piece.fill(0);
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const { pageSize } = this.#table;
    const first = Math.floor(offset / pageSize);
    const some = Math.ceil((offset + length) / pageSize) - first;
    const pages = await this.#fill(new Uint8Array(some * pageSize), first, some, () => {});
    return pages.subarray(offset - first * pageSize, offset - first * pageSize + length);
  }

  /** Pages from `first` on into `piece`. */
  async #fill(piece: Uint8Array, first: number, count: number, unread: Unread): Promise<Uint8Array> {
    const { file, littleEndian, pageSize, offset: table } = this.#table;
    const bytes = await file.read(table + first * DESCRIPTOR.length, count * DESCRIPTOR.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let before = -1;
    for (let i = 0; i < count; i++) {
      const page = piece.subarray(i * pageSize, (i + 1) * pageSize);
      const fail = (reason: string, from = 0) => {
        page.fill(0, from);
        unread((first + i) * pageSize + from, pageSize - from, reason);
        before = -1;
      };
      const at = i * DESCRIPTOR.length;
      if (at + DESCRIPTOR.length > bytes.length) {
        fail('its descriptor is missing');
        continue;
      }
      const offset = offsetAt(view, at, littleEndian);
      const size = view.getUint32(at + DESCRIPTOR.size, littleEndian);
      const flags = view.getUint32(at + DESCRIPTOR.flags, littleEndian);
      if (offset === before) {
        piece.copyWithin(i * pageSize, (i - 1) * pageSize, i * pageSize);
        continue;
      }
      // IMPLEMENTATION, "The incomplete DUMPFILE".
      if (offset === 0) fail('was not written when the dump was made');
      else if (size === 0 || size > pageSize) fail('its descriptor is damaged');
      else {
        const packed = this.#find(offset, size) ?? (await this.#load(offset, size));
        if (packed.length < size && (flags & COMPRESSED) === 0) {
          page.set(packed);
          fail('the file ends before', packed.length);
        } else if (packed.length < size) fail('the file ends before');
        else if (tryUnpack(flags, packed, page)) before = offset;
        else fail('its compressed data is damaged');
      }
    }
    return piece;
  }

  #find(offset: number, size: number): Uint8Array | undefined {
    return this.#ahead.find(offset, size) ?? this.#shared.find(offset, size);
  }

  #load(offset: number, size: number): Promise<Uint8Array> {
    const onward = offset - this.#ahead.end;
    if (onward < 0 && this.#ahead.end > 0 && offset < this.#ahead.start) return this.#shared.load(offset, size, LITTLE);
    return this.#ahead.load(offset, size, onward < AHEAD ? AHEAD : LITTLE);
  }
}

function tryUnpack(flags: number, packed: Uint8Array, page: Uint8Array): boolean {
  try {
    unpackPage(flags, packed, page);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return false;
  }
}

/** A stretch of the file that is kept until another one is needed. */
class Window {
  readonly #file: RandomBytes;
  #bytes: Uint8Array = new Uint8Array(0);
  start = 0;

  constructor(file: RandomBytes) {
    this.#file = file;
  }

  get end(): number {
    return this.start + this.#bytes.length;
  }

  find(offset: number, size: number): Uint8Array | undefined {
    const at = offset - this.start;
    return at >= 0 && at + size <= this.#bytes.length ? this.#bytes.subarray(at, at + size) : undefined;
  }

  /** Shorter than `size` where the file ends. */
  async load(offset: number, size: number, length: number): Promise<Uint8Array> {
    this.#bytes.fill(0);
    this.#bytes = offset < this.#file.size ? await this.#file.read(offset, Math.max(size, length)) : new Uint8Array(0);
    this.start = offset;
    return this.#bytes.subarray(0, size);
  }
}
