/** One page, by the flags of its descriptor. */
import * as zlib from 'node:zlib';
import { decompress } from 'fzstd';
import type { Decoded } from '../../bytes/block.js';
import { lzo1xBlock } from '../../bytes/lzo1x.js';
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
      return filled(page, () => zlib.inflateSync(packed, { maxOutputLength: page.length }));
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

type UnpackSync = (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
/** Node has it since 22.15 and is several times as fast. */
const native = (zlib as { zstdDecompressSync?: UnpackSync }).zstdDecompressSync;

function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  if (native !== undefined) return native(packed, { maxOutputLength: length });
  // The library allocates what the frame declares. Writers of pages know their size, and declare it.
  if (zstdContentSize(packed) !== length) throw new FormatError('zstd frame of another size');
  return decompress(packed);
}

/** RFC 8878, 3.1.1.1: what one frame declares to hold, if it does. */
function zstdContentSize(frame: Uint8Array): number | undefined {
  const [magic, descriptor] = [[0x28, 0xb5, 0x2f, 0xfd], frame[4] ?? 0];
  if (magic.some((byte, i) => frame[i] !== byte)) return undefined;
  const single = (descriptor & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  const bytes = descriptor >> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >> 6);
  if (bytes === 0 || at + bytes > frame.length) return undefined;
  let size = bytes === 2 ? 256 : 0;
  for (let i = 0; i < bytes; i++) size += (frame[at + i] as number) * 256 ** i;
  return size;
}
