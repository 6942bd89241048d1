/**
 * The framing of zstd, RFC 8878: header, blocks, checksum. It is walked here, block by block, so that every frame has its
 * own decoder and its end is known, and so that a window is refused before memory is spent on it.
 */
import { Fields } from '../../bytes/read.js';
import type { Packed } from './packed.js';

export interface ZstdHeader {
  /** The whole header from the magic, with the checksum flag cleared: checksums are compared here, not by the decoder. */
  readonly bytes: Uint8Array;
  readonly windowSize: number;
  readonly contentSize?: bigint;
  readonly hasChecksum: boolean;
}

/** Section 3.1.1.1.1: Frame_Header_Descriptor. */
const SINGLE_SEGMENT = 0x20;
const RESERVED = 0x08;
const CHECKSUM = 0x04;

export async function zstdHeader(packed: Packed, magic: Uint8Array): Promise<ZstdHeader> {
  const at = packed.offset - magic.length;
  const descriptor = await packed.u8();
  if (descriptor & RESERVED) throw packed.damaged(at);
  const single = (descriptor & SINGLE_SEGMENT) !== 0;
  const windowLength = single ? 0 : 1;
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const sizeLength = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  const rest = await packed.exactly(windowLength + dictionaryLength + sizeLength);
  const dictionary = rest.subarray(windowLength, windowLength + dictionaryLength);
  if (dictionary.some((byte) => byte !== 0)) throw packed.unsupported('a frame needs a dictionary', at);
  const contentSize = sizeOf(rest.subarray(windowLength + dictionaryLength));
  return {
    bytes: Buffer.concat([magic, Uint8Array.of(descriptor & ~CHECKSUM), rest]),
    windowSize: single ? Number(contentSize) : windowOf(rest[0] ?? 0),
    contentSize,
    hasChecksum: (descriptor & CHECKSUM) !== 0,
  };
}

/** Section 3.1.1.1.2: Window_Descriptor. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function sizeOf(bytes: Uint8Array): bigint | undefined {
  const fields = new Fields(bytes, true);
  if (bytes.length === 0) return undefined;
  if (bytes.length === 1) return BigInt(fields.u8(0));
  if (bytes.length === 2) return BigInt(fields.u16(0) + 256);
  return bytes.length === 4 ? BigInt(fields.u32(0)) : fields.u64(0);
}

export interface ZstdBlock {
  /** With its header of three bytes. */
  readonly bytes: Uint8Array;
  readonly offset: number;
}

const RLE = 1;
const RESERVED_TYPE = 3;
/** Section 3.1.1.2.4: no block holds more, packed or unpacked. */
const MOST = 128 * 1024;

/** The blocks up to and with the last. */
export async function* zstdBlocks(packed: Packed): AsyncGenerator<ZstdBlock> {
  for (let last = false; !last; ) {
    const offset = packed.offset;
    const [low = 0, middle = 0, high = 0] = await packed.exactly(3);
    const header = low | (middle << 8) | (high << 16);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === RESERVED_TYPE || size > MOST) throw packed.damaged(offset);
    const body = await packed.block(type === RLE ? 1 : size);
    yield { bytes: Buffer.concat([Uint8Array.of(low, middle, high), body]), offset };
  }
}
