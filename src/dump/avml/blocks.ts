/** Where the memory of an AVML snapshot stands: all frames are passed over, none is unpacked. */

import { Fields } from '../../bytes/read.js';
import { snappyLength } from '../../bytes/snappy-block.js';
import { FormatError } from '../../errors.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { Span } from '../../types.js';
import { Numbers } from '../growing.js';
import { PIECE } from '../image.js';
import { AVML, CHECKSUM, FRAME, HEADER, LIME, MAX_PACKED, MAX_UNPACKED, TRAILER } from './format.js';

/** AVML makes blocks of 16 MiB: these are enough for 16 TiB. */
const MAX_BLOCKS = 1 << 20;
/** Bytes of a frame that identifies a stream. */
const IDENTIFIER = 6;
/** Addresses beyond this are no memory. */
const MAX_ADDRESS = 2n ** 52n;

/** Frames that follow each other in the file, and unpack to a piece of about 1 MiB. */
export interface Stretches {
  /** First byte in memory's part of the image; the last entry is the end. */
  readonly starts: Numbers;
  /** Where the frames begin and end in the file. */
  readonly from: Numbers;
  readonly to: Numbers;
  /** 1 where the bytes stand in the file as they are. */
  readonly plain: Numbers;
}

export interface Block {
  readonly address: bigint;
  /** Bytes that the file has of it. */
  readonly length: number;
}

export interface Snapshot {
  readonly stretches: Stretches;
  readonly blocks: readonly Block[];
  /** Headers, trailers, padding; in the end what could not be made out. */
  readonly rest: readonly Span[];
  /** Bytes of blocks that were begun and are not there. */
  readonly missing: number;
  readonly damage: string | undefined;
}

export async function readBlocks(file: RandomBytes): Promise<Snapshot> {
  const stretches: Stretches = {
    starts: new Numbers(),
    from: new Numbers(),
    to: new Numbers(),
    plain: new Numbers(),
  };
  const blocks: Block[] = [];
  const rest: Span[] = [];
  let [at, image, missing] = [0, 0, 0];
  let damage: string | undefined;
  while (at < file.size && damage === undefined) {
    const header = readHeader(await file.read(at, HEADER.length));
    if (header === undefined || blocks.length === MAX_BLOCKS) {
      damage = blocks.length === MAX_BLOCKS ? 'there are too many blocks' : 'a block has no header';
      break;
    }
    rest.push({ offset: at, length: HEADER.length });
    const walk = header.plain ? plainBlock : framedBlock;
    const block = await walk(file, at + HEADER.length, header.length, image, stretches, rest);
    blocks.push({ address: header.address, length: block.length });
    image += block.length;
    missing = header.length - block.length;
    ({ end: at, damage } = block);
  }
  if (blocks.length === 0) throw new FormatError('no AVML block');
  stretches.starts.push(image);
  if (at < file.size) rest.push({ offset: at, length: file.size - at });
  return { stretches, blocks, rest, missing, damage };
}

function readHeader(bytes: Uint8Array): { address: bigint; length: number; plain: boolean } | undefined {
  if (bytes.length < HEADER.length) return undefined;
  const fields = new Fields(bytes, true);
  const is = ({ magic, version }: { magic: number; version: number }) =>
    fields.u32(HEADER.magic) === magic && fields.u32(HEADER.version) === version;
  const [start, last] = [fields.u64(HEADER.start), fields.u64(HEADER.last)];
  if (!(is(AVML) || is(LIME)) || last < start || last >= MAX_ADDRESS) return undefined;
  return { address: start, length: Number(last - start) + 1, plain: is(LIME) };
}

interface Walked {
  /** Of the image. */
  readonly length: number;
  /** Where the next block begins, or where nothing more can be made out. */
  readonly end: number;
  readonly damage: string | undefined;
}

async function plainBlock(
  file: RandomBytes,
  at: number,
  length: number,
  image: number,
  out: Stretches,
): Promise<Walked> {
  const there = Math.min(length, file.size - at);
  for (let done = 0; done < there; done += PIECE) {
    add(out, image + done, at + done, at + Math.min(done + PIECE, there), true);
  }
  return { length: there, end: at + there, damage: there < length ? 'the file ends within a block' : undefined };
}

async function framedBlock(
  file: RandomBytes,
  from: number,
  length: number,
  image: number,
  out: Stretches,
  rest: Span[],
): Promise<Walked> {
  let [at, done] = [from, 0];
  /** The stretch at work: where it begins in file and image. */
  let [begin, first] = [at, 0];
  const close = () => {
    if (done > first) add(out, image + first, begin, at, false);
    first = done;
  };
  const stopped = (damage: string): Walked => {
    close();
    return { length: done, end: at, damage };
  };
  while (done < length) {
    const head = await file.read(at, FRAME.header + CHECKSUM + 5);
    if (head.length < FRAME.header) return stopped('the file ends within a block');
    const type = head[0] as number;
    const size = (head[1] as number) | ((head[2] as number) << 8) | ((head[3] as number) << 16);
    const end = at + FRAME.header + size;
    if (end > file.size) return stopped('the file ends within a block');
    if (type >= FRAME.firstSkippable) {
      close();
      // An identifier holds six bytes; one that is longer may hold anything.
      if (type !== FRAME.identifier || size !== IDENTIFIER) rest.push({ offset: at, length: end - at });
      at = end;
      begin = at;
      continue;
    }
    const unpacked = frameLength(type, size, head);
    if (unpacked === undefined || done + unpacked > length) return stopped('a frame is damaged');
    at = end;
    done += unpacked;
    if (done - first >= PIECE) {
      close();
      begin = at;
    }
  }
  close();
  const trailer = await file.read(at, TRAILER);
  if (trailer.length < TRAILER) return stopped('the file ends within a block');
  if (new Fields(trailer, true).u64(0) !== BigInt(at - from))
    return stopped('the length behind a block is not its own');
  rest.push({ offset: at, length: TRAILER });
  return { length: done, end: at + TRAILER, damage: undefined };
}

/** What a frame says that it unpacks to; undefined when it cannot be. */
function frameLength(type: number, size: number, head: Uint8Array): number | undefined {
  if (size <= CHECKSUM || size > MAX_PACKED) return undefined;
  if (type === FRAME.plain) return size - CHECKSUM <= MAX_UNPACKED ? size - CHECKSUM : undefined;
  if (type !== FRAME.compressed) return undefined;
  try {
    const { length } = snappyLength(head.subarray(FRAME.header + CHECKSUM));
    return length > 0 && length <= MAX_UNPACKED ? length : undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return undefined;
  }
}

function add(
  { starts, from, to, plain }: Stretches,
  start: number,
  begin: number,
  end: number,
  isPlain: boolean,
): void {
  starts.push(start);
  from.push(begin);
  to.push(end);
  plain.push(isPlain ? 1 : 0);
}
