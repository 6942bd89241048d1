import { describe, expect, it } from 'vitest';
import { type ScanOptions, scan } from '../../src/engine.js';
import { scanStream } from '../../src/scan-dump.js';
import { CellGrid, cellFor } from '../../src/sieve/entropy-cells.js';
import { SievePool } from '../../src/sieve/pool.js';
import { withFile } from '../support/files.js';
import { Random } from '../support/random.js';

/** Stretches of few different bytes and of one: not random, or the search for numbers would take long. */
function dump(size: number): Uint8Array {
  const random = new Random(7);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 7001) {
    const mask = random.pick([0, 0, 1, 3, 7]);
    for (let i = at; i < Math.min(at + 7001, size); i++) bytes[i] = random.below(256) & mask;
  }
  return bytes;
}

/** By the definition, over the first 2048 bytes. */
function entropyAt(bytes: Uint8Array, offset: number): number {
  const sample = [...bytes.subarray(offset, offset + 2048)];
  const shares = [...new Set(sample)].map((value) => sample.filter((one) => one === value).length / sample.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}

async function cellsOf(bytes: Uint8Array, options: Partial<ScanOptions> = {}) {
  const { inputs } = await withFile(bytes, (file) => scan({ targets: [file], picture: true, ...options }));
  return inputs[0]?.picture?.entropy;
}

async function cellsOfStream(bytes: Uint8Array, chunkSize: number) {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
  }
  const pool = new SievePool(2, chunkSize, 'auto');
  try {
    return (await scanStream({ chunks: chunks() }, pool, { onBytes: () => {}, picture: true })).entropy;
  } finally {
    await pool.destroy();
  }
}

/** An ELF core's header that cannot be read: the dump is scanned as raw bytes, and is incomplete. */
function damaged(size: number): Uint8Array {
  const bytes = dump(size);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9]);
  return bytes;
}

describe('the cells of entropy', () => {
  const bytes = damaged(5_000_123);

  it('hold the entropy of a sample at their beginning', async () => {
    const cells = await cellsOf(bytes);
    expect(cells?.cell).toBe(4096);
    expect(cells?.bits).toHaveLength(Math.ceil(bytes.length / 4096));
    for (const index of [0, 2, 7, 500, 1220]) {
      expect(cells?.bits[index]).toBeCloseTo(entropyAt(bytes, index * 4096), 4);
    }
  });

  it('do not depend on chunks, workers, or whether it is a file or a stream', async () => {
    const cells = await cellsOf(bytes);
    for (const chunkSize of [65_536, 1_000_003]) {
      expect(await cellsOf(bytes, { chunkSize, jobs: 2 }), `chunks of ${chunkSize}`).toEqual(cells);
      expect(await cellsOfStream(bytes, chunkSize), `stream in chunks of ${chunkSize}`).toEqual(cells);
    }
  });

  it('are not there unless they are asked for', async () => {
    expect(await cellsOf(bytes, { picture: false })).toBeUndefined();
  });

  it('stay few, whatever the size', () => {
    for (const size of [0, 1, 2048, 4_194_304, 4_194_305, 1e9, 2 ** 52]) {
      expect(new CellGrid().finish(size).bits.length, String(size)).toBeLessThanOrEqual(2048);
    }
    expect(cellFor(4_194_304)).toBe(2048);
    expect(cellFor(4_194_305)).toBe(4096);
  });
});
