import { describe, expect, it } from 'vitest';
import { ChunkReader, type Chunks, chunksOf, peek, readerOf } from '../../../src/source/unwrap/chunks.js';
import { Random } from '../../support/random.js';

const BYTES = new Random(1).bytes(5000);

/** The bytes in pieces of at most `most`, each in the same buffer: whoever keeps a piece sees it change. */
async function* inPieces(most: number, bytes = BYTES): Chunks {
  const buffer = new Uint8Array(most);
  for (let at = 0; at < bytes.length; at += most) {
    const piece = bytes.subarray(at, at + most);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

async function all(chunks: Chunks): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

describe.each([1, 7, 512, 5000, 9000])('pieces of %i bytes', (most) => {
  it('fill what a reader is given, to the end', async () => {
    const reader = readerOf(inPieces(most));
    const target = new Uint8Array(3000);
    expect(await reader.readFully(target)).toBe(3000);
    expect(Buffer.compare(target, BYTES.subarray(0, 3000))).toBe(0);
    expect(await reader.readFully(target)).toBe(2000);
    expect(Buffer.compare(target.subarray(0, 2000), BYTES.subarray(3000))).toBe(0);
    expect(await reader.readFully(target)).toBe(0);
  });

  it('come through a reader as they were', async () => {
    expect((await all(chunksOf(readerOf(inPieces(most))))).equals(BYTES)).toBe(true);
  });

  it('are all there behind a look at the first ones', async () => {
    const { head, chunks } = await peek(inPieces(most), 600);
    expect(Buffer.compare(head, BYTES.subarray(0, 600))).toBe(0);
    expect((await all(chunks)).equals(BYTES)).toBe(true);
  });

  it('are taken in exact numbers, and what was given back comes again', async () => {
    const reader = new ChunkReader(inPieces(most));
    expect(Buffer.compare(await reader.take(13), BYTES.subarray(0, 13))).toBe(0);
    const some = (await reader.some(5)).slice();
    reader.unread(some);
    expect(reader.offset).toBe(13);
    expect((await all(reader.pieces(100))).equals(BYTES.subarray(13, 113))).toBe(true);
    expect((await all(reader.pieces())).equals(BYTES.subarray(113))).toBe(true);
    expect((await reader.take(1)).length).toBe(0);
  });
});

describe('a source that fails', () => {
  it('gives what came before, then the failure, also behind a look at the head', async () => {
    async function* failing(): Chunks {
      yield BYTES.subarray(0, 100);
      throw new Error('EIO');
    }
    const { head, chunks } = await peek(failing(), 512);
    expect(head.length).toBe(100);
    const reader = readerOf(chunks);
    const target = new Uint8Array(100);
    expect(await reader.readFully(target)).toBe(100);
    await expect(reader.readFully(target)).rejects.toThrow('EIO');
  });
});
