/**
 * A folder's bytes, block by block ([MS-CAB] 2.4): stored; by MSZIP ([MS-MCI]): `CK`, then deflate of up to 32 KiB,
 * which goes on from the unpacked bytes of the block before; or by LZX.
 */
import { concatBytes, latin1 } from '../../../bytes/convert.js';
import { inflateRawBlock } from '../../../bytes/inflate-whole.js';
import { Fields } from '../../../bytes/read.js';
import type { Chunks, RandomBytes } from '../chunks.js';
import type { Damage } from '../framing.js';
import type { CabFolder } from './format.js';
import { LzxDecoder } from './lzx.js';

const HEADER = 8;
const HISTORY = 32 * 1024;
const MSZIP = 1;
const QUANTUM = 2;
const LZX = 3;
/** Reserved bytes in a block's header that are too few for a key. */
const RESERVED_MOST = 15;

/** Why a folder cannot be unpacked; undefined when it can. */
export function unreadable({ compression }: CabFolder): string | undefined {
  if (compression <= MSZIP || compression === LZX) return undefined;
  return compression === QUANTUM ? 'compressed with Quantum' : `compression method ${compression}`;
}

export class FolderReader {
  /** Unpacked bytes taken so far. */
  position = 0;
  /** Packed bytes read so far end here: whole blocks. */
  at: number;
  #left: Uint8Array = new Uint8Array(0);
  #history: Uint8Array = new Uint8Array(0);
  #blocks: number;
  #lzx: LzxDecoder | undefined;

  constructor(
    readonly cab: RandomBytes,
    readonly folder: CabFolder,
    readonly reserved: number,
    readonly damage: Damage,
  ) {
    this.at = folder.start;
    this.#blocks = folder.blocks;
  }

  /** Whether there are bytes left. */
  async more(): Promise<boolean> {
    while (this.#left.length === 0 && this.#blocks > 0) {
      this.#blocks--;
      const block = await this.#block();
      // Each block needs the one before.
      if (!block) this.#blocks = 0;
      else this.#left = block;
    }
    return this.#left.length > 0;
  }

  /** Unpacked bytes up to `end`, as far as there are any. */
  async *bytes(end: number): Chunks {
    while (this.position < end && (await this.more())) {
      const part = this.#left.subarray(0, end - this.position);
      this.#left = this.#left.subarray(part.length);
      this.position += part.length;
      yield part;
    }
  }

  /** Passes over the blocks by their headers alone. */
  async passOver(): Promise<void> {
    for (; this.#blocks > 0; this.#blocks--) {
      const header = await this.cab.read(this.at, HEADER);
      const end = header.length < HEADER ? 0 : this.at + HEADER + this.reserved + new Fields(header, true).u16(4);
      if (end === 0 || end > this.cab.size) {
        this.damage.truncated('ends within a block', this.cab.size);
        return;
      }
      this.at = end;
    }
  }

  async #block(): Promise<Uint8Array | undefined> {
    const head = await this.cab.read(this.at, HEADER + this.reserved);
    const length = head.length < HEADER ? 0 : new Fields(head, true).u16(4);
    const data = await this.cab.read(this.at + HEADER + this.reserved, length);
    if (head.length < HEADER + this.reserved || data.length < length) {
      this.damage.truncated('ends within a block', this.cab.size);
      return undefined;
    }
    if (this.reserved > RESERVED_MOST && head.subarray(HEADER).some((byte) => byte !== 0)) {
      this.damage.damaged('reserved bytes of blocks were not read', this.at);
    }
    if (!checksumFits(head, data)) this.damage.damaged('a block’s checksum is wrong', this.at);
    const size = new Fields(head, true).u16(6);
    const block = this.#unpacked(data, size);
    if (!block) return undefined;
    if (block.length !== size) {
      this.damage.damaged('a block has another size than it says', this.at);
    }
    this.at += HEADER + this.reserved + length;
    return block;
  }

  #unpacked(data: Uint8Array, size: number): Uint8Array | undefined {
    const { compression, windowBits } = this.folder;
    if (compression !== MSZIP && compression !== LZX) return data;
    try {
      if (compression === LZX) this.#lzx ??= new LzxDecoder(windowBits);
      const { bytes, consumed } = this.#lzx?.frame(data, size) ?? this.#inflated(data);
      // A stream that ends within its block leaves room, in which anything may stand.
      if (data.subarray(consumed).some((byte) => byte !== 0)) {
        this.damage.damaged('bytes behind the data of a block were not read', this.at);
      }
      return bytes;
    } catch {
      this.damage.damaged('a block cannot be unpacked, nor what follows it in its folder', this.at);
      return undefined;
    }
  }

  /** With how much of the data it is made of. Throws whatever zlib throws. */
  #inflated(data: Uint8Array): { readonly bytes: Uint8Array; readonly consumed: number } {
    if (latin1(data, 0, 2) !== 'CK') throw new Error('no signature');
    const dictionary = this.#history.length > 0 ? { dictionary: this.#history } : {};
    const { bytes, consumed } = inflateRawBlock(data.subarray(2), { ...dictionary, maxOutputLength: HISTORY });
    this.#history = concatBytes(this.#history, bytes).slice(-HISTORY);
    return { bytes, consumed: 2 + consumed };
  }
}

/** 3.1 of [MS-CAB]; zero where none was written. Microsoft's words leave open whether reserved bytes count. */
function checksumFits(head: Uint8Array, data: Uint8Array): boolean {
  const declared = new Fields(head, true).u32(0);
  const seed = checksum(data, 0);
  return declared === 0 || [HEADER, head.length].some((end) => checksum(head.subarray(4, end), seed) === declared);
}

/** Words of 32 bits, combined by exclusive or; of the rest, the first byte is the highest. */
function checksum(bytes: Uint8Array, seed: number): number {
  const fields = new Fields(bytes, true);
  const words = bytes.length - (bytes.length % 4);
  let sum = seed;
  for (let i = 0; i < words; i += 4) sum ^= fields.u32(i);
  let rest = 0;
  for (let i = words; i < bytes.length; i++) rest = (rest << 8) | (bytes[i] as number);
  return (sum ^ rest) >>> 0;
}
