/** VMware's suspended states and snapshots → dump map. The memory is in the file, or in a raw .vmem next to it. */
import { latin1 } from '../../bytes/convert.js';
import { type ByteReader, checkedCount, Fields, readExactly } from '../../bytes/read.js';
import { FormatError } from '../../errors.js';
import type { DumpMap, Region, Span, Warning } from '../../types.js';
import { Blocks } from '../blocks.js';
import { GROUP, HEADER, IDS, OLD_ID, PAGE } from './format.js';
import { readTags, type Tag } from './tags.js';

/** A real state has some fifty groups, and some ten thousand tags. */
const MAX_GROUPS = 4096;
const MAX_TAGS = 1 << 18;
/** Runs of memory; a machine has up to three. */
const MAX_RUNS = 1024;

interface State {
  /** The first block of memory. */
  memory?: Span;
  readonly runs: Map<number, { page?: number; physical?: number; pages?: number }>;
  processors?: number;
  compressed: number;
  tags: number;
  end: number;
  cut: boolean;
}

/** Throws FormatError or BoundsError when header or groups are unusable. */
export function parseVmware(reader: ByteReader, knownSize: number | undefined): DumpMap {
  const header = new Fields(readExactly(reader, 0, HEADER.size, 'header'), true);
  const id = header.u32(0);
  if (!IDS.has(id)) throw new FormatError('unknown id');
  const room = Math.min(reader.size - HEADER.size, MAX_GROUPS * GROUP.size);
  const count = checkedCount(header.u32(HEADER.groups), GROUP.size, room, 'count of groups');
  const groups = new Fields(readExactly(reader, HEADER.size, count * GROUP.size, 'groups'), true);
  const names = reader.read(HEADER.size, count * GROUP.size);
  const blocks = new Blocks(reader);
  const state: State = { runs: new Map(), compressed: 0, tags: 0, end: HEADER.size + count * GROUP.size, cut: false };
  const regions: Region[] = [{ offset: 0, length: state.end, kind: 'metadata' }];
  for (let i = 0; i < count; i++) {
    const name = latin1(names, i * GROUP.size, i * GROUP.size + GROUP.name).replace(/\0.*$/s, '');
    const position = Number(groups.u64(i * GROUP.size + GROUP.position));
    regions.push(...readGroup(blocks, name, position, id === OLD_ID ? 4 : 8, state));
  }
  const memory = memoryRegions(state);
  const limit = knownSize ?? Number.MAX_SAFE_INTEGER;
  return {
    format: 'vmware-state',
    facts: factsOf(state, count, memory),
    regions: [...regions, ...memory]
      .filter(({ offset, length }) => length > 0 && offset < limit)
      .map((region) => ({ ...region, length: Math.min(region.length, limit - region.offset) }))
      .sort((a, b) => a.offset - b.offset),
    modules: [],
    threads: [],
    holes: [],
    declaredSize: Math.max(state.end, knownSize ?? 0),
    warnings: warningsOf(state, knownSize),
  };
}

/** Returns the group's own bytes: all but the memory. */
function readGroup(blocks: Blocks, group: string, position: number, word: 4 | 8, state: State): Region[] {
  const regions: Region[] = [];
  const tags = readTags(blocks, position, word);
  let start = position;
  let next = tags.next();
  for (; !next.done && state.tags < MAX_TAGS; next = tags.next()) {
    const tag = next.value;
    state.tags++;
    state.end = Math.max(state.end, tag.offset + tag.length);
    if (tag.block?.compressed) state.compressed++;
    if (group === 'memory') readMemoryTag(tag, state);
    if (group === 'cpu' && tag.name === 'cpu:numVCPUs') state.processors = tag.value;
    if (tag.offset === state.memory?.offset) {
      regions.push({ offset: start, length: tag.offset - start, kind: 'metadata' });
      start = tag.offset + tag.length;
    }
  }
  const end = next.done ? next.value : undefined;
  if (end === undefined) state.cut = true;
  else {
    state.end = Math.max(state.end, end);
    regions.push({ offset: start, length: end - start, kind: 'metadata' });
  }
  return regions;
}

function readMemoryTag({ name, indices, offset, length, block, value }: Tag, state: State): void {
  if (name === 'Memory' && block !== undefined && !block.compressed) state.memory ??= { offset, length };
  const [index] = indices;
  if (index === undefined || value === undefined || !/^region(PPN|PageNum|Size)$/.test(name)) return;
  if (state.runs.size >= MAX_RUNS && !state.runs.has(index)) return;
  const run = state.runs.get(index) ?? {};
  if (name === 'regionPPN') run.physical = value;
  else if (name === 'regionPageNum') run.page = value;
  else run.pages = value;
  state.runs.set(index, run);
}

/** The block of memory by the runs that the tags tell; all of it from address zero where they tell none. */
function memoryRegions({ memory, runs }: State): Region[] {
  if (memory === undefined) return [];
  const { offset, length } = memory;
  if (runs.size === 0) return [{ offset, length, kind: 'physical', physical: 0n }];
  const regions: Region[] = [];
  for (const { page, physical, pages } of runs.values()) {
    if (page === undefined || physical === undefined || pages === undefined) continue;
    const from = Math.min(page * PAGE, length);
    const to = Math.min((page + pages) * PAGE, length);
    regions.push({
      offset: offset + from,
      length: to - from,
      kind: 'physical',
      physical: BigInt(physical) * BigInt(PAGE),
    });
  }
  return regions;
}

function factsOf(state: State, groups: number, memory: readonly Region[]): DumpMap['facts'] {
  const facts: Array<readonly [string, string]> = [['groups', String(groups)]];
  if (state.processors !== undefined) facts.push(['processors', String(state.processors)]);
  const { length } = state.memory ?? { length: 0 };
  facts.push([
    'memory',
    length > 0 ? `${length} bytes in ${memory.length} runs` : 'not in this file: in the .vmem next to it',
  ]);
  return facts;
}

function warningsOf(state: State, knownSize: number | undefined): Warning[] {
  const warnings: Warning[] = [];
  if (state.compressed > 0) {
    const message = `${state.compressed} compressed blocks are not unpacked: only their packed bytes were scanned`;
    warnings.push({ code: 'COMPRESSED_NOT_UNPACKED', message, incomplete: true });
  }
  if (knownSize === undefined && state.cut) {
    const message = 'groups lie beyond the first part of the stream: addresses will be missing';
    warnings.push({ code: 'MAP_PREFIX_ONLY', message, incomplete: false });
  } else if (state.cut || (knownSize !== undefined && state.end > knownSize)) {
    const message =
      state.end > (knownSize ?? 0)
        ? `the state ends at ${knownSize} bytes, its tags promise ${state.end}`
        : 'a group of the state is cut off, or damaged';
    warnings.push({ code: 'TRUNCATED', message, incomplete: true });
  } else if (state.memory === undefined && state.compressed === 0) {
    const message = 'this state holds no memory: scan the .vmem file next to it';
    warnings.push({ code: 'MEMORY_ELSEWHERE', message, incomplete: false });
  }
  return warnings;
}
