/**
 * .lzma, also called LZMA alone: lzma-file-format.txt of XZ Utils. One stream without any checksum; only its end marker or
 * its size tells that it is whole.
 */
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import { lzmaProperties } from './lzma-decoder.js';
import { lzmaStream } from './lzma-stream.js';
import type { Packed } from './packed.js';

const DICTIONARY_LIMIT = 128 * 1024 * 1024;
const UNKNOWN = 0xffffffffffffffffn;

/**
 * There is no magic: the usual properties (lc=3, lp=0, pb=2), a dictionary of a whole number of 64 KiB with a zero among
 * its upper bytes, a size below 2^48 or unknown, and the zero with which the range coder starts.
 */
function isLzma(head: Uint8Array): boolean {
  if (head.length <= 13 || head[0] !== 0x5d || head[1] !== 0 || head[2] !== 0) return false;
  const size = head.subarray(5, 13);
  const known = size[6] === 0 && size[7] === 0;
  return (head[3] === 0 || head[4] === 0) && (known || size.every((byte) => byte === 0xff)) && head[13] === 0;
}

export const lzma = framed({
  name: 'lzma',
  matches: isLzma,
  magicLength: 13,
  // Never two, one behind the other; a first one has been recognised.
  begins: () => true,
  single: true,
  frame,
});

async function* frame(packed: Packed, header: Uint8Array): Chunks {
  const fields = new Fields(header, true);
  const dictionarySize = fields.u32(1);
  if (dictionarySize > DICTIONARY_LIMIT) {
    const needs = `the data needs a dictionary of ${dictionarySize} bytes, and ${DICTIONARY_LIMIT} are allowed`;
    throw packed.unsupported(needs, 0);
  }
  const properties = packed.decode(0, () => lzmaProperties(fields.u8(0)));
  const size = fields.u64(5);
  yield* lzmaStream(packed, { properties, dictionarySize, ...(size !== UNKNOWN && { size: Number(size) }) });
}
