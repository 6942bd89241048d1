/** A migration stream as a part of an image: passed over once for its map, then again for its bytes. */
import { inflateWhole } from '../../bytes/inflate-whole.js';
import type { Chunks } from '../../source/unwrap/chunks.js';
import type { Region, Warning } from '../../types.js';
import { type Part, PIECE, type Unread } from '../image.js';
import { physicalOf } from './format.js';
import type { Piece, Place, RamBlock } from './pieces.js';
import { Walk } from './walk.js';

/** Regions that are told apart; pages of a running machine that come again are many. */
const MAX_REGIONS = 1 << 20;

/** Opens the stream anew, from an offset: one that is compressed from its front only. */
export type Stream = (offset: number) => Chunks;

/** A place in the stream, and where it is in the image. */
interface Marked {
  readonly image: number;
  readonly place: Place;
}

/** Bytes of the image between two places. */
const MARK_EVERY = 8 << 20;

export interface Machine {
  readonly part: Part;
  readonly regions: readonly Region[];
  readonly name: string;
  readonly blocks: readonly RamBlock[];
  readonly warnings: readonly Warning[];
}

/** `offset`: where the part begins in the image. `random`: the stream can be opened at any offset. */
export async function readMachine(stream: Stream, offset: number, random: boolean): Promise<Machine> {
  const walk = new Walk(stream(0));
  const regions = new Regions(walk, offset);
  const places: Marked[] = [];
  let [length, marked] = [0, 0];
  for await (const piece of walk.pieces()) {
    length += regions.add(piece);
    const { within } = walk.place;
    if (random && length - marked >= MARK_EVERY && (piece.kind === 'page' || within === 'tail')) {
      places.push({ image: length, place: walk.place });
      marked = length;
    }
  }
  const warnings: Warning[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message, incomplete: true });
  if (walk.damage !== undefined) warn('TRUNCATED', `${walk.damage}: what follows is scanned as it stands`);
  else if (!walk.described)
    warn('TRUNCATED', 'the stream does not end with the description of its devices: it may be cut');
  if (walk.differences > 0) {
    warn('PARTIAL_PAGES', `${walk.differences} pages are told only by what changed in them (XBZRLE)`);
  }
  if (regions.cut) {
    const message = 'memory in more pieces than are told apart: physical addresses will be missing';
    warnings.push({ code: 'TOO_MANY_REGIONS', message, incomplete: false });
  }
  const part = new StreamPart(stream, walk, places, length);
  return { part, regions: regions.list, name: walk.machine, blocks: walk.blocks, warnings };
}

class Regions {
  readonly list: Region[] = [];
  cut = false;
  readonly #walk: Walk;
  #offset: number;
  #block: RamBlock | undefined;
  /** Offset in its block that would continue the last region. */
  #next = -1;

  constructor(walk: Walk, offset: number) {
    this.#walk = walk;
    this.#offset = offset;
  }

  /** Returns the bytes of the piece in the image. */
  add(piece: Piece): number {
    const length = piece.kind === 'page' ? this.#walk.pageSize : piece.bytes.length;
    const block = piece.kind === 'page' ? piece.block : undefined;
    const at = piece.kind === 'page' ? piece.offset : 0;
    const physical = block && physicalOf(this.#walk.machine, block.name, block.size, at);
    const last = this.list.at(-1);
    const follows = block === undefined || (at === this.#next && this.#continues(last, physical));
    if (last !== undefined && ((follows && block === this.#block) || this.list.length === MAX_REGIONS)) {
      this.cut ||= !(follows && block === this.#block);
      this.list[this.list.length - 1] = { ...last, length: last.length + length };
    } else if (block === undefined) this.list.push({ offset: this.#offset, length, kind: 'metadata' });
    else {
      const place = physical === undefined ? { module: block.name } : { physical: BigInt(physical) };
      this.list.push({ offset: this.#offset, length, kind: 'physical', ...place });
    }
    this.#offset += length;
    this.#block = block;
    this.#next = at + length;
    return length;
  }

  #continues(last: Region | undefined, physical: number | undefined): boolean {
    return last?.physical === undefined || Number(last.physical) + last.length === physical;
  }
}

class StreamPart implements Part {
  readonly length: number;
  readonly #stream: Stream;
  readonly #walk: Walk;
  readonly #places: readonly Marked[];

  constructor(stream: Stream, walk: Walk, places: readonly Marked[], length: number) {
    this.#stream = stream;
    this.#walk = walk;
    this.#places = places;
    this.length = length;
  }

  async *chunks(unread: Unread): AsyncIterable<Uint8Array> {
    yield* this.#from(new Walk(this.#stream(0)), 0, unread);
  }

  async *#from(walk: Walk, start: number, unread: Unread): AsyncIterable<Uint8Array> {
    const out = new Uint8Array(PIECE);
    let [at, done] = [0, start];
    try {
      for await (const piece of walk.pieces()) {
        const bytes = piece.kind === 'page' ? pageOf(piece, walk.pageSize) : piece.bytes;
        if (bytes === undefined) unread(done, walk.pageSize, 'its compressed data is damaged');
        const whole = bytes ?? new Uint8Array(walk.pageSize);
        for (let from = 0; from < whole.length; ) {
          const count = Math.min(whole.length - from, out.length - at, this.length - done);
          if (count === 0 && at === 0) return;
          out.set(whole.subarray(from, from + count), at);
          at += count;
          from += count;
          done += count;
          if (at < out.length && count > 0) continue;
          yield out.subarray(0, at);
          at = 0;
        }
      }
      if (at > 0) yield out.subarray(0, at);
      if (done < this.length) unread(done, this.length - done, 'the file has become shorter');
      for (; done < this.length; done += PIECE) yield new Uint8Array(Math.min(PIECE, this.length - done));
    } finally {
      out.fill(0);
    }
  }

  /** From the last place before; from the front where the stream is compressed. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const mark = this.#places.findLast(({ image }) => image <= offset);
    let at = mark?.image ?? 0;
    const walk = mark ? new Walk(this.#stream(mark.place.offset), this.#walk, mark.place) : new Walk(this.#stream(0));
    for await (const piece of this.#from(walk, at, () => {})) {
      const [from, to] = [Math.max(offset, at), Math.min(offset + length, at + piece.length)];
      if (from < to) bytes.set(piece.subarray(from - at, to - at), from - offset);
      at += piece.length;
      if (at >= offset + length) break;
    }
    return bytes;
  }
}

/** Undefined where the page is damaged. */
function pageOf({ form, bytes }: Extract<Piece, { kind: 'page' }>, size: number): Uint8Array | undefined {
  if (form === 'plain') return bytes;
  if (form === 'filled') return new Uint8Array(size).fill(bytes[0] as number);
  try {
    const page = inflateWhole(bytes, size);
    return page.length === size ? page : undefined;
  } catch {
    // Any error means damage, zlib's own ones too.
    return undefined;
  }
}
