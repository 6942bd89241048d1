/** Writes LiME dumps by LiME's lime.h; shares nothing with the parser. */
export function buildLime(ranges: ReadonlyArray<readonly [first: bigint, bytes: Uint8Array]>, big = false): Buffer {
  return Buffer.concat(
    ranges.flatMap(([first, bytes]) => {
      const words = [0x00000001_4c694d45n, first, first + BigInt(bytes.length) - 1n, 0n].map((word) => {
        const part = Buffer.alloc(8);
        part.writeBigUInt64LE(word);
        return part;
      });
      if (big) {
        (words[0] as Buffer).swap32();
        for (const word of words.slice(1)) word.swap64();
      }
      return [...words, Buffer.from(bytes)];
    }),
  );
}
