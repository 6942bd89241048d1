/** What all compressions have in common: frames one after the other, padding, what stands behind them, and damage. */
import type { Chunks } from './chunks.js';
import { Packed, UnpackError } from './packed.js';
import type { Compression } from './wrapper.js';

export interface FrameFormat {
  readonly name: string;
  matches(head: Uint8Array): boolean;
  /** Bytes that tell whether another frame begins. */
  readonly magicLength: number;
  /** Whether another frame begins with these `magicLength` bytes. */
  begins(magic: Uint8Array): boolean;
  /** Never more than one. */
  readonly single?: boolean;
  /** The bytes of one frame, whose magic was taken. What it yields is valid until the next is asked for. */
  frame(packed: Packed, magic: Uint8Array): Chunks;
}

/** Lengths of the pieces that are handed on. */
const LEAST = 64 * 1024;
const MOST = 1024 * 1024;
const COLLECTED = 256 * 1024;

export function framed(format: FrameFormat): Compression {
  return {
    kind: 'compression',
    name: format.name,
    matches: (head) => format.matches(head),
    async *unpack(chunks, remark) {
      const packed = new Packed(format.name, chunks, remark);
      try {
        yield* evenPieces(frames(format, packed));
      } finally {
        await packed.close();
      }
    },
  };
}

async function* frames(format: FrameFormat, packed: Packed): Chunks {
  yield* frameByFrame(format, packed);
  yield* packed.kept();
}

async function* frameByFrame(format: FrameFormat, packed: Packed): Chunks {
  let before: Uint8Array | undefined;
  try {
    for (let first = true; await skipZeros(packed); first = false) {
      const magic = await packed.take(format.magicLength);
      const another = magic.length === format.magicLength && format.begins(magic) && (first || !format.single);
      if (!another) {
        yield* trailing(packed, magic);
        // A file that was cut within the first bytes of a further frame.
        const begun = magic.length < format.magicLength && before?.subarray(0, magic.length);
        if (begun && Buffer.compare(begun, magic) === 0 && !format.single) throw packed.truncated();
        return;
      }
      before = magic;
      yield* format.frame(packed, magic);
    }
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    packed.tell(error.code, error.message.slice(format.name.length + 2), true);
  }
}

/** Tapes and block devices pad with zeros. False at the end. */
async function skipZeros(packed: Packed): Promise<boolean> {
  for (;;) {
    const piece = await packed.some(MOST);
    if (piece.length === 0) return false;
    const start = piece.findIndex((byte) => byte !== 0);
    if (start < 0) continue;
    packed.unread(piece.subarray(start));
    return true;
  }
}

async function* trailing(packed: Packed, start: Uint8Array): Chunks {
  const from = packed.offset - start.length;
  yield start;
  for (;;) {
    const piece = await packed.some(MOST);
    if (piece.length === 0) break;
    yield piece;
  }
  const message = `${packed.offset - from} bytes behind the last frame were scanned as they stand`;
  packed.tell('TRAILING_BYTES', message, false);
}

/** Small pieces joined, large ones cut: each has 64 KiB to 1 MiB, but for the last. */
async function* evenPieces(chunks: Chunks): Chunks {
  let buffer: Uint8Array | undefined;
  let used = 0;
  let failure: { error: unknown } | undefined;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await iterator.next();
      } catch (error) {
        // The source failed. What came before is handed on first.
        failure = { error };
        break;
      }
      if (next.done) break;
      for (let rest = next.value; rest.length > 0; ) {
        const length = Math.min(rest.length, used === 0 && rest.length >= LEAST ? MOST : COLLECTED - used);
        const part = rest.subarray(0, length);
        rest = rest.subarray(length);
        if (used === 0 && length >= LEAST) {
          yield part;
          continue;
        }
        buffer ??= new Uint8Array(COLLECTED);
        buffer.set(part, used);
        used += length;
        if (used < COLLECTED) continue;
        yield buffer;
        used = 0;
      }
    }
    if (buffer !== undefined && used > 0) yield buffer.subarray(0, used);
    if (failure !== undefined) throw failure.error;
  } finally {
    buffer?.fill(0);
    await iterator.return?.();
  }
}
