/** A whole LZMA stream, as .lzma files, zip and 7z hold it: it ends with its marker, or where its size says so. */
import type { Chunks } from './chunks.js';
import { LzmaDecoder, type LzmaProperties, SYMBOL_INPUT } from './lzma-decoder.js';
import type { Packed } from './packed.js';

export interface LzmaStream {
  readonly properties: LzmaProperties;
  /** Bytes; to be checked before. */
  readonly dictionarySize: number;
  /** Unpacked bytes, where they are known. */
  readonly size?: number;
}

/** Packed bytes, and unpacked ones, at a time. */
const PIECE = 64 * 1024;
const OUTPUT = 256 * 1024;

/** What stands behind the stream is left in `packed`. Throws what `packed` makes. */
export async function* lzmaStream(packed: Packed, { properties, dictionarySize, size }: LzmaStream): Chunks {
  const decoder = new LzmaDecoder(dictionarySize);
  decoder.resetState(properties);
  const start = await packed.exactly(5);
  packed.decode(packed.offset - 5, () => decoder.start(start));
  let made = 0;
  let input: Uint8Array = new Uint8Array(SYMBOL_INPUT);
  // Of `input`, what is there of the packed bytes; behind it there are zeros.
  let there = 0;
  let ended = false;
  for (;;) {
    // The last bytes one by one, so that nothing is handed on that was made of the zeros behind them.
    const most = ended ? 1 : OUTPUT;
    const complete = made === size;
    // Behind the last byte there may be a marker, and nothing else.
    const left = complete ? 1 : Math.min(most, (size ?? Number.POSITIVE_INFINITY) - made);
    const at = packed.offset - there;
    const inputEnd = ended ? there + 1 : there - SYMBOL_INPUT;
    let done = { at: 0, made: 0, marker: false };
    let broken: unknown;
    try {
      if (!complete || !decoder.finished) done = decoder.decode(input, 0, inputEnd, left);
    } catch (error) {
      broken = error;
    }
    if (decoder.used > there) throw packed.truncated();
    const bytes = decoder.take();
    if (complete && bytes.length > 0) throw packed.damaged(at);
    made += done.made;
    yield bytes;
    packed.decode(at, () => {
      if (broken !== undefined) throw broken;
    });
    const rest = input.slice(done.at, there);
    if (done.marker || (made === size && decoder.finished)) {
      if (size !== undefined && made !== size) packed.mismatch('the size');
      packed.unread(rest);
      return;
    }
    if (done.made === left) {
      input = padded(rest, new Uint8Array(0));
      there = rest.length;
      continue;
    }
    if (ended) throw made === size ? packed.damaged() : packed.truncated();
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
