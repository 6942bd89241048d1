/**
 * Cabinets, as Windows Error Reporting writes them. A folder is one stream of bytes, in which its files lie one after the
 * other: a file accounts for the blocks that were read for it first, headers and all.
 */
import { latin1 } from '../../../bytes/convert.js';
import type { RandomBytes } from '../chunks.js';
import { Damage, Framer, type GrowingSpan } from '../framing.js';
import { slices } from '../slices.js';
import type { Archive, ArchivePart, Framing, Remark } from '../wrapper.js';
import { FolderReader, unreadable } from './folder.js';
import { type CabFile, type Cabinet, readCabinet } from './format.js';

export const cab: Archive = {
  kind: 'archive',
  name: 'cab',
  access: 'random',
  // The signature, and a reserved word that is zero.
  matches: (head) => latin1(head, 0, 8) === 'MSCF\0\0\0\0',
  parts,
};

async function* parts(bytes: RandomBytes, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const damage = new Damage('cab', remark);
  const framer = new Framer();
  const cabinet = await readCabinet(bytes, damage);
  let cursor = 0;
  if (!cabinet) damage.truncated('ends within the first header', bytes.size);
  else {
    if (cabinet.size > bytes.size) damage.truncated('ends before its declared size', bytes.size);
    const files = new Map<number, CabFile[]>();
    for (const file of cabinet.files) {
      const others = files.get(file.folder);
      if (others) others.push(file);
      else files.set(file.folder, [file]);
    }
    if (cabinet.files.some(({ folder }) => folder < 0 || folder >= cabinet.folders.length)) {
      damage.damaged('a file lies in a folder that is not there', 0);
    }
    const byPlace = [...cabinet.folders.keys()].sort((a, b) => startOf(cabinet, a) - startOf(cabinet, b));
    for (const index of byPlace) {
      const start = startOf(cabinet, index);
      if (start < cursor || start > bytes.size) {
        damage.damaged('a folder lies where it cannot', Math.min(start, bytes.size));
        continue;
      }
      yield* frame(bytes, framer, cursor, start);
      yield* framer.flush();
      cursor = yield* folderParts(bytes, cabinet, index, files.get(index) ?? [], damage);
    }
  }
  yield* frame(bytes, framer, cursor, bytes.size);
  yield* framer.flush();
}

const startOf = (cabinet: Cabinet, index: number) => cabinet.folders[index]?.start ?? 0;

async function* frame(bytes: RandomBytes, framer: Framer, from: number, to: number): AsyncGenerator<Framing, void> {
  let at = from;
  for await (const piece of slices(bytes, from, to)) {
    yield* framer.add(at, piece);
    at += piece.length;
  }
}

/** Returns where the folder's last block ends, as far as it was read. */
async function* folderParts(
  bytes: RandomBytes,
  cabinet: Cabinet,
  index: number,
  its: readonly CabFile[],
  damage: Damage,
): AsyncGenerator<ArchivePart, number> {
  const folder = cabinet.folders[index] as Cabinet['folders'][number];
  const reader = new FolderReader(bytes, folder, cabinet.reserved, damage);
  const { before, behind } = cabinet.continues;
  const shared = (before && index === 0) || (behind && index === cabinet.folders.length - 1);
  const reason = shared ? 'part of it lies in another cabinet' : unreadable(folder);
  if (reason !== undefined) {
    await reader.passOver();
    yield { kind: 'unread', span: { offset: folder.start, length: reader.at - folder.start }, reason };
    return reader.at;
  }
  let claimed = folder.start;
  const member = async function* (name: string, end: number): AsyncGenerator<ArchivePart, void> {
    const span: GrowingSpan = { offset: claimed, length: 0 };
    yield { kind: 'member', name, span, chunks: reader.bytes(end), size: end - reader.position };
    for await (const _ of reader.bytes(end));
    span.length = reader.at - claimed;
    claimed = reader.at;
  };
  const files = its.filter(({ size }) => size > 0).sort(byOffset);
  for (const { name, offset, size } of files) {
    // Bytes that no file claims have no name.
    if (offset > reader.position && (await reader.more())) yield* member('', offset);
    if (offset < reader.position) damage.damaged('files overlap', folder.start);
    if (offset + size <= reader.position) continue;
    if (await reader.more()) yield* member(name, offset + size);
    if (reader.position < offset + size) {
      damage.damaged('a file is longer than its folder', reader.at);
      break;
    }
  }
  if (await reader.more()) yield* member('', folder.blocks * 0x10000);
  // Of a block that could not be unpacked nothing was read.
  return claimed;
}

const byOffset = (a: CabFile, b: CabFile) => a.offset - b.offset;
