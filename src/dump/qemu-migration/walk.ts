/**
 * A migration stream from the front: pages of memory, and everything else as it stands. Left out is only what frames the
 * pages: their addresses and flags, and the borders of sections between them.
 */
import { latin1 } from '../../bytes/convert.js';
import { Fields } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import { ChunkReader, type Chunks } from '../../source/unwrap/chunks.js';
import { Description } from './description.js';
import { MAGIC, MAX_PAGE_BITS, PAGE_BITS, RAM, SECTION, VERSION } from './format.js';
import type { Piece, Place, RamBlock } from './pieces.js';

/** Blocks of memory of one machine; hundreds of disks and cards have some hundred. */
const MAX_BLOCKS = 4096;
/** More memory than any machine has. */
const MAX_MEMORY = 2n ** 50n;
/** A packed page may be a little longer than a page. */
const MAX_EXPANSION = 1024;

export class Walk {
  readonly blocks: RamBlock[] = [];
  machine = '';
  pageSize = 1 << PAGE_BITS;
  /** Pages that are told only by what changed in them. */
  differences = 0;
  /** Whether the description of all devices is there to its end; padding may follow. */
  described = false;
  /** Where the stream stopped making sense. */
  damage: string | undefined;
  readonly #reader: ChunkReader;
  readonly #from: number;
  #ram: number | undefined;
  #block: RamBlock | undefined;
  #within: Place['within'] = 'part';

  /** `at`: a place that `earlier` was at; the chunks begin there. */
  constructor(chunks: Chunks, earlier?: Walk, at?: Place) {
    this.#reader = new ChunkReader(chunks);
    this.#from = at?.offset ?? 0;
    if (earlier === undefined || at === undefined) return;
    this.blocks.push(...earlier.blocks);
    this.machine = earlier.machine;
    this.pageSize = earlier.pageSize;
    this.#ram = earlier.#ram;
    [this.#block, this.#within] = [at.block, at.within];
  }

  /** To be asked right after a piece that is a page, or anything behind the memory. */
  get place(): Place {
    return { offset: this.#from + this.#reader.offset, block: this.#block, within: this.#within };
  }

  /** All that is left. What was not understood is passed on as it stands, and all that follows it. */
  async *pieces(): AsyncGenerator<Piece> {
    try {
      if (this.#from === 0) {
        const head = await this.#take(8);
        yield { kind: 'other', bytes: head };
        if (latin1(head, 0, 4) !== MAGIC || new Fields(head, false).u32(4) !== VERSION) {
          throw new FormatError('the stream is of an unknown version');
        }
        yield* this.#sections();
      } else if (this.#within !== 'tail') {
        yield* this.#records();
        await this.#footer();
        if (this.#within === 'part') yield* this.#sections();
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.damage = error.message;
    }
    this.#within = 'tail';
    const description = new Description();
    for await (const bytes of this.#reader.pieces()) {
      description.add(bytes);
      this.described = description.whole;
      yield { kind: 'other', bytes };
    }
    await this.#reader.close();
  }

  /** Until the memory is over: devices' states, which follow, do not tell their lengths. */
  async *#sections(): AsyncGenerator<Piece> {
    for (;;) {
      const [type] = await this.#take(1);
      if (type === SECTION.configuration) yield* this.#configuration();
      else if (type === SECTION.command) {
        const head = await this.#take(4);
        yield this.#other([type], head, await this.#take(new Fields(head, false).u16(2)));
      } else if (type === SECTION.start) yield* this.#start();
      else if (type === SECTION.part || type === SECTION.end) {
        const id = await this.#take(4);
        if (new Fields(id, false).u32(0) !== this.#ram) {
          yield this.#other([type], id);
          throw new FormatError('a part of an unknown section comes before the end of the memory');
        }
        this.#within = type === SECTION.end ? 'end' : 'part';
        yield* this.#records();
        await this.#footer();
        if (type === SECTION.end) return;
      } else {
        yield this.#other([type as number]);
        throw new FormatError('no memory where it is expected');
      }
    }
  }

  /** Name of the machine, and subsections of which three are known. */
  async *#configuration(): AsyncGenerator<Piece> {
    const length = await this.#take(4);
    const name = await this.#take(Math.min(new Fields(length, false).u32(0), 256));
    this.machine = latin1(name).replace(/[^\x20-\x7e]/g, '?');
    yield this.#other([SECTION.configuration], length, name);
    for (;;) {
      const next = await this.#take(1);
      if (next[0] !== SECTION.subsection) {
        this.#reader.unread(next);
        return;
      }
      const id = await this.#string();
      const version = await this.#take(4);
      yield this.#other([SECTION.subsection, id.length], id, version);
      if (latin1(id) === 'configuration/target-page-bits') {
        const bits = await this.#take(4);
        yield this.#other([], bits);
        const value = new Fields(bits, false).u32(0);
        if (value < PAGE_BITS || value > MAX_PAGE_BITS) throw new FormatError('pages of an impossible size');
        this.pageSize = 1 << value;
      } else if (latin1(id) === 'configuration/capabilities') {
        const count = await this.#take(4);
        yield this.#other([], count);
        for (let i = 0; i < Math.min(new Fields(count, false).u32(0), 256); i++) {
          const name = await this.#string();
          yield this.#other([name.length], name);
        }
      } else if (latin1(id) === 'configuration/uuid') yield this.#other([], await this.#take(16));
      else throw new FormatError('an unknown part of the configuration');
    }
  }

  async *#start(): AsyncGenerator<Piece> {
    const id = await this.#take(4);
    const name = await this.#string();
    const rest = await this.#take(8);
    yield this.#other([SECTION.start], id, [name.length], name, rest);
    if (latin1(name) !== 'ram' || new Fields(rest, false).u32(4) !== 4) {
      throw new FormatError('an unknown section comes before the memory');
    }
    this.#ram = new Fields(id, false).u32(0);
    const total = await this.#take(8);
    yield this.#other([], total);
    const word = new Fields(total, false).u64(0);
    if ((word & 0xfffn) !== BigInt(RAM.memSize)) throw new FormatError('memory without a size');
    let left = word & ~0xfffn;
    if (left > MAX_MEMORY) throw new FormatError('memory of an impossible size');
    while (left > 0n) {
      const block = await this.#string();
      const size = await this.#take(8);
      yield this.#other([block.length], block, size);
      const length = new Fields(size, false).u64(0);
      if (length === 0n || length > left || this.blocks.length === MAX_BLOCKS) {
        throw new FormatError('the list of memory blocks is not understood');
      }
      this.blocks.push({ name: latin1(block).replace(/[^\x20-\x7e]/g, '?'), size: Number(length) });
      left -= length;
    }
    yield* this.#records();
    await this.#footer();
  }

  /** One record after the other, to the end of this part. */
  async *#records(): AsyncGenerator<Piece> {
    for (;;) {
      const head = await this.#take(8);
      const fields = new Fields(head, false);
      const flags = fields.u32(4) & (this.pageSize - 1);
      const offset = fields.u32(0) * 2 ** 32 + fields.u32(4) - flags;
      const kind = flags & ~RAM.continue;
      if (kind === RAM.eos) return;
      if (kind === RAM.multifdFlush) continue;
      if (kind !== RAM.page && kind !== RAM.zero && kind !== RAM.compressed && kind !== RAM.xbzrle) {
        yield this.#other([], head);
        throw new FormatError('a record of memory is not understood');
      }
      if ((flags & RAM.continue) === 0) {
        const name = await this.#string();
        this.#block = this.blocks.find((block) => block.name === latin1(name));
        if (this.#block === undefined) yield this.#other([], head, [name.length], name);
      }
      const block = this.#block;
      if (block === undefined || offset + this.pageSize > block.size) {
        throw new FormatError('a page belongs to no memory block');
      }
      if (kind === RAM.page) {
        yield { kind: 'page', block, offset, form: 'plain', bytes: await this.#take(this.pageSize) };
      } else if (kind === RAM.zero) {
        yield { kind: 'page', block, offset, form: 'filled', bytes: await this.#take(1) };
      } else if (kind === RAM.compressed) {
        const length = new Fields(await this.#take(4), false).u32(0);
        if (length > this.pageSize + MAX_EXPANSION) throw new FormatError('a packed page is too long');
        yield { kind: 'page', block, offset, form: 'packed', bytes: await this.#take(length) };
      } else {
        // XBZRLE: runs of new bytes between runs that stay. The new ones are looked at as they stand.
        this.differences++;
        const size = await this.#take(3);
        yield this.#other([], head, size, await this.#take(new Fields(size, false).u16(1)));
      }
    }
  }

  /** Machines of old have none. */
  async #footer(): Promise<void> {
    const next = await this.#take(1);
    if (next[0] === SECTION.footer) await this.#take(4);
    else this.#reader.unread(next);
  }

  #other(...parts: ReadonlyArray<Uint8Array | readonly number[]>): Piece {
    return { kind: 'other', bytes: Uint8Array.from(parts.flatMap((part) => [...part])) };
  }

  async #string(): Promise<Uint8Array> {
    const [length] = await this.#take(1);
    return this.#take(length as number);
  }

  async #take(length: number): Promise<Uint8Array> {
    const bytes = await this.#reader.take(length);
    if (bytes.length < length) {
      this.#reader.unread(bytes);
      throw new FormatError('the stream ends before its memory does');
    }
    return bytes;
  }
}
