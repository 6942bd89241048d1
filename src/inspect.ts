/** `inspect`: what the dumps of one input hold, without looking for keys. Opens what they are packed in. */
import { readDumpMap } from './dump/detect.js';
import { entropyMap, entropyOf } from './dump/entropy.js';
import { holeBytes } from './dump/map.js';
import type { PagedDump } from './dump/paged.js';
import { readWholeMap } from './dump/whole-map.js';
import { openDump } from './scan-dump.js';
import { CellGrid, sampleStream } from './sieve/entropy-cells.js';
import { bytesReader, fileReader, type Source } from './source/open.js';
import { UnpackBudget } from './source/unwrap/budget.js';
import { packedFile, type Unpacked, unwrap } from './source/unwrap/unwrap.js';
import type { DumpMap, Warning } from './types.js';

/** One dump of an input. */
export interface Inspected {
  /** The path through archives to the dump, within the input. */
  readonly container?: string;
  /** What the dump was unpacked from, outermost first. */
  readonly wrappers: readonly string[];
  readonly size: number;
  /** With the remarks of the levels above. */
  readonly map: DumpMap;
  /** Bytes of memory that the dump declares and does not hold. */
  readonly holes: number;
  /** Bits of entropy per byte, 0 to 8, in cells of equal size over the dump. */
  readonly entropy: readonly number[];
}

/** Cells of the entropy map: a line of a terminal. */
const CELLS = 64;
/** The first bytes of a packed dump, in which its headers are looked for. */
const WINDOW = 16 * 1024 * 1024;

type Looked = Pick<Inspected, 'size' | 'map' | 'entropy'>;

export async function inspectFile({ fd, size }: Source & { kind: 'file' }): Promise<Inspected[]> {
  const found: Inspected[] = [];
  const dump = async (unpacked: Unpacked): Promise<void> => {
    const { wrappers, container } = unpacked;
    const remarks: Warning[] = [];
    const { paged, chunks, release } = await openDump(unpacked, (warning) => remarks.push(warning));
    let looked: Looked;
    try {
      if (paged) looked = await lookPaged(paged);
      else looked = wrappers.length === 0 ? lookFile(fd, size) : await lookStream({ ...unpacked, chunks });
    } finally {
      release();
    }
    const map = { ...looked.map, warnings: [...unpacked.warnings, ...remarks, ...looked.map.warnings] };
    found.push({ ...(container !== undefined && { container }), wrappers, ...looked, map, holes: holeBytes(map) });
  };
  const archive = () => ({ framing: async () => {}, unread: () => {}, end: async () => {} });
  const budget = new UnpackBudget(undefined, size);
  await unwrap(await packedFile(fd, size), { dump, archive }, budget);
  return found;
}

function lookFile(fd: number, size: number): Looked {
  const reader = fileReader(fd, size);
  return { size, map: readDumpMap(reader, size), entropy: entropyMap(reader, size, CELLS) };
}

async function lookPaged({ size, map, read }: PagedDump): Promise<Looked> {
  const entropy: number[] = [];
  for (let cell = 0; cell < Math.min(CELLS, size); cell++) {
    entropy.push(entropyOf(await read(Math.floor((cell * size) / CELLS), 4096)));
  }
  return { size, map, entropy };
}

/** One pass over the unpacked bytes, and more where headers lie far behind. */
async function lookStream({ chunks, again }: Unpacked): Promise<Looked> {
  const window = new Uint8Array(WINDOW);
  const grid = new CellGrid();
  let size = 0;
  for await (const piece of sampleStream(chunks, grid)) {
    if (size < WINDOW) window.set(piece.subarray(0, WINDOW - size), size);
    size += piece.length;
  }
  const beginning = window.subarray(0, size);
  const whole = size <= WINDOW;
  const map =
    whole || !again
      ? readDumpMap(bytesReader(beginning), whole ? size : undefined)
      : await readWholeMap(beginning, again);
  return { size, map, entropy: inCells(grid.finish(size).bits) };
}

/** As many cells as a line has, each the mean of those that were sampled. */
function inCells(bits: Float32Array): number[] {
  const count = Math.min(CELLS, bits.length);
  return Array.from({ length: count }, (_, cell) => {
    const part = bits.subarray(
      Math.floor((cell * bits.length) / count),
      Math.floor(((cell + 1) * bits.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  });
}
