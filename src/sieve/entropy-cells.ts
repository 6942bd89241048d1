/**
 * Entropy over a dump for a picture of it, sampled in the same pass: the first bytes of each cell, whose length is a power
 * of two. The samples of long cells are among those of shorter ones, so a stream, whose size shows only at its end, gives
 * the same cells as a file, however it was cut.
 */
import { entropyOf } from '../dump/entropy.js';
import type { EntropyCells } from '../picture.js';
import type { EntropySamples, ScanTask } from './protocol.js';

/** Bytes of a sample, and the least that a cell has. A window reaches further than this behind its own bytes. */
const SAMPLE = 2048;
const MAX_CELLS = 2048;

/** Bytes of a cell of a dump of that size. */
export function cellFor(size: number): number {
  let cell = SAMPLE;
  while (size > cell * MAX_CELLS) cell *= 2;
  return cell;
}

/** The samples that begin in a window's own bytes. */
export function sampleEntropy(bytes: Uint8Array, { pieces, from, to }: ScanTask, cell: number): EntropySamples {
  const start = pieces[0]?.offset ?? 0;
  const first = Math.ceil((start + from) / cell) * cell;
  const bits: number[] = [];
  for (let at = first - start; at < to; at += cell) bits.push(entropyOf(bytes.subarray(at, at + SAMPLE)));
  return { first, cell, bits };
}

/** Gathers samples, in whatever order windows are finished, and keeps those of the longest cell so far. */
export class CellGrid {
  readonly #samples = new Map<number, number>();
  #cell = SAMPLE;

  add({ first, cell, bits }: EntropySamples): void {
    if (cell > this.#cell) this.#coarsen(cell);
    bits.forEach((value, index) => {
      const offset = first + index * cell;
      if (offset % this.#cell === 0) this.#samples.set(offset, value);
    });
  }

  finish(size: number): EntropyCells {
    this.#coarsen(Math.max(this.#cell, cellFor(size)));
    const cell = this.#cell;
    const bits = Float32Array.from({ length: Math.ceil(size / cell) }, (_, i) => this.#samples.get(i * cell) ?? NaN);
    return { cell, bits };
  }

  #coarsen(cell: number): void {
    this.#cell = cell;
    for (const offset of this.#samples.keys()) if (offset % cell !== 0) this.#samples.delete(offset);
  }
}

/** The pieces of a stream as they are, with samples taken on the way. */
export async function* sampleStream(chunks: AsyncIterable<Uint8Array>, grid: CellGrid): AsyncIterable<Uint8Array> {
  const sample = new Uint8Array(SAMPLE);
  let size = 0;
  for await (const piece of chunks) {
    for (let done = 0; done < piece.length; ) {
      const cell = cellFor(size + done);
      const within = (size + done) % cell;
      if (within >= SAMPLE) {
        done += cell - within;
        continue;
      }
      const part = piece.subarray(done, done + SAMPLE - within);
      sample.set(part, within);
      done += part.length;
      if (within + part.length === SAMPLE) grid.add({ first: size + done - SAMPLE, cell, bits: [entropyOf(sample)] });
    }
    size += piece.length;
    yield piece;
  }
  const rest = size % cellFor(size);
  if (rest > 0 && rest < SAMPLE) {
    grid.add({ first: size - rest, cell: cellFor(size), bits: [entropyOf(sample.subarray(0, rest))] });
  }
}
