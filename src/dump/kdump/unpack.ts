/** One page, by the flags of its descriptor. */
import { decompress } from 'fzstd';
import type { Decoded } from '../../bytes/block.js';
import { inflateWhole } from '../../bytes/inflate-whole.js';
import { lzo1xBlock } from '../../bytes/lzo1x.js';
import { zstdDecompressSync } from '../../bytes/node-zstd.js';
import { snappyBlock } from '../../bytes/snappy-block.js';
import { FormatError, messageOf } from '../../errors.js';
import { COMPRESSED, FLAG } from './format.js';

/** Fills `page`, or throws a FormatError. */
export function unpackPage(flags: number, packed: Uint8Array, page: Uint8Array): void {
  const length = unpacked(flags & COMPRESSED, packed, page);
  if (length !== page.length) throw new FormatError(`page of ${length} bytes`);
}

function unpacked(flags: number, packed: Uint8Array, page: Uint8Array): number {
  switch (flags) {
    case 0:
      page.set(packed);
      return packed.length;
    case FLAG.zlib:
      return filled(page, () => inflateWhole(packed, page.length));
    case FLAG.lzo:
      return whole(lzo1xBlock(packed, page));
    case FLAG.snappy:
      return whole(snappyBlock(packed, page));
    case FLAG.zstd:
      return filled(page, () => unpackZstd(packed, page.length));
    default:
      throw new FormatError(`unknown compression ${flags}`);
  }
}

function whole({ end, sound }: Decoded): number {
  if (!sound) throw new FormatError('page is damaged');
  return end;
}

/** Libraries throw errors of their own, and RangeErrors where damage leads them past the end. */
function filled(page: Uint8Array, unpack: () => Uint8Array): number {
  try {
    const bytes = unpack();
    page.set(bytes);
    return bytes.length;
  } catch (error) {
    throw new FormatError(messageOf(error));
  }
}

function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  const { contentSize, end } = zstdFrame(packed);
  // More frames, or ones to be skipped: decoders pass over what may hold anything.
  if (end !== packed.length) throw new FormatError('not one zstd frame');
  if (zstdDecompressSync) return zstdDecompressSync(packed, { maxOutputLength: length });
  // The library allocates what the frame declares. Writers of pages know their size, and declare it.
  if (contentSize !== length) throw new FormatError('zstd frame of another size');
  return decompress(packed);
}

/** RFC 8878, 3.1.1: what one frame declares to hold, if it does, and where it ends. */
function zstdFrame(frame: Uint8Array): { contentSize?: number; end?: number } {
  const [magic, descriptor] = [[0x28, 0xb5, 0x2f, 0xfd], frame[4] ?? 0];
  if (magic.some((byte, i) => frame[i] !== byte)) return {};
  const single = (descriptor & 0x20) !== 0;
  let at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  const bytes = descriptor >> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >> 6);
  let size = bytes === 2 ? 256 : 0;
  for (let i = 0; i < bytes; i++) size += (frame[at + i] ?? 0) * 256 ** i;
  at += bytes;
  for (let last = false; !last && at < frame.length; ) {
    const header = (frame[at] ?? 0) | ((frame[at + 1] ?? 0) << 8) | ((frame[at + 2] ?? 0) << 16);
    last = (header & 1) === 1;
    // A block of type 1 repeats its one byte.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  return { ...(bytes > 0 && { contentSize: size }), end: at + ((descriptor & 4) !== 0 ? 4 : 0) };
}
