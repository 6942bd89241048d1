/**
 * zstd, RFC 8878: frames and skippable frames, in any number and order (pzstd and the seekable format write both). Blocks
 * are decoded by node:zlib where the running Node has zstd (from 22.15 on), by fzstd otherwise; checksums, which fzstd
 * does not look at, are compared here for both.
 */
import { Decompress } from 'fzstd';
import { createZstdDecompress } from '../../bytes/node-zstd.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import { isLz4Frame, lz4Frame } from './lz4.js';
import { Packed, UnpackError } from './packed.js';
import { ENGINE_PIECE, pump } from './pump.js';
import { behindSkippable, isSkippable, skippable, startsWith } from './skippable.js';
import { xxhashes } from './xxhash.js';
import { type ZstdBlock, type ZstdHeader, zstdBlocks, zstdHeader } from './zstd-frame.js';

/** What `zstd -d` itself unpacks without being told to spend more (`--long=27`). */
const WINDOW_LIMIT = 128 * 1024 * 1024;

const isFrame = (head: Uint8Array) => startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]);

/** Behind skippable frames that are longer than what was looked at there may be lz4: both are unpacked here. */
export const zstd = framed({
  name: 'zstd',
  matches: (head) => isFrame(head) || (isSkippable(head) && !isLz4Frame(behindSkippable(head))),
  magicLength: 4,
  begins: (magic) => isFrame(magic) || isSkippable(magic) || isLz4Frame(magic),
  frame,
});

async function* frame(packed: Packed, magic: Uint8Array): Chunks {
  if (isSkippable(magic)) return await skippable(packed);
  if (isLz4Frame(magic)) return yield* lz4Frame(packed, magic);
  const at = packed.offset - magic.length;
  const header = await zstdHeader(packed, magic);
  const { create64 } = await xxhashes();
  const hash = create64();
  let length = 0n;
  if (header.windowSize > WINDOW_LIMIT) {
    const needs = `a frame needs a window of ${header.windowSize} bytes, and ${WINDOW_LIMIT} are allowed`;
    throw packed.unsupported(needs, at);
  }
  for await (const piece of createZstdDecompress ? byNode(packed, header) : byFzstd(packed, header)) {
    hash.update(piece);
    length += BigInt(piece.length);
    yield piece;
  }
  // Section 3.1.1: the low four bytes of XXH64, seed 0.
  if (header.hasChecksum && (await packed.u32le()) !== Number(hash.digest() & 0xffffffffn)) {
    packed.mismatch('the checksum');
  }
  if (header.contentSize !== undefined && header.contentSize !== length) packed.mismatch('the size');
}

/** zstd.h: ZSTD_d_windowLogMax. */
const WINDOW_LOG_MAX = 100;

async function* byNode(packed: Packed, header: ZstdHeader): Chunks {
  let offset = packed.offset;
  async function* bytes(): Chunks {
    yield header.bytes;
    for await (const block of zstdBlocks(packed)) {
      offset = block.offset;
      yield block.bytes;
    }
  }
  const engine = (createZstdDecompress as NonNullable<typeof createZstdDecompress>)({
    chunkSize: ENGINE_PIECE,
    params: { [WINDOW_LOG_MAX]: 27 },
  });
  // The blocks of one frame alone: what `inner` says of places counts from its start.
  const inner = new Packed(packed.name, bytes(), () => {});
  try {
    yield* pump(inner, engine);
  } catch (error) {
    throw error instanceof UnpackError && error.code === 'UNPACK_DAMAGED' ? packed.damaged(offset) : error;
  } finally {
    await inner.close();
  }
}

async function* byFzstd(packed: Packed, header: ZstdHeader): Chunks {
  let output: Uint8Array[] = [];
  const decoder = new Decompress((piece) => output.push(piece));
  decode(packed, decoder, { bytes: header.bytes, offset: packed.offset });
  for await (const block of zstdBlocks(packed)) {
    decode(packed, decoder, block);
    yield* output;
    output = [];
  }
}

function decode(packed: Packed, decoder: Decompress, { bytes, offset }: ZstdBlock): void {
  try {
    decoder.push(bytes);
  } catch {
    // Its own errors, and TypeErrors and RangeErrors for tables that are not there.
    throw packed.damaged(offset);
  }
}
