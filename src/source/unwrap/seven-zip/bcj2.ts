/**
 * BCJ2: x86 code in four streams. The targets of CALL, and of JMP and Jcc, stand in two of their own, most significant
 * byte first and absolute; a range coder tells which of the instructions these are. After Igor Pavlov's Bcj2.c, in the
 * public domain.
 */
import type { Chunks } from '../chunks.js';
import type { Packed } from '../packed.js';

const TOP = 0x1000000;
const BITS = 11;
const MOVE = 5;
const PIECE = 64 * 1024;
/** What an encoder leaves behind the last bit. */
const FLUSHED = 8;

/** Throws what the streams make. */
export async function* bcj2(main: Packed, calls: Packed, jumps: Packed, coder: Packed): Chunks {
  const probabilities = new Uint16Array(258).fill(1024);
  await coder.exactly(1);
  let [range, code] = [0xffffffff, await coder.u32be()];
  const bit = async (index: number) => {
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | (await coder.u8())) >>> 0;
    }
    const probability = probabilities[index] as number;
    const bound = (range >>> BITS) * probability;
    if (code < bound) {
      range = bound;
      probabilities[index] = probability + ((2048 - probability) >> MOVE);
      return 0;
    }
    range -= bound;
    code -= bound;
    probabilities[index] = probability - (probability >> MOVE);
    return 1;
  };
  const output = Buffer.alloc(PIECE + 8);
  let [previous, used, before] = [0, 0, 0];
  for (;;) {
    const input = await main.some(PIECE);
    if (input.length === 0) break;
    for (let at = 0; at < input.length; at++) {
      const byte = input[at] as number;
      output[used++] = byte;
      const isBranch = (byte & 0xfe) === 0xe8 || (previous === 0x0f && (byte & 0xf0) === 0x80);
      const index = byte === 0xe8 ? previous : byte === 0xe9 ? 256 : 257;
      previous = byte;
      if (isBranch && (await bit(index)) === 1) {
        const target = await (byte === 0xe8 ? calls : jumps).u32be();
        const distance = (target - (before + used + 4)) >>> 0;
        output.writeUInt32LE(distance, used);
        used += 4;
        previous = distance >>> 24;
      }
      if (used < PIECE) continue;
      yield new Uint8Array(output.subarray(0, used));
      before += used;
      used = 0;
    }
  }
  yield new Uint8Array(output.subarray(0, used));
  for (const stream of [calls, jumps]) if ((await stream.some(1)).length > 0) throw stream.damaged();
  if ((await coder.take(FLUSHED + 1)).length > FLUSHED) throw coder.damaged();
}
