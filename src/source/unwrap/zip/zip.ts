/**
 * zip by its central directory, in order of the members' places. What no member covers is looked through for local
 * headers that the directory does not mention, which is also how an archive without a directory is read.
 */
import { hex } from '../../../bytes/convert.js';
import type { RandomBytes } from '../chunks.js';
import { Damage, Framer, type GrowingSpan } from '../framing.js';
import { readAhead } from '../read-ahead.js';
import { slices } from '../slices.js';
import type { Archive, ArchivePart, Framing, Remark } from '../wrapper.js';
import { type Directory, entriesInPlace, findDirectory } from './directory.js';
import { DESCRIBED_BEHIND, type Entry, LOCAL_LENGTH, parseEntry, recordLength } from './format.js';
import { endsItself, isMethod, unpack, unreadable } from './member.js';

export const zip: Archive = { kind: 'archive', name: 'zip', access: 'random', matches, parts };

/** A local header, an empty archive's end record, or one of the marks of a split archive (APPNOTE 8.5) and a header. */
function matches(head: Uint8Array): boolean {
  const starts = ['504b0304', '504b0506', '504b0708504b0304', '504b3030504b0304'];
  return starts.some((start) => hex(head.subarray(0, start.length / 2)) === start);
}

const SIGNATURE = Buffer.from('PK\x03\x04');

async function* parts(file: RandomBytes, remark: Remark): AsyncGenerator<ArchivePart, void> {
  const walk = new Walk(readAhead(file), new Damage('zip', remark));
  const directory = await findDirectory(file);
  if (directory) yield* walk.listed(directory, readAhead(file));
  else walk.damage.truncated('no central directory', file.size);
  const end = directory?.start ?? file.size;
  yield* walk.unlisted(end);
  if (directory) {
    yield* walk.framing(directory.end);
    yield* walk.unlisted(file.size);
  }
  yield* walk.framer.flush();
}

/** From the front to the end of the archive, each byte once. */
class Walk {
  readonly framer = new Framer();
  /** All before is accounted for. */
  #cursor = 0;

  constructor(
    readonly file: RandomBytes,
    readonly damage: Damage,
  ) {}

  async *framing(end: number): AsyncGenerator<Framing, void> {
    for await (const bytes of slices(this.file, this.#cursor, end)) {
      yield* this.framer.add(this.#cursor, bytes);
      this.#cursor += bytes.length;
    }
  }

  /** `entries`: the same file, read at the places of the directory. */
  async *listed(directory: Directory, entries: RandomBytes): AsyncGenerator<ArchivePart, void> {
    let before: Entry | undefined;
    for await (const entry of entriesInPlace(entries, directory, this.damage)) {
      const at = entry.local + directory.base;
      if (entry.disk !== directory.disk) {
        this.damage.damaged('a member lies in another part of a split archive', this.#cursor);
        continue;
      }
      // The same data once more, under another name.
      const same = before?.local === entry.local && before.packed === entry.packed && before.method === entry.method;
      before = entry;
      const local = await this.#localAt(at);
      if (!local) {
        this.damage.damaged('a local header is damaged', at);
        continue;
      }
      if (same || at < this.#cursor) this.damage.damaged('members overlap', at);
      if (same) continue;
      if (local.method !== entry.method) this.damage.damaged('a local header contradicts the directory', at);
      yield* this.unlisted(at);
      yield* this.#member(entry, at + local.length, Number.POSITIVE_INFINITY, true);
    }
  }

  /** What the directory does not mention, up to `end`. */
  async *unlisted(end: number): AsyncGenerator<ArchivePart, void> {
    while (this.#cursor < end) {
      const window = Buffer.from(await this.file.read(this.#cursor, Math.min(65536, end - this.#cursor)));
      const hit = window.indexOf(SIGNATURE);
      const whole = window.length === 0 || this.#cursor + window.length >= end;
      const clear = hit >= 0 ? hit : whole ? window.length : window.length - SIGNATURE.length + 1;
      const from = this.#cursor;
      yield* this.framer.add(from, window.subarray(0, clear));
      this.#cursor += clear;
      if (window.length === 0) return;
      if (hit < 0) continue;
      const entry = await this.#localAt(this.#cursor);
      const start = this.#cursor + (entry?.length ?? 0);
      if (entry && start <= end && isPlausible(entry)) {
        yield* this.#member(entry, start, end, (entry.flags & DESCRIBED_BEHIND) === 0);
      } else yield* this.framing(this.#cursor + 1);
    }
  }

  async *#member(entry: Entry, start: number, most: number, described: boolean): AsyncGenerator<ArchivePart, void> {
    yield* this.framing(Math.min(start, this.file.size));
    const limit = Math.min(most, this.file.size);
    const open = !described && endsItself(entry);
    if (!described && !open && entry.packed === 0 && entry.method !== 0 && !entry.name.endsWith('/')) {
      this.damage.damaged('the end of a member is not known', start);
    }
    const end = open ? limit : Math.min(start + entry.packed, limit);
    const cut = open || start + entry.packed > limit;
    if (end <= start) {
      if (cut) this.damage.truncated('ends within a member', end);
      return;
    }
    // Where members overlap, the first one accounts for the bytes, and each one is read.
    const offset = Math.min(Math.max(start, this.#cursor), end);
    const span: GrowingSpan = { offset, length: end - offset };
    yield* this.framer.flush();
    const reason = unreadable(entry);
    if (reason) yield { kind: 'unread', span, reason };
    else {
      const done = (consumed: number) => {
        span.length = Math.max(0, start + consumed - offset);
      };
      const chunks = unpack(this.file, entry, { start, end, cut, described }, this.damage, done);
      yield { kind: 'member', name: entry.name, span, chunks, ...(described && { size: entry.size }) };
    }
    this.#cursor = Math.max(this.#cursor, offset + span.length);
  }

  async #localAt(at: number): Promise<Entry | undefined> {
    if (at < 0) return undefined;
    const head = await this.file.read(at, LOCAL_LENGTH);
    const length = recordLength(head, 'local');
    return length === undefined ? undefined : parseEntry(await this.file.read(at, length), 'local');
  }
}

/** Whether bytes that begin like a local header are one. */
function isPlausible({ name, flags, method }: Entry): boolean {
  const printable = [...name].every((character) => character >= ' ');
  return isMethod(method) && flags < 0x4000 && name.length > 0 && printable;
}
