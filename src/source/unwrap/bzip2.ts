/**
 * bzip2: streams of blocks of up to 900,000 bytes. Decoded here, since the libraries for it unfold a block's runs, up to
 * 46 MB, into an array of numbers, and read no faster than 8 MB/s.
 */
import { BitReader } from './bzip2-bits.js';
import { Bzip2Block, GROUP_INPUT, HEAD_INPUT } from './bzip2-block.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import type { Packed } from './packed.js';

/** "BZh", level, then the number of the first block (digits of π) or, in an empty stream, of the end (of its root). */
export function isBzip2(head: Uint8Array): boolean {
  const magic = Buffer.from(head.subarray(0, 10)).toString('hex');
  return /^425a683[1-9](314159265359|177245385090)$/.test(magic);
}

export const bzip2 = framed({ name: 'bzip2', matches: isBzip2, magicLength: 10, begins: isBzip2, frame: bzip2Stream });

/** The high half of each number: 24 bits. */
const BLOCK = [0x314159, 0x265359];
const END = [0x177245, 0x385090];

/** One stream, whose magic of ten bytes was taken. */
export async function* bzip2Stream(packed: Packed, magic: Uint8Array): Chunks {
  const most = 100_000 * ((magic[3] ?? 0) & 15);
  packed.unread(magic.subarray(4));
  const bits = new BitReader(packed);
  let cells = new Uint32Array(0);
  let combined = 0;
  for (;;) {
    await bits.fill(HEAD_INPUT);
    const at = bits.offset;
    const number = [bits.read(24), bits.read(24)];
    if (bits.overrun) throw packed.truncated();
    if (number.every((half, index) => half === END[index])) break;
    if (!number.every((half, index) => half === BLOCK[index])) throw packed.damaged(at);
    if (cells.length === 0) cells = new Uint32Array(most);
    const block = await readBlock(packed, bits, cells, most, at);
    const crc = { value: -1 };
    yield* unfold(block.unsorted, crc);
    const checksum = ~crc.value >>> 0;
    if (checksum !== block.checksum) packed.mismatch('the checksum');
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0;
  }
  const expected = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
  if (bits.overrun) throw packed.truncated();
  if (expected !== combined) packed.mismatch('the checksum');
  bits.finish();
}

async function readBlock(packed: Packed, bits: BitReader, cells: Uint32Array, most: number, at: number) {
  const guarded = <T>(step: () => T): T => {
    try {
      return packed.decode(at, step);
    } catch (error) {
      // The zeros behind the end make no sense.
      throw bits.overrun ? packed.truncated() : error;
    }
  };
  const block = guarded(() => new Bzip2Block(bits, cells, most));
  while (!guarded(() => block.symbols(bits))) {
    if (bits.overrun) throw packed.truncated();
    await bits.fill(GROUP_INPUT);
  }
  if (bits.overrun) throw packed.truncated();
  return { checksum: block.checksum, unsorted: guarded(() => block.unsort()) };
}

const TABLE = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  TABLE[i] = crc;
}

const PIECE = 256 * 1024;

/** After four equal bytes comes a byte that says how many more there are. */
function* unfold(
  { cells, first, length }: { readonly cells: Uint32Array; readonly first: number; readonly length: number },
  checksum: { value: number },
): Generator<Uint8Array> {
  const output = new Uint8Array(PIECE + 256);
  let [at, previous, same, to, crc] = [first, -1, 0, 0, checksum.value];
  for (let left = length; left > 0; left--) {
    const cell = cells[at] as number;
    const byte = cell & 0xff;
    at = cell >>> 8;
    if (same === 4) {
      for (let i = 0; i < byte; i++) {
        output[to++] = previous;
        crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ previous] as number);
      }
      same = 0;
      previous = -1;
    } else {
      same = byte === previous ? same + 1 : 1;
      previous = byte;
      output[to++] = byte;
      crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] as number);
    }
    if (to < PIECE) continue;
    yield output.subarray(0, to);
    to = 0;
  }
  checksum.value = crc;
  if (to > 0) yield output.subarray(0, to);
}
