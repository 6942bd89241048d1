/**
 * Sparse members: GNU tar stores only the segments that hold data, and a map of where they belong. GNU tar manual,
 * "Storing Sparse Files", for the old format (type `S`) and pax's formats 0.0, 0.1 and 1.0.
 */
import { latin1 } from '../../../bytes/convert.js';
import type { Span } from '../../../types.js';
import type { ChunkReader, Chunks } from '../chunks.js';
import type { Framer } from '../framing.js';
import type { Framing } from '../wrapper.js';
import { BLOCK, numberAt } from './header.js';

export type Segment = Span;

/** A map of more segments is not kept: the stored data are handed on as they stand. */
export const SEGMENTS_MOST = 200_000;

const ZEROS = new Uint8Array(64 * 1024);

/** Whether the segments ascend, lie within the file, and are as long together as what is stored. */
export function mapFits(map: readonly Segment[], size: number, stored: number): boolean {
  let [position, total] = [0, 0];
  for (const { offset, length } of map) {
    if (!(offset >= position && length >= 0)) return false;
    position = offset + length;
    total += length;
  }
  return position <= size && total === stored;
}

/** The file as it was: segments at their places, zeros between them. Ends early where the stored data do. */
export async function* expand(reader: ChunkReader, map: readonly Segment[], size: number): Chunks {
  let position = 0;
  for (const { offset, length } of map) {
    yield* zeros(offset - position);
    const from = reader.offset;
    yield* reader.pieces(length);
    if (reader.offset - from < length) return;
    position = offset + length;
  }
  yield* zeros(size - position);
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left);
}

/** The segments of one block of the old format: `count` pairs of 12-digit numbers, the list ended by an empty one. */
export function oldSegments(block: Uint8Array, at: number, count: number): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const entry = at + 24 * i;
    if (block[entry] === 0 && block[entry + 12] === 0) break;
    segments.push({ offset: numberAt(block, entry, 12), length: numberAt(block, entry + 12, 12) });
  }
  return segments;
}

/**
 * The map of format 1.0, which stands before the data: decimal numbers, a line each, first their count, filled up to a
 * whole block. It is framing. Undefined where it is damaged, or longer than is kept.
 */
export async function* mapBeforeData(
  reader: ChunkReader,
  framer: Framer,
  stored: number,
): AsyncGenerator<Framing, Segment[] | undefined> {
  const numbers: number[] = [];
  let text = '';
  for (let left = stored; left >= BLOCK; left -= BLOCK) {
    const at = reader.offset;
    const block = await reader.take(BLOCK);
    yield* framer.add(at, block);
    const lines = (text + latin1(block)).split('\n');
    text = lines.pop() as string;
    for (const line of lines) {
      numbers.push(decimal(line));
      const count = numbers[0] as number;
      if (!(count <= SEGMENTS_MOST) || Number.isNaN(numbers.at(-1))) return undefined;
      if (numbers.length === 1 + 2 * count) return pairs(numbers.slice(1));
    }
    if (block.length < BLOCK || text.length > BLOCK) return undefined;
  }
  return undefined;
}

export function pairs(numbers: readonly number[]): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    segments.push({ offset: numbers[i] as number, length: numbers[i + 1] as number });
  }
  return segments;
}

/** Not a number where it is none that a file's size could be. */
export function decimal(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
