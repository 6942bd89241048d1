/**
 * Drives a decompressor of node:zlib by hand: a piece of input is asked for only when the last one has been used up and
 * its output taken, so that nothing is read ahead and nothing waits when the caller stops.
 */
import type { Transform } from 'node:stream';
import type { Chunks } from './chunks.js';
import type { Packed } from './packed.js';

/** Bytes of packed input, and of output, at a time. */
export const ENGINE_PIECE = 64 * 1024;

export interface Engine extends Transform {
  /** Packed bytes that were used. */
  readonly bytesWritten: number;
}

/** zlib's and node:zlib's code for input that ends too early. */
const ENDS_EARLY = 'Z_BUF_ERROR';

/** What `engine` makes of the packed bytes, to the end of its stream. Bytes behind that are given back. */
export async function* pump(packed: Packed, engine: Engine): Chunks {
  let [idle, ended, poked] = [true, false, false];
  let failure: (Error & { code?: string }) | undefined;
  let wake = () => {};
  const poke = () => {
    poked = true;
    wake();
  };
  engine.on('readable', poke);
  engine.on('end', () => {
    ended = true;
    poke();
  });
  engine.on('error', (error: Error) => {
    failure = error;
    poke();
  });
  let piece: Uint8Array = new Uint8Array(0);
  let before = 0;
  try {
    for (;;) {
      poked = false;
      const output = engine.read() as Uint8Array | null;
      if (output !== null) yield output;
      else if (failure !== undefined || ended) break;
      else if (idle) {
        // Its stream ended within the piece; node:zlib calls back before it says so.
        if (engine.bytesWritten - before < piece.length) break;
        idle = false;
        before = engine.bytesWritten;
        piece = await packed.some(ENGINE_PIECE);
        if (piece.length === 0) engine.end();
        else {
          engine.write(piece, () => {
            idle = true;
            poke();
          });
        }
      } else if (!poked) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (failure?.code === ENDS_EARLY) throw packed.truncated();
    if (failure !== undefined) throw packed.damaged(packed.offset - piece.length);
    packed.unread(piece.subarray(engine.bytesWritten - before));
  } finally {
    engine.destroy();
  }
}
