/** Headers of a 7z archive: 7zFormat.txt of the LZMA SDK. Throws a FormatError or a BoundsError for what is none. */
import { latin1 } from '../../../bytes/convert.js';
import { checkedCount } from '../../../bytes/read.js';
import { FormatError } from '../../../errors.js';
import { Cursor } from './cursor.js';

const ID = {
  end: 0,
  header: 1,
  archiveProperties: 2,
  additionalStreams: 3,
  mainStreams: 4,
  files: 5,
  packInfo: 6,
  unpackInfo: 7,
  subStreams: 8,
  size: 9,
  crc: 10,
  folder: 11,
  coderSizes: 12,
  counts: 13,
  emptyStream: 14,
  names: 17,
  encodedHeader: 23,
} as const;

/** What a header may list; more is not read. An archive's members beyond 100,000 are not scanned anyway. */
const MOST_FOLDERS = 1 << 17;
const MOST_FILES = 1 << 20;
const MOST_CODERS = 32;

export interface Coder {
  /** In hexadecimal digits. */
  readonly method: string;
  readonly properties: Uint8Array;
  readonly inputs: number;
}

/** How a folder's coders hang together. Inputs are numbered over all coders; each coder has one output. */
export interface Coders {
  readonly coders: readonly Coder[];
  /** For each input: the coder whose output it is, or the packed stream, counted from the folder's first. */
  readonly inputs: readonly ({ readonly coder: number } | { readonly stream: number })[];
  /** The coder whose output is the folder's. */
  readonly last: number;
  readonly streams: number;
}

/** Files one after the other, unpacked together. */
export interface Folder extends Coders {
  /** Of its first packed stream, from the end of the signature header; the others follow. */
  readonly start: number;
  /** Lengths of the packed streams. */
  readonly packed: readonly number[];
  /** Unpacked bytes that each coder makes. */
  readonly sizes: readonly number[];
  readonly crc?: number;
  /** Of the files in it. */
  readonly files: { readonly size: number; readonly crc?: number }[];
}

export interface Header {
  readonly folders: readonly Folder[];
  /** Names of the files that have bytes, in the folders' order. */
  readonly names: (index: number) => string;
  /** How many of these there are. */
  readonly named: number;
}

/** A header, or the streams in which the real one is packed. */
export function parseHeader(bytes: Uint8Array): Header | { readonly encoded: readonly Folder[] } {
  const cursor = new Cursor(bytes);
  const id = cursor.u8();
  if (id === ID.encodedHeader) return { encoded: readStreams(cursor) };
  if (id !== ID.header) throw new FormatError('no header');
  let folders: Folder[] = [];
  let files: Pick<Header, 'names' | 'named'> = { names: () => '', named: 0 };
  for (;;) {
    const part = cursor.u8();
    if (part === ID.end) return { folders, ...files };
    if (part === ID.mainStreams) folders = readStreams(cursor);
    else if (part === ID.files) files = readFiles(cursor);
    else if (part === ID.archiveProperties) {
      while (cursor.u8() !== ID.end) cursor.bytes(cursor.size('a property'), 'a property');
    } else throw new FormatError(`part ${part}`);
  }
}

function readStreams(cursor: Cursor): Folder[] {
  let start = 0;
  let packed: number[] = [];
  let folders: Folder[] = [];
  let filled = false;
  for (;;) {
    const id = cursor.u8();
    if (id === ID.end) break;
    if (id === ID.packInfo) {
      start = cursor.size('the place of the packed streams');
      packed = readPackInfo(cursor);
    } else if (id === ID.unpackInfo) folders = readFolders(cursor, start, packed);
    else if (id === ID.subStreams) {
      readSubStreams(cursor, folders);
      filled = true;
    } else throw new FormatError(`part ${id} of the streams`);
  }
  if (!filled) for (const folder of folders) folder.files.push({ size: sizeOf(folder), crc: folder.crc });
  return folders;
}

export const sizeOf = ({ sizes, last }: Folder) => sizes[last] as number;

function readPackInfo(cursor: Cursor): number[] {
  const count = cursor.count('the number of packed streams');
  if (count > MOST_FILES) throw new FormatError(`${count} packed streams`);
  let sizes: number[] = [];
  for (;;) {
    const id = cursor.u8();
    if (id === ID.end) break;
    if (id === ID.size) sizes = Array.from({ length: count }, () => cursor.size('a packed stream'));
    else if (id === ID.crc) cursor.digests(count);
    else throw new FormatError(`part ${id} of the packed streams`);
  }
  if (sizes.length !== count) throw new FormatError('packed streams without sizes');
  return sizes;
}

function readFolders(cursor: Cursor, start: number, packed: readonly number[]): Folder[] {
  if (cursor.u8() !== ID.folder) throw new FormatError('no folders');
  const count = cursor.count('the number of folders', 2);
  if (count > MOST_FOLDERS) throw new FormatError(`${count} folders`);
  if (cursor.u8() !== 0) throw new FormatError('folders in another stream');
  // Mostly all alike.
  const known = new Map<string, Coders>();
  const kinds: Coders[] = [];
  for (let i = 0; i < count; i++) {
    const from = cursor.at;
    const coders = readCoders(cursor);
    const length = cursor.at - from;
    cursor.at = from;
    const key = latin1(cursor.bytes(length, 'a folder'));
    const same = known.get(key) ?? coders;
    known.set(key, same);
    kinds.push(same);
  }
  if (cursor.u8() !== ID.coderSizes) throw new FormatError('folders without sizes');
  const sizes = kinds.map(({ coders }) => coders.map(() => cursor.size('what a coder makes')));
  let digests: (number | undefined)[] = [];
  for (let id = cursor.u8(); id !== ID.end; id = cursor.u8()) {
    if (id !== ID.crc) throw new FormatError(`part ${id} of the folders`);
    digests = cursor.digests(count);
  }
  let [at, stream] = [start, 0];
  return kinds.map((coders, i) => {
    const its = packed.slice(stream, stream + coders.streams);
    if (its.length < coders.streams) throw new FormatError('a folder without packed streams');
    const folder: Folder = { ...coders, start: at, packed: its, sizes: sizes[i] ?? [], crc: digests[i], files: [] };
    at = its.reduce((sum, length) => sum + length, at);
    if (!Number.isSafeInteger(at)) throw new FormatError('packed streams of no sense');
    stream += coders.streams;
    return folder;
  });
}

function readCoders(cursor: Cursor): Coders {
  const count = cursor.size('the number of coders', MOST_CODERS);
  const coders: Coder[] = [];
  let inputs = 0;
  for (let i = 0; i < count; i++) {
    const flags = cursor.u8();
    if (flags & 0xc0) throw new FormatError('a coder with unknown flags');
    const method = Buffer.from(cursor.bytes(flags & 15, 'a method')).toString('hex');
    const complex = (flags & 0x10) !== 0;
    const own = complex ? cursor.size('the inputs of a coder', MOST_CODERS) : 1;
    if (complex && cursor.size('the outputs of a coder', MOST_CODERS) !== 1) throw new FormatError('more outputs');
    const length = flags & 0x20 ? cursor.size('the properties of a coder') : 0;
    coders.push({ method, properties: new Uint8Array(cursor.bytes(length, 'properties')), inputs: own });
    inputs += own;
  }
  if (count === 0 || inputs > MOST_CODERS || inputs < count - 1) throw new FormatError('coders of no sense');
  return { coders, ...readBonds(cursor, count, inputs) };
}

/** Which output goes into which input. */
function readBonds(cursor: Cursor, count: number, inputCount: number): Omit<Coders, 'coders'> {
  const inputs: ({ coder: number } | { stream: number } | undefined)[] = new Array(inputCount).fill(undefined);
  const bound = new Set<number>();
  for (let i = 0; i < count - 1; i++) {
    const [input, coder] = [cursor.size('an input', inputCount - 1), cursor.size('an output', count - 1)];
    if (inputs[input] !== undefined || bound.has(coder)) throw new FormatError('coders bound twice');
    inputs[input] = { coder };
    bound.add(coder);
  }
  const streams = inputCount - (count - 1);
  for (let stream = 0; stream < streams; stream++) {
    const free = inputs.indexOf(undefined);
    const input = streams === 1 ? free : cursor.size('an input', inputCount - 1);
    if (inputs[input] !== undefined) throw new FormatError('an input bound twice');
    inputs[input] = { stream };
  }
  const last = Array.from({ length: count }, (_, coder) => coder).find((coder) => !bound.has(coder)) as number;
  return { inputs: inputs as Coders['inputs'], last, streams };
}

function readSubStreams(cursor: Cursor, folders: readonly Folder[]): void {
  let counts = folders.map(() => 1);
  let id = cursor.u8();
  if (id === ID.counts) {
    counts = folders.map(() => cursor.size('the files of a folder', MOST_FILES));
    if (counts.reduce((sum, count) => sum + count, 0) > MOST_FILES) throw new FormatError('too many files');
    id = cursor.u8();
  }
  const hasSizes = id === ID.size;
  const sizes = folders.map((folder, i) => {
    const [count, own]: [number, number[]] = [counts[i] as number, []];
    let left = sizeOf(folder);
    if (count > 1 && !hasSizes) throw new FormatError('files without sizes');
    for (let file = 1; file < count; file++) {
      const size = cursor.size('a file', left);
      own.push(size);
      left -= size;
    }
    return count > 0 ? [...own, left] : own;
  });
  if (hasSizes) id = cursor.u8();
  const alone = (folder: Folder, own: readonly number[]) => own.length === 1 && folder.crc !== undefined;
  let digests: (number | undefined)[] = [];
  for (; id !== ID.end; id = cursor.u8()) {
    if (id !== ID.crc) throw new FormatError(`part ${id} of the files`);
    const missing = folders.reduce((sum, folder, i) => {
      const own = sizes[i] as number[];
      return sum + (alone(folder, own) ? 0 : own.length);
    }, 0);
    digests = cursor.digests(missing);
  }
  let next = 0;
  for (const [i, folder] of folders.entries()) {
    const own = sizes[i] as number[];
    for (const size of own) folder.files.push({ size, crc: alone(folder, own) ? folder.crc : digests[next++] });
  }
}

function readFiles(cursor: Cursor): Pick<Header, 'names' | 'named'> {
  // Each has a name, which ends with two zeros.
  const count = checkedCount(cursor.u64(), 2, cursor.left, 'the number of files');
  if (count > MOST_FILES) throw new FormatError(`${count} files`);
  let isEmpty: (index: number) => boolean = () => false;
  let names: Uint8Array = new Uint8Array(0);
  for (let id = cursor.u64(); id !== BigInt(ID.end); id = cursor.u64()) {
    const content = cursor.bytes(cursor.size('a property of files'), 'a property of files');
    const inner = new Cursor(content);
    if (id === BigInt(ID.emptyStream)) isEmpty = inner.bits(count);
    else if (id === BigInt(ID.names)) {
      if (inner.u8() !== 0) throw new FormatError('names in another stream');
      names = content.subarray(1);
    }
  }
  return namesOf(names, count, isEmpty);
}

/** UTF-16, least significant byte first, each ended by a zero. */
function namesOf(names: Uint8Array, count: number, isEmpty: (index: number) => boolean) {
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (!isEmpty(i)) starts.push(at);
    while (at + 1 < names.length && (names[at] !== 0 || names[at + 1] !== 0)) at += 2;
    at += 2;
  }
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
  return {
    named: starts.length,
    names: (index: number) => {
      const start = starts[index] ?? names.length;
      let end = start;
      while (end + 1 < names.length && (names[end] !== 0 || names[end + 1] !== 0)) end += 2;
      return decoder.decode(names.subarray(start, end));
    },
  };
}
