/**
 * The memory of a QEMU machine as its migration stream tells it, in the order of the stream: pages that were sent again
 * come again. Devices' states and everything else that is not memory are metadata.
 */
import { latin1 } from '../../bytes/convert.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { DumpMap } from '../../types.js';
import { PIECE, pagedDump } from '../image.js';
import type { PagedFormat } from '../paged.js';
import { MAGIC } from './format.js';
import { type Machine, readMachine, type Stream } from './memory.js';

export const qemuMigration: PagedFormat = {
  name: 'qemu-migration',
  // The version, 3, and the beginning of the first section.
  matches: (head) => latin1(head, 0, 8) === `${MAGIC}\0\0\0\x03` && (head[8] as number) <= 0x08,
  async open(file) {
    const machine = await readMachine(streamOf(file, 0), 0, true);
    return pagedDump(mapOf('qemu-migration', machine), [machine.part]);
  },
};

/** A file from `start` on, as a stream. */
export function streamOf(file: RandomBytes, start: number): Stream {
  return async function* (offset) {
    for (let at = start + offset; at < file.size; at += PIECE) {
      const bytes = await file.read(at, PIECE);
      if (bytes.length === 0) return;
      yield bytes;
    }
  };
}

export function mapOf(format: string, { part, regions, name, blocks, warnings }: Machine): DumpMap {
  const told = blocks.slice(0, 8).map((block) => `${block.name} (${block.size})`);
  return {
    format,
    facts: [
      ['machine', name || 'unknown'],
      ['memory blocks', `${told.join(', ')}${blocks.length > told.length ? ' …' : ''}`],
    ],
    regions,
    modules: [],
    threads: [],
    holes: [],
    declaredSize: part.length,
    warnings,
  };
}
