/** What all tests of paged dumps do: read an image whole, compare it with memory, damage the file. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { PagedDump, PagedFormat } from '../../src/dump/paged.js';
import { BoundsError, FormatError } from '../../src/errors.js';
import { randomBytesOf } from '../../src/source/unwrap/chunks.js';
import type { Span, Warning } from '../../src/types.js';

export function fixture(name: string): Uint8Array {
  return Uint8Array.from(gunzipSync(readFileSync(new URL(`../fixtures/dump/${name}.gz`, import.meta.url))));
}

export interface Image {
  readonly dump: PagedDump;
  readonly bytes: Uint8Array;
  readonly unread: Array<Span & { reason: string }>;
  readonly remarks: Warning[];
}

/** The image by `chunks`, which must be as long as promised; `read` must agree with it. */
export async function imageOf(format: PagedFormat, file: Uint8Array): Promise<Image> {
  expect(format.matches(file.subarray(0, 512))).toBe(true);
  const dump = await format.open(randomBytesOf(file));
  const unread: Image['unread'] = [];
  const remarks: Warning[] = [];
  const pieces: Uint8Array[] = [];
  const told = {
    remark: (warning: Warning) => remarks.push(warning),
    unread: (span: Span, reason: string) => unread.push({ ...span, reason }),
  };
  for await (const piece of dump.chunks(told)) pieces.push(piece.slice());
  const bytes = Buffer.concat(pieces);
  expect(bytes.length).toBe(dump.size);
  for (const [i, offset] of [0, 1, 5000, dump.size - 7000, dump.size >> 1].entries()) {
    if (offset < 0) continue;
    const length = [3, 10_000, 4096, 9000, 1][i] as number;
    const expected = bytes.subarray(offset, offset + length);
    expect(Buffer.compare(await dump.read(offset, length), expected), `read at ${offset}`).toBe(0);
  }
  return { dump, bytes, unread, remarks };
}

/** Every physical region against the machine's memory. Returns the bytes that were compared. */
export function compareWithMemory({ dump, bytes }: Image, memory: Uint8Array): number {
  let compared = 0;
  for (const { offset, length, physical } of dump.map.regions) {
    if (physical === undefined || Number(physical) >= memory.length) continue;
    const at = Number(physical);
    const count = Math.min(length, memory.length - at);
    const same = Buffer.compare(bytes.subarray(offset, offset + count), memory.subarray(at, at + count)) === 0;
    expect(same, `memory at ${at}`).toBe(true);
    compared += count;
  }
  return compared;
}

/** Opens and reads damaged files: no other error than the two; whatever opens keeps its promises. */
export async function surviveDamage(format: PagedFormat, file: Uint8Array, cases: Iterable<Uint8Array>) {
  let opened = 0;
  for (const damaged of cases) {
    try {
      const { dump, unread } = await imageOf(format, damaged);
      opened++;
      for (const { offset, length } of unread) expect(offset + length).toBeLessThanOrEqual(dump.size);
      const told = dump.map.warnings.some(({ incomplete }) => incomplete) || unread.length > 0;
      if (damaged.length < file.length * 0.9) expect(told, `cut at ${damaged.length}`).toBe(true);
    } catch (error) {
      if (!(error instanceof FormatError || error instanceof BoundsError)) throw error;
    }
  }
  return opened;
}

export function* truncations(file: Uint8Array, steps: number): Generator<Uint8Array> {
  for (let i = 0; i < steps; i++) {
    const end = 128 + Math.floor(((file.length - 128) * i) / steps);
    yield file.slice(0, end);
  }
}

/** One bit in each of `count` places between `from` and `to`, the same ones each time. */
export function* bitFlips(file: Uint8Array, count: number, from = 0, to = file.length): Generator<Uint8Array> {
  let seed = 12345;
  for (let i = 0; i < count; i++) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const damaged = file.slice();
    const at = from + (seed % (to - from));
    damaged[at] = (damaged[at] as number) ^ (1 << (seed % 7));
    yield damaged;
  }
}
