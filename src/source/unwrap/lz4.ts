/** lz4: lz4_Frame_format.md 1.6.4, with linked blocks, and its legacy frame (`lz4 -l`, Linux kernels). */
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import { LZ4_HISTORY, lz4Block } from './lz4-block.js';
import type { Packed } from './packed.js';
import { behindSkippable, isSkippable, skippable, startsWith } from './skippable.js';
import { xxhashes } from './xxhash.js';

const isCurrent = (head: Uint8Array) => startsWith(head, [0x04, 0x22, 0x4d, 0x18]);
const isLegacy = (head: Uint8Array) => startsWith(head, [0x02, 0x21, 0x4c, 0x18]);
export const isLz4Frame = (head: Uint8Array) => isCurrent(head) || isLegacy(head);

export const lz4 = framed({
  name: 'lz4',
  matches: (head) => isLz4Frame(head) || (isSkippable(head) && isLz4Frame(behindSkippable(head))),
  magicLength: 4,
  begins: (magic) => isLz4Frame(magic) || isSkippable(magic),
  frame: lz4Frame,
});

export async function* lz4Frame(packed: Packed, magic: Uint8Array): Chunks {
  if (isSkippable(magic)) await skippable(packed);
  else if (isLegacy(magic)) yield* legacyFrame(packed);
  else yield* currentFrame(packed);
}

/** The flags of FLG. */
const INDEPENDENT = 0x20;
const BLOCK_CHECKSUM = 0x10;
const SIZE = 0x08;
const CHECKSUM = 0x04;
const DICTIONARY = 0x01;
/** Of a block's size: it is not packed. */
const STORED = 0x80000000;

async function* currentFrame(packed: Packed): Chunks {
  const at = packed.offset - 4;
  const { h32Raw, create32 } = await xxhashes();
  const [flags = 0, sizes = 0] = await packed.exactly(2);
  const most = 2 ** (8 + 2 * ((sizes >> 4) & 7));
  // Version 01; reserved bits are zero; sizes of blocks are 4 to 7.
  if (flags >> 6 !== 1 || flags & 0x02 || sizes & 0x8f || most < 65536) throw packed.damaged(at);
  const rest = await packed.exactly((flags & SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0));
  if ((await packed.u8()) !== ((h32Raw(Buffer.from([flags, sizes, ...rest])) >>> 8) & 0xff)) throw packed.damaged(at);
  if (flags & DICTIONARY) throw packed.unsupported('a frame needs a dictionary', at);
  const contentSize = flags & SIZE ? new Fields(rest, true).u64(0) : undefined;
  const hash = create32();
  let length = 0n;
  const blocks = new Blocks(packed, most, (flags & INDEPENDENT) === 0);
  for (;;) {
    const size = await packed.u32le();
    if (size === 0) break;
    for await (const piece of blocks.next(size, (flags & BLOCK_CHECKSUM) !== 0 ? h32Raw : undefined)) {
      if (flags & CHECKSUM) hash.update(piece);
      length += BigInt(piece.length);
      yield piece;
    }
  }
  if (flags & CHECKSUM && (await packed.u32le()) !== hash.digest()) packed.mismatch('the checksum');
  if (contentSize !== undefined && contentSize !== length) packed.mismatch('the size');
}

const LEGACY_BLOCK = 8 * 1024 * 1024;
/** LZ4_compressBound: a longer block is the magic of another frame. */
const LEGACY_MOST = LEGACY_BLOCK + Math.ceil(LEGACY_BLOCK / 255) + 16;

/** Blocks up to the end of the file or another magic; no checksum, no end mark. */
async function* legacyFrame(packed: Packed): Chunks {
  const blocks = new Blocks(packed, LEGACY_BLOCK, false);
  for (;;) {
    const bytes = await packed.take(4);
    if (bytes.length === 0) return;
    const size = bytes.length < 4 ? 0 : new Fields(bytes, true).u32(0);
    if (bytes.length < 4 && bytes.some((byte) => byte !== 0)) throw packed.truncated();
    if (size === 0 || size > LEGACY_MOST) return packed.unread(bytes);
    yield* blocks.next(size);
  }
}

class Blocks {
  readonly #packed: Packed;
  readonly #most: number;
  readonly #linked: boolean;
  #output = new Uint8Array(0);
  /** Bytes at the start of `#output` to which the next block may refer. */
  #history = 0;

  constructor(packed: Packed, most: number, linked: boolean) {
    this.#packed = packed;
    this.#most = most;
    this.#linked = linked;
  }

  /** The bytes of the block whose size field was `size`. */
  async *next(size: number, hash?: (bytes: Uint8Array) => number): Chunks {
    const packed = this.#packed;
    const at = packed.offset;
    const length = size % STORED;
    const stored = size >= STORED && this.#most !== LEGACY_BLOCK;
    if (length > (this.#most === LEGACY_BLOCK ? LEGACY_MOST : this.#most)) throw packed.damaged(at - 4);
    const input = await packed.upTo(length);
    const start = this.#history;
    // A byte of input makes at most 255 bytes.
    const limit = start + Math.min(this.#most, stored ? input.length : 255 * input.length + 64);
    if (this.#output.length < limit) {
      const larger = new Uint8Array(limit);
      larger.set(this.#output.subarray(0, start));
      this.#output = larger;
    }
    let [end, sound] = [start + input.length, true];
    if (stored) this.#output.set(input, start);
    else ({ end, sound } = lz4Block(input, this.#output, { floor: 0, start, limit }));
    yield this.#output.subarray(start, end);
    if (input.length < length) throw packed.truncated();
    if (!sound) throw packed.damaged(at);
    if (hash !== undefined && (await packed.u32le()) !== hash(input)) packed.mismatch('the checksum of a block');
    if (!this.#linked) return;
    this.#history = Math.min(end, LZ4_HISTORY);
    this.#output.copyWithin(0, end - this.#history, end);
  }
}
