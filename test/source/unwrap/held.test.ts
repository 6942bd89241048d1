import { describe, expect, it } from 'vitest';
import type { Chunks } from '../../../src/source/unwrap/chunks.js';
import { hold } from '../../../src/source/unwrap/held.js';
import { inPieces } from '../../support/archives.js';
import { Random } from '../../support/random.js';

const BYTES = new Random(5).bytes(3_000_000);

async function all(chunks: Chunks): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

async function heldOf(bytes: Uint8Array, most: number) {
  const kept = await hold(inPieces(bytes, most), bytes.length);
  if (!('held' in kept)) throw new Error('too many');
  return kept.held;
}

describe.each([13, 65536, 2_500_000])('a stream in pieces of %i bytes', (most) => {
  it('is held up to a limit: from the front any number of times, and anywhere', async () => {
    const held = await heldOf(BYTES, most);
    expect(held.size).toBe(BYTES.length);
    for (let pass = 0; pass < 2; pass++) expect((await all(held.chunks())).equals(BYTES)).toBe(true);
    const random = new Random(most);
    for (let i = 0; i < 200; i++) {
      const [offset, length] = [random.below(BYTES.length + 100), random.below(i % 2 === 0 ? 100 : 2_500_000)];
      const same = Buffer.compare(await held.read(offset, length), BYTES.subarray(offset, offset + length)) === 0;
      expect([offset, length, same]).toEqual([offset, length, true]);
    }
  });

  it('comes again from the front where it is longer', async () => {
    const kept = await hold(inPieces(BYTES, most), BYTES.length - 1);
    expect('chunks' in kept && (await all(kept.chunks)).equals(BYTES)).toBe(true);
  });
});

describe('what is held', () => {
  it('takes little more memory than it is, in pieces however small', async () => {
    async function* tiny(): Chunks {
      for (let i = 0; i < 2_000_000; i++) yield BYTES.subarray(i, i + 1);
    }
    const before = process.memoryUsage();
    const kept = await hold(tiny(), 2_000_000);
    const after = process.memoryUsage();
    expect('held' in kept && kept.held.size).toBe(2_000_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000);
  });

  it('is nothing of an empty stream', async () => {
    const held = await heldOf(new Uint8Array(0), 1);
    expect([held.size, (await held.read(0, 10)).length, (await all(held.chunks())).length]).toEqual([0, 0, 0]);
  });

  it('is nothing any more once it is wiped', async () => {
    const held = await heldOf(BYTES, 65536);
    held.wipe();
    expect((await all(held.chunks())).every((byte) => byte === 0)).toBe(true);
  });

  it('comes from the front, and then the failure, where the stream fails', async () => {
    async function* failing(): Chunks {
      yield BYTES.subarray(0, 1000);
      throw new Error('EIO');
    }
    const kept = await hold(failing(), 5000);
    if (!('chunks' in kept)) throw new Error('held');
    const iterator = kept.chunks[Symbol.asyncIterator]();
    expect((await iterator.next()).value.length).toBe(1000);
    await expect(iterator.next()).rejects.toThrow('EIO');
  });
});
