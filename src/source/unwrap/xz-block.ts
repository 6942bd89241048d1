/** A block of an xz stream: its header, its filters, and LZMA2. xz file format 1.2.1, sections 3 and 5.3. */
import { crc32 } from 'node:zlib';
import { Fields } from '../../bytes/read.js';
import { BRANCHES } from './branch-filters.js';
import type { Chunks } from './chunks.js';
import { delta, type Filter, filtered } from './filters.js';
import { lzma2, lzma2Dictionary } from './lzma2.js';
import { BlockError, type Packed } from './packed.js';

/** What `xz -9` needs, doubled. */
const DICTIONARY_LIMIT = 128 * 1024 * 1024;
const DELTA = 3;
const LZMA2 = 0x21;
const HAS_PACKED_SIZE = 0x40;
const HAS_SIZE = 0x80;

export interface XzBlockHeader {
  readonly dictionarySize: number;
  /** From the data to LZMA2, as they were applied. */
  readonly filters: readonly Filter[];
  readonly packedSize?: bigint;
  readonly size?: bigint;
}

/** `first`: the byte that holds the header's length, which is not zero. */
export async function xzBlockHeader(packed: Packed, first: number): Promise<XzBlockHeader> {
  const at = packed.offset - 1;
  const rest = await packed.exactly(first * 4 + 3);
  const body = Buffer.concat([Uint8Array.of(first), rest.subarray(0, -4)]);
  if (crc32(body) !== new Fields(rest, true).u32(rest.length - 4)) throw packed.damaged(at);
  const cursor = { bytes: body, at: 2 };
  const flags = body[1] ?? 0;
  if (flags & 0x3c) throw packed.unsupported('a block has unknown flags', at);
  return packed.decode(at, () => {
    const packedSize = flags & HAS_PACKED_SIZE ? number(cursor) : undefined;
    const size = flags & HAS_SIZE ? number(cursor) : undefined;
    const filters: Filter[] = [];
    for (let left = flags & 3; ; left--) {
      const id = number(cursor);
      const length = Number(number(cursor));
      const properties = body.subarray(cursor.at, cursor.at + length);
      cursor.at += length;
      if (left === 0) {
        if (id !== BigInt(LZMA2)) throw packed.unsupported(`a block has the filter ${id}`, at);
        return { dictionarySize: dictionaryOf(packed, properties[0] ?? 0, at), filters, packedSize, size };
      }
      if (id === BigInt(DELTA)) filters.push(delta((properties[0] ?? 0) + 1));
      else {
        const branch = BRANCHES.get(Number(id));
        if (branch === undefined) throw packed.unsupported(`a block has the filter ${id}`, at);
        filters.push(branch(length === 4 ? new Fields(properties, true).u32(0) : 0));
      }
    }
  });
}

function dictionaryOf(packed: Packed, bits: number, at: number): number {
  const size = lzma2Dictionary(bits);
  if (size <= DICTIONARY_LIMIT) return size;
  throw packed.unsupported(`a block needs a dictionary of ${size} bytes, and ${DICTIONARY_LIMIT} are allowed`, at);
}

/** Section 1.2: seven bits to a byte, the lowest first, at most nine bytes. */
export function number(cursor: { readonly bytes: Uint8Array; at: number }): bigint {
  let value = 0n;
  for (let i = 0; i < 9; i++) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new BlockError();
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return value;
  }
  throw new BlockError();
}

/** The data of a block, all filters undone: the last that was applied first. */
export function xzBlock(packed: Packed, header: XzBlockHeader): Chunks {
  const data = lzma2(packed, header.dictionarySize);
  return header.filters.reduceRight((chunks, filter) => filtered(chunks, filter), data as Chunks);
}
