/** A block of an xz stream: its header, its filters, and LZMA2. xz file format 1.2.1, sections 3 and 5.3. */
import { crc32 } from 'node:zlib';
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { LzmaDecoder, lzmaProperties, SYMBOL_INPUT } from './lzma-decoder.js';
import { BlockError, type Packed } from './packed.js';
import { delta, type Filter, x86 } from './xz-filters.js';

/** What `xz -9` needs, doubled. */
const DICTIONARY_LIMIT = 128 * 1024 * 1024;
const DELTA = 3;
const X86 = 4;
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
      else if (id === BigInt(X86)) filters.push(x86(length === 4 ? new Fields(properties, true).u32(0) : 0));
      else throw packed.unsupported(`a block has the filter ${id}`, at);
    }
  });
}

/** Section 5.3.1: mantissa of two bits, exponent. */
function dictionaryOf(packed: Packed, bits: number, at: number): number {
  if (bits > 40) throw packed.damaged(at);
  const size = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
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

/** The data of LZMA2 chunks, before other filters; xz's doc/history and lzma2_decoder.c define the control bytes. */
async function* lzma2(packed: Packed, dictionarySize: number): Chunks {
  const decoder = new LzmaDecoder(dictionarySize);
  let fresh = true;
  for (;;) {
    const at = packed.offset;
    const control = await packed.u8();
    if (control === 0) return;
    if (control >= 0xe0 || control === 1) {
      decoder.resetDictionary();
      fresh = false;
    } else if (fresh) throw packed.damaged(at);
    if (control < 0x80) {
      if (control > 2) throw packed.damaged(at);
      const [high = 0, low = 0] = await packed.exactly(2);
      decoder.copy(await packed.exactly(((high << 8) | low) + 1));
      yield decoder.take();
      continue;
    }
    const [high = 0, low = 0, packedHigh = 0, packedLow = 0] = await packed.exactly(4);
    const size = (((control & 0x1f) << 16) | (high << 8) | low) + 1;
    const packedSize = ((packedHigh << 8) | packedLow) + 1;
    if (control >= 0xc0) {
      const byte = await packed.u8();
      const properties = packed.decode(at, () => lzmaProperties(byte));
      if (properties.lc + properties.lp > 4) throw packed.damaged(at);
      decoder.resetState(properties);
    } else if (!decoder.ready) throw packed.damaged(at);
    else if (control >= 0xa0) decoder.resetState();
    if (packedSize < 5) throw packed.damaged(at);
    const input = new Uint8Array(packedSize + SYMBOL_INPUT);
    const chunk = await packed.take(packedSize);
    input.set(chunk);
    // The last symbols may take no byte. What is there of a chunk that was cut off is worth decoding, up to the last symbol that is surely whole.
    const end = chunk.length < packedSize ? chunk.length - SYMBOL_INPUT : packedSize + 1;
    if (end >= 5) {
      let broken: unknown;
      try {
        decoder.start(input.subarray(0, 5));
        const done = decoder.decode(input, 5, end, size);
        if (chunk.length === packedSize && (done.at !== packedSize || done.made !== size || !decoder.finished)) {
          broken = new BlockError();
        }
      } catch (error) {
        broken = error;
      }
      yield decoder.take();
      packed.decode(at, () => {
        if (broken !== undefined) throw broken;
      });
    }
    if (chunk.length < packedSize) throw packed.truncated();
  }
}

/** The data of a block, all filters undone: the last that was applied first. */
export function xzBlock(packed: Packed, header: XzBlockHeader): Chunks {
  const data = lzma2(packed, header.dictionarySize);
  return header.filters.reduceRight((chunks, filter) => filtered(chunks, filter), data as Chunks);
}

async function* filtered(chunks: Chunks, filter: Filter): Chunks {
  let left: Uint8Array = new Uint8Array(0);
  for await (const piece of chunks) {
    // A copy: what LZMA2 hands on is its dictionary.
    const bytes = Buffer.concat([left, piece]);
    const done = filter.decode(bytes, false);
    left = bytes.subarray(done);
    if (done > 0) yield bytes.subarray(0, done);
  }
  filter.decode(left, true);
  if (left.length > 0) yield left;
}
