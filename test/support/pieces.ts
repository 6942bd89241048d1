/** Streams of bytes, for parsers that read from the front. */

/** Bytes anew each time they are asked for, in pieces that are overwritten once the next is asked for. */
export function pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const piece = new Uint8Array(size);
      for (let at = 0; at < bytes.length; at += size) {
        const part = bytes.subarray(at, at + size);
        piece.set(part);
        yield piece.subarray(0, part.length);
        piece.fill(0xee);
      }
    },
  };
}
