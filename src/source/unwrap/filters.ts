/** What stands between a decoder and the data it was made of: bytes changed in place, none added. */
import type { Chunks } from './chunks.js';

/** Changes bytes in place; gives how many are final. The rest comes again, with more behind it. */
export interface Filter {
  decode(bytes: Uint8Array, last: boolean): number;
}

/** xz file format 1.2.1, section 5.3.3. */
export function delta(distance: number): Filter {
  const history = new Uint8Array(256);
  let at = 0;
  return {
    decode(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        const value = ((bytes[i] as number) + (history[(distance + at) & 0xff] as number)) & 0xff;
        bytes[i] = value;
        history[at-- & 0xff] = value;
      }
      return bytes.length;
    },
  };
}

/** The data of which `chunks` were made by a filter. */
export async function* filtered(chunks: Chunks, filter: Filter): Chunks {
  let left: Uint8Array = new Uint8Array(0);
  for await (const piece of chunks) {
    // A copy: what LZMA2 hands on is its dictionary.
    const bytes = Buffer.concat([left, piece]);
    const done = filter.decode(bytes, false);
    left = bytes.subarray(done);
    if (done > 0) yield bytes.subarray(0, done);
  }
  filter.decode(left, true);
  if (left.length > 0) yield left;
}
