/** A part of packed bytes that can be read anywhere, from its front. */
import type { Chunks, RandomBytes } from './chunks.js';

const PIECE = 256 * 1024;

export async function* slices(file: RandomBytes, start: number, end: number): Chunks {
  for (let at = start; at < end; ) {
    const bytes = await file.read(at, Math.min(PIECE, end - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    yield bytes;
  }
}
