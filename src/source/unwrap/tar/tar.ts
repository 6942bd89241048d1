/**
 * tar, from the front: header blocks, data, padding; several archives one after the other; what stands behind the end.
 * A block that is no header is framing, and the reader goes on with the next one that is.
 */
import type { Chunks, ChunkReader as Reader } from '../chunks.js';
import { ChunkReader } from '../chunks.js';
import { Damage, Framer, type GrowingSpan, nameOf, skip, untilZero } from '../framing.js';
import type { Archive, ArchivePart, Framing, Remark } from '../wrapper.js';
import { type Extended, parseExtended } from './extended.js';
import { BLOCK, hasMagic, isZeros, numberAt, parseHeader, type TarHeader } from './header.js';
import { expand, mapBeforeData, mapFits, oldSegments, SEGMENTS_MOST, type Segment } from './sparse.js';

export const tar: Archive = {
  kind: 'archive',
  name: 'tar',
  access: 'sequential',
  matches: (head) => hasMagic(head) || (head[0] !== 0 && parseHeader(head.subarray(0, BLOCK)) !== undefined),
  parts,
};

/** Names and extended headers beyond this are passed on and not understood. */
const TEXT_MOST = 1 << 20;

/** Types whose size field older programs filled without any data behind it: links, devices, directories. */
const MAY_LACK_DATA = '123456';

async function* parts(packed: Chunks, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const reader = new ChunkReader(packed);
  const framer = new Framer();
  const damage = new Damage('tar', remark);
  // What the headers before a member say of it, and those for all members.
  let next: Extended = {};
  let all: Extended = {};
  let [ended, lost] = [false, false];
  try {
    for (;;) {
      const at = reader.offset;
      const block = await reader.take(BLOCK);
      yield* framer.add(at, block);
      if (block.length < BLOCK) break;
      const header = parseHeader(block);
      if (!header || Number.isNaN(header.size)) {
        if (!header && isZeros(block)) ended = true;
        else if (!ended && !lost) {
          damage.damaged('a block that should be a header is none', at);
          lost = true;
        }
        continue;
      }
      [ended, lost] = [false, false];
      if ('LKxgX'.includes(header.type)) {
        const text = yield* extendedText(reader, framer, damage, header);
        const said =
          header.type === 'L' ? { name: nameOf(untilZero(text)) } : header.type === 'K' ? {} : parseExtended(text);
        if (!said) damage.damaged('an extended header cannot be understood', at);
        if (header.type === 'g') all = { ...all, ...said };
        else next = { ...next, ...said };
        continue;
      }
      yield* member(reader, framer, damage, header, block, { ...all, ...next });
      next = {};
    }
    yield* framer.flush();
    if (!ended && !damage.any) damage.truncated('no end of the archive', reader.offset);
  } finally {
    await reader.close();
  }
}

/** The data of a header that describes another one; all of it is framing. */
async function* extendedText(
  reader: Reader,
  framer: Framer,
  damage: Damage,
  { size }: TarHeader,
): AsyncGenerator<Framing, Uint8Array> {
  const at = reader.offset;
  const text = await reader.take(Math.min(size, TEXT_MOST));
  yield* framer.add(at, text);
  if (text.length < Math.min(size, TEXT_MOST)) damage.truncated('ends within a header', reader.offset);
  if (size > TEXT_MOST) damage.damaged('an extended header is too long', at);
  yield* framer.through(reader, size - text.length + padding(size));
  return text;
}

async function* member(
  reader: Reader,
  framer: Framer,
  damage: Damage,
  header: TarHeader,
  block: Uint8Array,
  extended: Extended,
): AsyncGenerator<ArchivePart, void> {
  let size = extended.size ?? header.size;
  if (size > 0 && MAY_LACK_DATA.includes(header.type) && (await headerFollows(reader))) size = 0;
  if (Number.isNaN(size)) {
    damage.damaged('a size cannot be understood', reader.offset);
    return;
  }
  if (header.type === 'M') damage.damaged('a member began in another volume', reader.offset);
  // The blocks that continue an old map do not count as data; the map of pax's format 1.0 does.
  const old = header.type === 'S' ? yield* oldMap(reader, framer, block) : undefined;
  const dataEnd = reader.offset + size;
  const real = old?.size ?? extended.sparse?.size;
  const listed = old?.map ?? extended.sparse?.map;
  const map = real === undefined ? undefined : (listed ?? (yield* mapBeforeData(reader, framer, size)) ?? []);
  const stored = dataEnd - reader.offset;
  yield* framer.flush();

  const span: GrowingSpan = { offset: reader.offset, length: 0 };
  let plain = real === undefined || map === undefined;
  if (real !== undefined && map && !mapFits(map, real, stored)) {
    damage.damaged('the map of a sparse member cannot be understood: its stored data stand together', span.offset);
    plain = true;
  }
  if (stored > 0) {
    const chunks = plain ? reader.pieces(stored) : expand(reader, map as Segment[], real as number);
    const told = plain ? stored : (real as number);
    yield { kind: 'member', name: extended.name ?? header.name, span, chunks, size: told };
  }
  if (!(await skip(reader, dataEnd - reader.offset))) damage.truncated('ends within a member', reader.offset);
  span.length = reader.offset - span.offset;
  yield* framer.through(reader, padding(size));
}

/** Whether the next block is a header: then the size before it was idle. */
async function headerFollows(reader: Reader): Promise<boolean> {
  const block = await reader.take(BLOCK);
  reader.unread(block);
  return parseHeader(block) !== undefined;
}

/** GNU's old sparse header: four segments at 386, whether more follow at 482, the size at 483; then 21 a block. */
async function* oldMap(
  reader: Reader,
  framer: Framer,
  block: Uint8Array,
): AsyncGenerator<Framing, { size: number; map: Segment[] }> {
  const map = oldSegments(block, 386, 4);
  for (let more = block[482] === 1; more; ) {
    const at = reader.offset;
    const extension = await reader.take(BLOCK);
    yield* framer.add(at, extension);
    if (extension.length === BLOCK && map.length < SEGMENTS_MOST) map.push(...oldSegments(extension, 0, 21));
    more = extension[504] === 1;
  }
  return { size: numberAt(block, 483, 12), map };
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;
