/**
 * .lzma, also called LZMA alone: lzma-file-format.txt of XZ Utils. One stream without any checksum; only its end marker or
 * its size tells that it is whole.
 */
import { Fields } from '../../bytes/read.js';
import type { Chunks } from './chunks.js';
import { framed } from './framed.js';
import { LzmaDecoder, lzmaProperties, SYMBOL_INPUT } from './lzma-decoder.js';
import type { Packed } from './packed.js';

const DICTIONARY_LIMIT = 128 * 1024 * 1024;
const UNKNOWN = 0xffffffffffffffffn;
/** Packed bytes, and unpacked ones, at a time. */
const PIECE = 64 * 1024;
const OUTPUT = 256 * 1024;

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
  const decoder = new LzmaDecoder(dictionarySize);
  packed.decode(0, () => decoder.resetState(lzmaProperties(fields.u8(0))));
  const start = await packed.exactly(5);
  packed.decode(packed.offset - 5, () => decoder.start(start));
  const size = fields.u64(5);
  let made = 0n;
  let input: Uint8Array = new Uint8Array(SYMBOL_INPUT);
  // Of `input`, what is there of the packed bytes; behind it there are zeros.
  let there = 0;
  let ended = false;
  for (;;) {
    // The last bytes one by one, so that nothing is handed on that was made of the zeros behind them.
    const most = ended ? 1 : OUTPUT;
    const left = size !== UNKNOWN && size - made < most ? Number(size - made) : most;
    const at = packed.offset - there;
    const inputEnd = ended ? there + 1 : there - SYMBOL_INPUT;
    let done = { at: 0, made: 0, marker: false };
    let broken: unknown;
    try {
      done = decoder.decode(input, 0, inputEnd, left);
      made += BigInt(done.made);
    } catch (error) {
      broken = error;
    }
    if (decoder.used > there) throw packed.truncated();
    yield decoder.take();
    packed.decode(at, () => {
      if (broken !== undefined) throw broken;
    });
    const rest = input.slice(done.at, there);
    if (done.marker || (size !== UNKNOWN && made === size && decoder.finished)) {
      if (size !== UNKNOWN && made !== size) packed.mismatch('the size');
      packed.unread(rest);
      return;
    }
    if (done.made === left && left > 0) {
      input = padded(rest, new Uint8Array(0));
      there = rest.length;
      continue;
    }
    if (ended) throw size !== UNKNOWN && made === size ? packed.damaged() : packed.truncated();
    const more = await packed.some(PIECE);
    ended = more.length === 0;
    input = padded(rest, more);
    there = rest.length + more.length;
  }
}

function padded(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length + SYMBOL_INPUT);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
