/**
 * 7z: packed streams, and behind them a header that tells of them and mostly is packed itself. Files of a folder are
 * unpacked together; each accounts for its share of the packed bytes. A packed header is handed on as well, as a member
 * without a name: nobody else would look at what stands in it.
 */
import { hex } from '../../../bytes/convert.js';
import type { Span } from '../../../types.js';
import type { Chunks, RandomBytes } from '../chunks.js';
import { Damage, Framer } from '../framing.js';
import { slices } from '../slices.js';
import type { Archive, ArchivePart, Framing, Remark } from '../wrapper.js';
import { unreadable } from './coders.js';
import { FolderReader } from './folder.js';
import { type Folder, type Header, sizeOf } from './format.js';
import { BASE, type Locked, type Opened, openHeader } from './header.js';

export const sevenZip: Archive = {
  kind: 'archive',
  name: '7z',
  access: 'random',
  matches: (head) => hex(head.subarray(0, 6)) === '377abcaf271c',
  parts,
};

async function* parts(file: RandomBytes, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const damage = new Damage('7z', remark);
  const opened = await openHeader(file, damage);
  const walk = new Walk(file, damage, opened.header);
  if (opened.locked) yield* walk.locked(opened.locked);
  for (const { folder, first, bytes } of inPlace(opened, damage)) {
    if (bytes === undefined) yield* walk.folder(folder, first);
    else yield* walk.packedHeader(folder, bytes);
  }
  yield* walk.framing(file.size);
  yield* walk.framer.flush();
}

interface Placed {
  readonly folder: Folder;
  /** The number of its first file. */
  readonly first: number;
  /** Of a packed header. */
  readonly bytes?: Uint8Array;
}

/** Folders and packed headers, in the order of their places. */
function inPlace({ header, packed }: Opened, damage: Damage): Placed[] {
  const all: Placed[] = packed.map((one) => ({ ...one, first: 0 }));
  let first = 0;
  for (const folder of header?.folders ?? []) {
    all.push({ folder, first });
    first += folder.files.length;
  }
  if (header && first !== header.named) damage.damaged('it has not as many files as it says', BASE);
  return all.sort((a, b) => a.folder.start - b.folder.start);
}

/** From the front to the end of the archive, each byte once. */
class Walk {
  readonly framer = new Framer();
  /** All before is accounted for. */
  #cursor = 0;

  constructor(
    readonly file: RandomBytes,
    readonly damage: Damage,
    readonly header?: Header,
  ) {}

  async *framing(end: number): AsyncGenerator<Framing, void> {
    for await (const bytes of slices(this.file, this.#cursor, end)) {
      yield* this.framer.add(this.#cursor, bytes);
      this.#cursor += bytes.length;
    }
  }

  async *folder(folder: Folder, firstFile: number): AsyncGenerator<ArchivePart, void> {
    const { offset: start, length } = yield* this.#place(folder);
    const reason = unreadable(folder);
    if (reason !== undefined) {
      yield { kind: 'unread', span: { offset: start, length }, reason };
      return;
    }
    const total = sizeOf(folder);
    const share = (unpacked: number) => (unpacked === total ? length : Math.floor(length * (unpacked / total)));
    const reader = new FolderReader(this.file, folder, BASE, this.damage);
    let [offset, claimed] = [0, 0];
    try {
      for (const { name, ...file } of this.#filesOf(folder, firstFile)) {
        const end = share(offset + file.size);
        const span = { offset: start + claimed, length: end - claimed };
        if (reader.failed) yield { kind: 'unread', span, reason: 'what is packed with it is damaged' };
        else yield { kind: 'member', name, span, chunks: reader.file(offset, file), size: file.size };
        offset += file.size;
        claimed = end;
      }
    } finally {
      await reader.close();
    }
  }

  async *packedHeader(folder: Folder, bytes: Uint8Array): AsyncGenerator<ArchivePart, void> {
    const span = yield* this.#place(folder);
    yield { kind: 'member', name: '', span, chunks: oneChunk(bytes), size: bytes.length };
  }

  /** All that may be packed, where nothing tells of it. */
  async *locked({ end, reason }: Locked): AsyncGenerator<ArchivePart, void> {
    yield* this.framing(BASE);
    yield* this.framer.flush();
    const offset = this.#cursor;
    this.#cursor = Math.max(offset, Math.min(end, this.file.size));
    yield { kind: 'unread', span: { offset, length: this.#cursor - offset }, reason };
  }

  /** Those with bytes. What no file claims has no name. */
  *#filesOf(folder: Folder, first: number): Generator<{ name: string; size: number; crc?: number }> {
    let any = false;
    for (const [i, file] of folder.files.entries()) {
      if (file.size === 0) continue;
      any = true;
      yield { ...file, name: this.header?.names(first + i) ?? '' };
    }
    if (!any) yield { name: '', size: sizeOf(folder), crc: folder.crc };
  }

  /** What stands before it, and then the place of its packed bytes, as far as they are there and nobody else's. */
  async *#place(folder: Folder): AsyncGenerator<ArchivePart, Span> {
    const at = BASE + folder.start;
    const length = folder.packed.reduce((sum, one) => sum + one, 0);
    if (at < this.#cursor) this.damage.damaged('packed streams overlap', at);
    if (at + length > this.file.size) this.damage.truncated('ends within a member', this.file.size);
    yield* this.framing(Math.min(at, this.file.size));
    yield* this.framer.flush();
    const offset = this.#cursor;
    this.#cursor = Math.max(offset, Math.min(at + length, this.file.size));
    return { offset, length: this.#cursor - offset };
  }
}

async function* oneChunk(bytes: Uint8Array): Chunks {
  if (bytes.length > 0) yield bytes;
}
