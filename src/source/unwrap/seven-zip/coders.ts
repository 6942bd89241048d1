/** What a folder's coders make of its packed streams. */
import { createInflateRaw } from 'node:zlib';
import { Fields } from '../../../bytes/read.js';
import { BRANCHES } from '../branch-filters.js';
import { bzip2Stream, isBzip2 } from '../bzip2.js';
import type { Chunks, RandomBytes } from '../chunks.js';
import { deflate64 } from '../deflate64.js';
import { delta, filtered } from '../filters.js';
import { lzmaProperties } from '../lzma-decoder.js';
import { lzmaStream } from '../lzma-stream.js';
import { lzma2, lzma2Dictionary } from '../lzma2.js';
import { Packed, UnpackError } from '../packed.js';
import { ENGINE_PIECE, pump } from '../pump.js';
import { slices } from '../slices.js';
import type { Remark } from '../wrapper.js';
import { zstd } from '../zstd.js';
import { bcj2 } from './bcj2.js';
import type { Coder, Folder } from './format.js';

/** What the coders of one folder may hold together: 256 MiB are what `7z -mx=9` asks for, and BCJ2 has two small ones beside. */
const DICTIONARIES_LIMIT = 272 * 1024 * 1024;
/** Bytes that coders may make for others before anything comes of them. */
const SLACK = 64 * 1024 * 1024;
const LZMA2 = '21';
const LZMA = '030101';
const AES = '06f10701';
const BCJ2 = '0303011b';

/** A coder of one input. `size`: bytes that it makes. */
type Decode = (packed: Packed, coder: Coder, size: number) => Chunks;

const branch =
  (id: number): Decode =>
  (packed, { properties }) => {
    const start = properties.length === 4 ? new Fields(properties, true).u32(0) : 0;
    return filtered(all(packed), (BRANCHES.get(id) as NonNullable<ReturnType<typeof BRANCHES.get>>)(start));
  };

/** By their number: Methods.txt of the LZMA SDK. */
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['00', (packed) => all(packed)],
  ['03', (packed, { properties }) => filtered(all(packed), delta((properties[0] ?? 0) + 1))],
  ...[4, 5, 7, 8, 9, 10].map((id): [string, Decode] => [`0${id.toString(16)}`, branch(id)]),
  ['03030103', branch(4)],
  ['03030205', branch(5)],
  ['03030501', branch(7)],
  ['03030701', branch(8)],
  ['03030805', branch(9)],
  [LZMA2, (packed, { properties }) => lzma2(packed, lzma2Dictionary(properties[0] ?? 0))],
  [LZMA, lzma],
  ['040108', (packed) => pump(packed, createInflateRaw({ chunkSize: ENGINE_PIECE }))],
  ['040109', (packed) => deflate64(packed)],
  ['040202', bzip2],
  // Not 7-Zip's own: of its fork with zstd, and py7zr.
  ['04f71101', (packed) => zstd.unpack(all(packed), ({ code, message }) => packed.tell(code, message, true))],
]);

/** Methods that are known and not read. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['030401', 'PPMd'],
  ['030301', 'a filter'],
  ['06', 'a filter for Itanium'],
  ['03030401', 'a filter for Itanium'],
  ['0b', 'a filter for RISC-V'],
  ['04f71102', 'Brotli'],
  ['04f71104', 'lz4'],
]);

/** Why the folder cannot be unpacked; undefined when it can. */
export function unreadable(folder: Folder): string | undefined {
  const { coders } = folder;
  if (coders.some(({ method }) => method === AES)) return 'encrypted';
  for (const { method, inputs } of coders) {
    if (method === BCJ2 ? inputs === 4 : DECODERS.has(method) && inputs === 1) continue;
    const name = NAMES.get(method);
    return name === undefined ? `compression method ${method}` : `compressed with ${name}`;
  }
  if (!reaches(folder)) return 'coders in a circle';
  const dictionaries = coders.reduce((sum, coder) => sum + dictionaryOf(coder), 0);
  if (dictionaries <= DICTIONARIES_LIMIT) return undefined;
  return `it needs a dictionary of ${dictionaries} bytes, and ${DICTIONARIES_LIMIT} are allowed`;
}

function dictionaryOf({ method, properties }: Coder): number {
  if (method === LZMA) return properties.length >= 5 ? new Fields(properties, true).u32(1) : 0;
  return method === LZMA2 ? lzma2Dictionary(Math.min(40, properties[0] ?? 0)) : 0;
}

/** Whether all coders take part in what the last one makes: each output is bound once, so none of them comes twice. */
function reaches({ coders, inputs, last }: Folder): boolean {
  const seen = new Set<number>();
  const visit = (coder: number) => {
    if (seen.has(coder)) return;
    seen.add(coder);
    for (const input of inputsOf({ coders, inputs }, coder)) if ('coder' in input) visit(input.coder);
  };
  visit(last);
  return seen.size === coders.length;
}

function inputsOf({ coders, inputs }: Pick<Folder, 'coders' | 'inputs'>, coder: number) {
  const from = coders.slice(0, coder).reduce((sum, before) => sum + before.inputs, 0);
  return inputs.slice(from, from + (coders[coder]?.inputs ?? 0));
}

/**
 * The folder's bytes. `base`: where the packed streams of all folders are counted from. Throws an UnpackError where they
 * are damaged; `remark` is told of checksums, and of packed bytes behind a stream's end.
 */
export function folderChunks(file: RandomBytes, folder: Folder, base: number, remark: Remark): Chunks {
  const stream = (index: number) => {
    const start = folder.packed.slice(0, index).reduce((sum, length) => sum + length, base + folder.start);
    return slices(file, start, Math.min(file.size, start + (folder.packed[index] as number)));
  };
  // Of what coders make for others nobody counts the bytes: they must not be many more than what comes of them.
  let [last, between] = [0, 0];
  async function* counted(chunks: Chunks, isLast: boolean): Chunks {
    for await (const piece of chunks) {
      if (isLast) last += piece.length;
      else between += piece.length;
      if (between > folder.coders.length * 2 * last + SLACK) {
        throw new UnpackError('UNPACK_DAMAGED', '7z: coders make bytes of which nothing comes');
      }
      yield piece;
    }
  }
  const made = (index: number): Chunks => {
    const coder = folder.coders[index] as Coder;
    const inputs = inputsOf(folder, index).map((input) => {
      const chunks = 'coder' in input ? made(input.coder) : stream(input.stream);
      return new Packed('7z', chunks, remark);
    });
    return counted(decoded(coder, inputs, folder.sizes[index] as number), index === folder.last);
  };
  return made(folder.last);
}

async function* decoded(coder: Coder, inputs: readonly Packed[], size: number): Chunks {
  const [first, calls, jumps, range] = inputs as [Packed, Packed, Packed, Packed];
  try {
    if (coder.method === BCJ2) yield* bcj2(first, calls, jumps, range);
    else yield* (DECODERS.get(coder.method) as Decode)(first, coder, size);
    if ((await first.some(1)).length > 0) first.tell('UNPACK_DAMAGED', 'bytes behind the end of a stream', true);
  } finally {
    for (const input of inputs) await input.close();
  }
}

async function* all(packed: Packed): Chunks {
  for (;;) {
    const piece = await packed.some(Number.POSITIVE_INFINITY);
    if (piece.length === 0) return;
    yield piece;
  }
}

/** Properties, then the dictionary's size; the stream has no marker, as a rule. */
async function* lzma(packed: Packed, { properties }: Coder, size: number): Chunks {
  const decoded = packed.decode(0, () => lzmaProperties(properties[0] ?? 0));
  yield* lzmaStream(packed, {
    properties: decoded,
    dictionarySize: dictionaryOf({ method: LZMA, properties, inputs: 1 }),
    size,
  });
}

/** One stream after the other. */
async function* bzip2(packed: Packed): Chunks {
  for (;;) {
    const magic = await packed.take(10);
    if (magic.length === 0) return;
    if (magic.length < 10) throw packed.truncated();
    if (!isBzip2(magic)) throw packed.damaged(packed.offset - magic.length);
    yield* bzip2Stream(packed, magic);
  }
}
