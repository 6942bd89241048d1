/**
 * The map of a dump that comes as a stream and can be read again: where headers lie behind the first window (a directory
 * at the end, the section header of a core with very many segments), they are fetched in passes of their own.
 */
import type { Chunks } from '../source/unwrap/chunks.js';
import { PickedReader, pick } from '../source/unwrap/pick.js';
import type { DumpMap, Span } from '../types.js';
import { readDumpMap } from './detect.js';

/** Passes over the stream. Formats point from header to table to list, and not further. */
const MAX_PASSES = 4;
/** Bytes of headers that are fetched in one pass. */
const MAX_BYTES = 64 * 1024 * 1024;

export async function readWholeMap(window: Uint8Array, again: () => Chunks): Promise<DumpMap> {
  const { size } = await pick(again(), []);
  const reader = new PickedReader(size, [{ offset: 0, bytes: window }]);
  for (let pass = 0; ; pass++) {
    const map = readDumpMap(reader, size);
    const missed = reader.takeMissed();
    if (missed.length === 0) return map;
    if (pass === MAX_PASSES || total(missed) > MAX_BYTES) return partial(map);
    reader.add((await pick(again(), missed)).picked);
  }
}

function total(spans: readonly Span[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

function partial(map: DumpMap): DumpMap {
  const message = 'headers lie too far apart in a packed dump to be fetched: addresses may be missing';
  return { ...map, warnings: [...map.warnings, { code: 'MAP_PREFIX_ONLY', message, incomplete: true }] };
}
