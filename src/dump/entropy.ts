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

/** n·log2 n for each count that a sample can have. */
const TERMS = Float64Array.from({ length: SAMPLE + 1 }, (_, count) => (count === 0 ? 0 : count * Math.log2(count)));

/** Bits per byte of at most 4096 bytes. */
export function entropyOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  const counts = new Uint16Array(256);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    counts[byte] = (counts[byte] as number) + 1;
  }
  let sum = 0;
  for (let value = 0; value < 256; value++) sum += TERMS[counts[value] as number] as number;
  return Math.max(0, Math.log2(bytes.length) - sum / bytes.length);
}
