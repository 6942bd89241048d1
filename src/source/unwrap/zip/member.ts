/** The bytes of one member, and whether they are all there. */
import { crc32 } from 'node:zlib';
import { hex } from '../../../bytes/convert.js';
import { Fields } from '../../../bytes/read.js';
import type { Chunks, RandomBytes } from '../chunks.js';
import type { Damage } from '../framing.js';
import { type Inflated, inflateAgain } from '../inflate.js';
import { slices } from '../slices.js';
import { DESCRIBED_BEHIND, ENCRYPTED, type Entry, MARKED } from './format.js';

/** APPNOTE 4.4.5. */
const METHOD = { stored: 0, deflate: 8, bzip2: 12, lzma: 14, zstd: 93, xz: 95, aes: 99 } as const;
/** Methods whose data are a file of another format as it stands: whoever takes the member unpacks them by their magic. */
const OWN_FORMAT: ReadonlyMap<number, string> = new Map([
  [METHOD.bzip2, '425a68'],
  [METHOD.zstd, '28b52ffd'],
  [METHOD.xz, 'fd377a585a00'],
]);
/** A method's number that is assigned, by which a header is told from other bytes. */
export const isMethod = (method: number) => method <= 19 || (method >= 93 && method <= 99);

/** Why the member cannot be read; undefined when it can. */
export function unreadable({ flags, method }: Entry): string | undefined {
  if (flags & ENCRYPTED || method === METHOD.aes) return 'encrypted';
  if (method === METHOD.stored || method === METHOD.deflate || method === METHOD.lzma) return undefined;
  return OWN_FORMAT.has(method) ? undefined : `compression method ${method}`;
}

/** Where the data end shows only when they are read: a local header alone, with sizes behind the data. */
export const endsItself = ({ flags, method, packed }: Entry) =>
  (flags & DESCRIBED_BEHIND) !== 0 && packed === 0 && method === METHOD.deflate;

export interface Data {
  readonly start: number;
  readonly end: number;
  /** Whether the archive's end cut the data off. */
  readonly cut: boolean;
  /** Whether size and checksum are known. */
  readonly described: boolean;
}

/** Unpacked bytes. `done` is called with the number of packed bytes they came of, unless the reading is given up. */
export async function* unpack(
  file: RandomBytes,
  entry: Entry,
  data: Data,
  damage: Damage,
  done: (consumed: number) => void,
): Chunks {
  const { start, end } = data;
  const outcome: Inflated = { consumed: end - start, state: 'ended' };
  const packed = () => slices(file, start, end);
  const magic = OWN_FORMAT.get(entry.method);
  if (magic !== undefined) {
    const head = hex(await file.read(start, Math.min(magic.length / 2, end - start)));
    if (head !== magic && !data.cut) damage.damaged('a member’s data are not of its method', start);
    yield* packed();
  } else if (entry.method === METHOD.lzma) yield* loneLzma(file, entry, data, damage);
  else {
    let [crc, size] = [0, 0];
    for await (const bytes of entry.method === METHOD.deflate ? inflateAgain(packed, end - start, outcome) : packed()) {
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
    if (outcome.state === 'damaged') damage.damaged('a member’s data are damaged', start + outcome.consumed);
    else if (!data.cut && outcome.state === 'truncated') damage.damaged('a member’s data end too early', end);
    else if (!data.cut && data.described && (crc !== entry.crc || size !== entry.size)) {
      damage.damaged('a member’s checksum or size is wrong', start);
    }
  }
  if (data.cut && outcome.state !== 'damaged' && !(outcome.state === 'ended' && endsItself(entry))) {
    damage.truncated('ends within a member', end);
  }
  done(outcome.consumed);
}

/**
 * APPNOTE 5.8: version, length of the properties, properties, stream. Handed on as a file of lzma-file-format.txt, which
 * wants the dictionary's size to be a power of two; one larger than needed does no harm.
 */
async function* loneLzma(file: RandomBytes, entry: Entry, { start, end, cut }: Data, damage: Damage): Chunks {
  const lead = await file.read(start, Math.min(9, end - start));
  if (lead.length === 9 && lead[2] === 5 && lead[4] === LZMA_USUAL) {
    const header = Buffer.alloc(13, 0xff);
    header[0] = LZMA_USUAL;
    const dictionary = new Fields(lead, true).u32(5);
    header.writeUInt32LE(2 ** Math.min(31, Math.max(16, Math.ceil(Math.log2(dictionary)))), 1);
    if (!(entry.flags & MARKED)) header.writeBigUInt64LE(BigInt(entry.size), 5);
    yield header;
    yield* slices(file, start + lead.length, end);
  } else {
    if (!cut) damage.damaged('a member’s LZMA properties are not the usual ones: it is not unpacked', start);
    yield* slices(file, start, end);
  }
}

/** lc=3, lp=0, pb=2: what all programs write, and by which the format is recognised. */
const LZMA_USUAL = 0x5d;
