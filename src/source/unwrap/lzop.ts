/** lzop: the format of its files is defined by lzop.c and conf.h (lzop 1.04). Blocks are LZO1X or stored. */
import { crc32 } from 'node:zlib';
import { lzo1xBlock } from '../../bytes/lzo1x.js';
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import type { Packed } from './packed.js';
import { startsWith } from './skippable.js';

const MAGIC = [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a];
const isFile = (head: Uint8Array) => startsWith(head, MAGIC);

export const lzop = framed({ name: 'lzop', matches: isFile, magicLength: 9, begins: isFile, frame: file });

const ADLER32_DATA = 0x1;
const ADLER32_PACKED = 0x2;
const EXTRA_FIELD = 0x40;
const CRC32_DATA = 0x100;
const CRC32_PACKED = 0x200;
const FILTER = 0x800;
const CRC32_HEADER = 0x1000;
/** MAX_BLOCK_SIZE. lzop itself writes blocks of 256 KiB. */
const MOST = 64 * 1024 * 1024;
/** LZO1X-1, LZO1X-1(15), LZO1X-999. */
const METHODS = [1, 2, 3];
/** From this version on headers hold what is needed to read them, the level, and longer times. */
const LONGER = 0x0940;

async function* file(packed: Packed): Chunks {
  const flags = await header(packed);
  let output = new Uint8Array(0);
  for (;;) {
    const at = packed.offset;
    const size = await packed.u32be();
    if (size === 0) return;
    const packedSize = await packed.u32be();
    if (size > MOST || packedSize > size) throw packed.damaged(at);
    const stored = packedSize === size;
    const expected = [
      flags & ADLER32_DATA ? await packed.u32be() : undefined,
      flags & CRC32_DATA ? await packed.u32be() : undefined,
      flags & ADLER32_PACKED && !stored ? await packed.u32be() : undefined,
      flags & CRC32_PACKED && !stored ? await packed.u32be() : undefined,
    ];
    const input = await packed.upTo(packedSize);
    let [data, sound] = [input, true];
    if (!stored) {
      // A byte of input makes at most 255 bytes.
      const most = Math.min(size, 255 * input.length + 64);
      if (output.length < most) output = new Uint8Array(most);
      const decoded = lzo1xBlock(input, output.subarray(0, most));
      data = output.subarray(0, decoded.end);
      sound = decoded.sound && decoded.end === size;
    }
    yield data;
    if (input.length < packedSize) throw packed.truncated();
    if (!sound) throw packed.damaged(at);
    const sums = [() => adler32(data), () => crc32(data), () => adler32(input), () => crc32(input)];
    if (expected.some((value, index) => value !== undefined && value !== sums[index]?.())) {
      packed.mismatch('the checksum of a block');
    }
  }
}

/** Gives the flags. */
async function header(packed: Packed): Promise<number> {
  const start = packed.offset;
  const parts: Uint8Array[] = [];
  const take = async (length: number) => {
    const bytes = await packed.exactly(length);
    parts.push(bytes);
    return new Fields(bytes, false);
  };
  const version = (await take(4)).u16(0);
  const longer = version >= LONGER;
  if (longer) await take(2);
  const method = (await take(1)).u8(0);
  if (longer) await take(1);
  const flags = (await take(4)).u32(0);
  if (flags & FILTER) await take(4);
  // Mode and time.
  await take(longer ? 12 : 8);
  const nameLength = (await take(1)).u8(0);
  if (nameLength > 0) await take(nameLength);
  const sum = flags & CRC32_HEADER ? crc32 : adler32;
  if ((await packed.u32be()) !== sum(Buffer.concat(parts))) throw packed.damaged(start);
  if (!METHODS.includes(method)) throw packed.unsupported(`the packing method ${method}`, start);
  if (flags & FILTER) throw packed.unsupported('a filter', start);
  if (flags & EXTRA_FIELD) {
    const length = await packed.u32be();
    await packed.passOver(length);
    await packed.exactly(4);
  }
  return flags;
}

/** RFC 1950, section 8.2. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    // As many as fit into 32 bits before the remainder has to be taken.
    const end = Math.min(bytes.length, at + 3800);
    for (; at < end; at++) {
      a += bytes[at] as number;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}
