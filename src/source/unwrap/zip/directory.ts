/**
 * The central directory: found from the end (APPNOTE 4.3.14 to 4.3.16), read in order of the members' places. It may have
 * millions of entries: no more than a batch of their places is kept, and the directory is read again for the next batch.
 */
import { Fields } from '../../../bytes/read.js';
import type { RandomBytes } from '../chunks.js';
import type { Damage } from '../framing.js';
import { CENTRAL, CENTRAL_LENGTH, END, END64, type Entry, LOCATOR64, parseEntry, recordLength } from './format.js';

export interface Directory {
  readonly start: number;
  /** Where the end records stand. */
  readonly end: number;
  readonly count: number;
  readonly disk: number;
  /** Bytes in front of the archive, which its offsets do not count. */
  readonly base: number;
}

const END_LENGTH = 22;
const COMMENT_MOST = 0xffff;
const WINDOW = 1 << 20;

async function signatureAt(file: RandomBytes, at: number): Promise<number> {
  if (!Number.isSafeInteger(at) || at < 0) return 0;
  const bytes = await file.read(at, 4);
  return bytes.length < 4 ? 0 : new Fields(bytes, true).u32(0);
}

export async function findDirectory(file: RandomBytes): Promise<Directory | undefined> {
  const from = Math.max(0, file.size - END_LENGTH - COMMENT_MOST);
  const tail = await file.read(from, END_LENGTH + COMMENT_MOST);
  const fields = new Fields(tail, true);
  for (let at = tail.length - END_LENGTH; at >= 0; at--) {
    if (fields.u32(at) !== END || at + END_LENGTH + fields.u16(at + 20) > tail.length) continue;
    const found = await directoryOf(file, from + at, new Fields(tail.subarray(at, at + END_LENGTH), true));
    if (found) return found;
  }
  return undefined;
}

async function directoryOf(file: RandomBytes, at: number, fields: Fields): Promise<Directory | undefined> {
  const narrow = { end: at, disk: fields.u16(4), count: fields.u16(10), size: fields.u32(12), offset: fields.u32(16) };
  const { end, disk, count, size, offset } = (await end64(file, at)) ?? narrow;
  const isDirectory = async (start: number) => size === 0 || (await signatureAt(file, start)) === CENTRAL;
  // It ends where the end records begin, whatever stands in front of the archive; or its own offset is right.
  for (const start of [end - size, offset]) {
    if (start < 0 || start > end || !(await isDirectory(start))) continue;
    return { start, end: Math.min(end, start + size), count, disk, base: start - offset };
  }
  return undefined;
}

async function end64(file: RandomBytes, at: number) {
  if ((await signatureAt(file, at - 20)) !== LOCATOR64) return undefined;
  const declared = Number(new Fields(await file.read(at - 20, 20), true).u64(8));
  for (const end of [declared, at - 20 - 56]) {
    if ((await signatureAt(file, end)) !== END64) continue;
    const bytes = await file.read(end, 56);
    if (bytes.length < 56) continue;
    const fields = new Fields(bytes, true);
    const [count, size, offset] = [32, 40, 48].map((field) => Number(fields.u64(field))) as [number, number, number];
    return { end, disk: fields.u32(16), count, size, offset };
  }
  return undefined;
}

interface Place {
  readonly local: number;
  /** Of the directory's entry. */
  readonly at: number;
}

/** Places kept at a time; and how often the directory is read. */
const BATCH = 1 << 18;
const PASSES_MOST = 64;

/** Entries in order of their local headers. */
export async function* entriesInPlace(file: RandomBytes, directory: Directory, damage: Damage): AsyncGenerator<Entry> {
  let last: Place = { local: -1, at: -1 };
  for (let pass = 0; pass < PASSES_MOST; pass++) {
    let batch: Place[] = [];
    let [count, left, complete] = [0, false, false];
    const keep = () => {
      batch.sort(compare);
      left ||= batch.length > BATCH;
      batch = batch.slice(0, BATCH);
    };
    for await (const { entry, at } of entries(file, directory)) {
      if (!entry) complete = true;
      else {
        count++;
        const place = { local: entry.local, at };
        if (compare(place, last) > 0) batch.push(place);
        if (batch.length >= 2 * BATCH) keep();
      }
    }
    keep();
    if (pass === 0 && !complete) damage.damaged('the central directory is damaged', directory.start);
    else if (pass === 0 && count % 0x10000 !== directory.count % 0x10000) {
      damage.damaged('the central directory has not as many members as it says', directory.start);
    }
    for (const { at } of batch) {
      const entry = await entryAt(file, at);
      if (entry) yield entry;
    }
    last = batch.at(-1) ?? last;
    if (!left) return;
  }
  damage.damaged('more members than are read', last.local);
}

const compare = (a: Place, b: Place) => a.local - b.local || a.at - b.at;

async function entryAt(file: RandomBytes, at: number): Promise<Entry | undefined> {
  const length = recordLength(await file.read(at, CENTRAL_LENGTH), 'central');
  return length === undefined ? undefined : parseEntry(await file.read(at, length), 'central');
}

/** Entries in the directory's own order; in the end one without an entry, unless the directory is damaged. */
async function* entries(file: RandomBytes, { start, end }: Directory): AsyncGenerator<{ entry?: Entry; at: number }> {
  let window: Uint8Array = new Uint8Array(0);
  let from = start;
  for (let at = start; at < end; ) {
    const missing = (length: number) => at + length > from + window.length && from + window.length < end;
    const view = () => window.subarray(at - from);
    const refill = async () => {
      [window, from] = [await file.read(at, Math.min(WINDOW, end - at)), at];
    };
    if (missing(CENTRAL_LENGTH)) await refill();
    if (missing(recordLength(view(), 'central') ?? 0)) await refill();
    const entry = parseEntry(view(), 'central');
    if (!entry) return;
    yield { entry, at };
    at += entry.length;
  }
  yield { at: end };
}
