/** The bytes of one member, and whether they are all there. */
import { crc32 } from 'node:zlib';
import { hex } from '../../../bytes/convert.js';
import { Fields } from '../../../bytes/read.js';
import type { Chunks, RandomBytes } from '../chunks.js';
import { deflate64 } from '../deflate64.js';
import type { Damage } from '../framing.js';
import { type Inflated, inflateAgain } from '../inflate.js';
import { lzmaProperties } from '../lzma-decoder.js';
import { lzmaStream } from '../lzma-stream.js';
import { Packed, UnpackError } from '../packed.js';
import { slices } from '../slices.js';
import { DESCRIBED_BEHIND, ENCRYPTED, type Entry, MARKED } from './format.js';

/** APPNOTE 4.4.5. */
const METHOD = { stored: 0, deflate: 8, deflate64: 9, bzip2: 12, lzma: 14, zstd: 93, xz: 95, aes: 99 } as const;
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
  const own = [METHOD.stored, METHOD.deflate, METHOD.deflate64, METHOD.lzma].some((known) => known === method);
  return own || OWN_FORMAT.has(method) ? undefined : `compression method ${method}`;
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

interface Outcome extends Inflated {
  /** What the decoder asks for is not given. */
  refused?: boolean;
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
  const outcome: Outcome = { consumed: end - start, state: 'ended' };
  const packed = () => slices(file, start, end);
  const magic = OWN_FORMAT.get(entry.method);
  if (magic !== undefined) {
    const head = hex(await file.read(start, Math.min(magic.length / 2, end - start)));
    if (head !== magic && !data.cut) damage.damaged('a member’s data are not of its method', start);
    yield* packed();
  } else {
    let [crc, size] = [0, 0];
    for await (const bytes of unpacked(entry, packed, end - start, outcome)) {
      crc = crc32(bytes, crc);
      size += bytes.length;
      yield bytes;
    }
    if (outcome.refused) damage.damaged('a member needs a dictionary larger than is allowed', start);
    else if (outcome.state === 'damaged') damage.damaged('a member’s data are damaged', start + outcome.consumed);
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

function unpacked({ method, flags, size }: Entry, packed: () => Chunks, length: number, outcome: Outcome): Chunks {
  if (method === METHOD.deflate) return inflateAgain(packed, length, outcome);
  if (method === METHOD.deflate64) return coded(packed(), deflate64, outcome);
  if (method !== METHOD.lzma) return packed();
  return coded(packed(), (bytes) => lzma(bytes, flags & MARKED ? undefined : size), outcome);
}

/** What a decoder makes, and how it ended. */
async function* coded(chunks: Chunks, decode: (packed: Packed) => Chunks, outcome: Outcome): Chunks {
  const packed = new Packed('zip', chunks, () => {});
  const all = outcome.consumed;
  try {
    yield* decode(packed);
    outcome.consumed = packed.offset;
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    outcome.refused = error.code === 'UNPACK_UNSUPPORTED';
    outcome.state = error.code === 'UNPACK_TRUNCATED' ? 'truncated' : 'damaged';
    outcome.consumed = outcome.refused ? all : packed.offset;
  } finally {
    await packed.close();
  }
}

/** What 7-Zip's highest level asks for. */
const DICTIONARY_LIMIT = 256 * 1024 * 1024;

/** APPNOTE 5.8: version, length of the properties, properties, stream. `size`: of the unpacked bytes, where no marker ends them. */
async function* lzma(packed: Packed, size: number | undefined): Chunks {
  const lead = new Fields(await packed.exactly(9), true);
  if (lead.u16(2) !== 5) throw packed.damaged(0);
  const dictionarySize = lead.u32(5);
  if (dictionarySize > DICTIONARY_LIMIT) throw packed.unsupported('a dictionary', 0);
  const properties = packed.decode(0, () => lzmaProperties(lead.u8(4)));
  yield* lzmaStream(packed, { properties, dictionarySize, ...(size !== undefined && { size }) });
}
