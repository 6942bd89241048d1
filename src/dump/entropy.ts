/** A small map of a file's entropy, from samples. */
import type { ByteReader } from '../bytes/read.js';

/** Bytes looked at in each cell. */
const SAMPLE = 4096;

/** Shannon entropy in bits per byte (0 to 8) of the first bytes of each of `cells` equal parts. */
export function entropyMap(reader: ByteReader, size: number, cells: number): number[] {
  const count = Math.min(cells, Math.max(1, size));
  return Array.from({ length: count }, (_, cell) => {
    const start = Math.floor((cell * size) / count);
    const end = Math.floor(((cell + 1) * size) / count);
    return entropyOf(reader.read(start, Math.min(SAMPLE, end - start)));
  });
}

function entropyOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  let entropy = 0;
  for (const count of counts) {
    if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return entropy;
}
