/**
 * Snapshots of AVML with compression. The image is the blocks' headers and lengths, then the memory in the order of the
 * file, which AVML writes ascending by address. Blocks of zeros are not in the file, and the file does not tell of them.
 */
import { Fields } from '../../bytes/read.js';
import type { DumpMap, Region, Warning } from '../../types.js';
import { FileSpans, pagedDump } from '../image.js';
import type { PagedFormat } from '../paged.js';
import { type Block, readBlocks } from './blocks.js';
import { AVML, HEADER } from './format.js';
import { AvmlMemory } from './memory.js';

export const avml: PagedFormat = {
  name: 'avml',
  matches(head) {
    if (head.length < HEADER.length) return false;
    const fields = new Fields(head, true);
    return fields.u32(HEADER.magic) === AVML.magic && fields.u32(HEADER.version) === AVML.version;
  },
  async open(file) {
    const { stretches, blocks, rest, missing, damage } = await readBlocks(file);
    const head = new FileSpans(file, rest);
    const memory = new AvmlMemory(file, stretches);
    const warnings: Warning[] = [];
    if (damage !== undefined) {
      const message = `${damage}: what follows is scanned as it stands, packed`;
      warnings.push({ code: 'TRUNCATED', message, incomplete: true });
    }
    const map: DumpMap = {
      format: 'avml',
      facts: [
        ['blocks', String(blocks.length)],
        ['memory', `${memory.length} bytes, up to address 0x${highest(blocks).toString(16)}`],
        ['compression', 'snappy'],
      ],
      regions: [{ offset: 0, length: head.length, kind: 'metadata' }, ...regionsOf(blocks, head.length)],
      modules: [],
      threads: [],
      holes: [],
      declaredSize: head.length + memory.length + missing,
      warnings,
    };
    return pagedDump(map, [head, memory]);
  },
};

function highest(blocks: readonly Block[]): bigint {
  return blocks.reduce((end, { address, length }) => {
    const own = address + BigInt(length);
    return own > end ? own : end;
  }, 0n);
}

/** Blocks that continue each other are one region. */
function regionsOf(blocks: readonly Block[], from: number): Region[] {
  const regions: Region[] = [];
  let offset = from;
  for (const { address, length } of blocks) {
    const last = regions.at(-1);
    if (last?.physical !== undefined && last.physical + BigInt(last.length) === address) {
      regions[regions.length - 1] = { ...last, length: last.length + length };
    } else if (length > 0) regions.push({ offset, length, kind: 'physical', physical: address });
    offset += length;
  }
  return regions;
}
