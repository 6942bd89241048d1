/** HPROF: a real dump by jmap, whose truth is a parser in Python (test/fixtures/dump/hprof), and built ones. */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { expectCutsTold } from '../support/cuts.js';
import { pieces } from '../support/pieces.js';
import { Random } from '../support/random.js';
import { HprofBuilder } from './build/hprof.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);

async function objectsAt(bytes: Uint8Array, offsets: readonly number[], size = 1 << 16) {
  const attributions = await mapOf(bytes).attribute?.(pieces(bytes, size), offsets);
  return offsets.map((offset) => attributions?.get(offset)?.object);
}

describe('a heap dump of the JDK', () => {
  const folder = new URL('../fixtures/dump/hprof/', import.meta.url);
  const dump = brotliDecompressSync(readFileSync(new URL('plant.hprof.br', folder)));
  const truth = JSON.parse(readFileSync(new URL('plant.json', folder), 'utf8')) as {
    classes: number;
    names: number;
    segments: number;
    planted: Array<{ label: string; offset: number; type: number; count: number; holders: string[]; beyond: string[] }>;
  };

  it('is mapped: names, then the heap', () => {
    const map = mapOf(dump);
    expect(map).toMatchObject({ format: 'hprof', warnings: [], declaredSize: dump.length });
    expect(map.facts).toContainEqual(['classes', String(truth.classes)]);
    expect(map.facts).toContainEqual(['names', String(truth.names)]);
    expect(map.facts).toContainEqual(['heap segments', String(truth.segments)]);
    expect(map.facts).toContainEqual(['id size', '8']);
    expect(map.regions.map(({ kind }) => kind)).toEqual(['metadata', 'heap', 'metadata']);
    expect(map.regions.reduce((sum, { length }) => sum + length, 0)).toBe(dump.length);
    for (const { offset } of truth.planted) {
      expect(map.regions.find((region) => offset < region.offset + region.length)?.kind).toBe('heap');
    }
  });

  it.each([1 << 20, 4096, 1000])('tells what holds a byte, in pieces of %i', async (size) => {
    const java = (name: string) => name.replace('[Ljava/lang/Object;', 'java.lang.Object[]').replaceAll('/', '.');
    const planted = [...truth.planted].sort((a, b) => a.offset - b.offset);
    const expected = planted.map(({ type, count, holders, beyond }) =>
      [
        `${type === 8 ? 'byte' : 'int'}[${count}]`,
        ...[holders[0], beyond[0]].flatMap((name) => name ?? []).map(java),
      ].join(' of '),
    );
    expect(expected).toContain('int[16] of java.math.BigInteger.mag of Plant$Vault.number');
    expect(
      await objectsAt(
        dump,
        planted.map(({ offset }) => offset + 13),
        size,
      ),
    ).toEqual(expected);
  });

  it('is asked for every other place, too', async () => {
    const offsets = Array.from({ length: 400 }, (_, i) => Math.floor((i * dump.length) / 400));
    const objects = await objectsAt(dump, offsets);
    expect(objects.filter((object) => object !== undefined).length).toBeGreaterThan(50);
    expect(await objectsAt(dump, [])).toEqual([]);
  });

  it('cut at any place says so', () => {
    expectCutsTold(dump, 18, 40);
  });
});

/** Two classes, the second derived from the first, and a key that is held in several ways. */
function small(ids: 4 | 8): { dump: Buffer; secret: (byte: number) => number } {
  const b = new HprofBuilder(ids);
  const secret = (byte: number) => Buffer.alloc(32, byte);
  const dump = b
    .name(0x101, 'Base')
    .name(0x102, 'app/Key')
    .name(0x103, '[[B')
    .name(0x201, 'link')
    .name(0x202, 'bits')
    .name(0x203, 'cache')
    .loadClass(0x1000, 0x101)
    .loadClass(0x1100, 0x102)
    .loadClass(0x1200, 0x103)
    .segment(
      b.roots(0x1000),
      b.classDump(0x1000, 0, [[0x201, 2]]),
      b.classDump(
        0x1100,
        0x1000,
        [
          [0x999, 10],
          [0x202, 2],
          [0x998, 8],
        ],
        [
          [0x203, 2, b.id(0x7002)],
          [0x997, 11, Buffer.alloc(8)],
        ],
      ),
    )
    .segment(
      // An int and a byte around the reference, then the field of the super class.
      b.instance(0x5000, 0x1100, b.u4(7), b.id(0x7000), Buffer.from([1]), b.id(0x7001)),
      b.array(0x7000, 8, 32, secret(0xa0)),
      b.array(0x7001, 10, 8, secret(0xa1)),
      b.array(0x7002, 11, 4, secret(0xa2)),
      b.array(0x7003, 8, 32, secret(0xa3)),
      b.array(0x7004, 8, 32, secret(0xa4)),
      b.objects(0x6000, 0x1200, 0, 0x7003),
      // Bytes that look like a reference to 0x7004, where the class has an int.
      b.instance(
        0x5001,
        0x1100,
        ids === 4 ? b.u4(0x7004) : b.u4(0),
        b.id(ids === 4 ? 0 : 0x7004 * 2 ** 32),
        Buffer.alloc(1),
        b.id(0),
      ),
    )
    .done();
  return { dump, secret: (byte) => dump.indexOf(secret(byte)) };
}

describe('an HPROF dump', () => {
  it.each([4, 8] as const)(
    'with ids of %i bytes tells fields of packed instances, of classes and of arrays',
    async (ids) => {
      const { dump, secret } = small(ids);
      const places = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4].map(secret);
      for (const size of [1, 7, 1 << 16]) {
        expect(await objectsAt(dump, places, size)).toEqual([
          'byte[32] of app.Key.bits',
          'int[8] of app.Key.link',
          'long[4] of app.Key.cache',
          'byte[32] of byte[][]',
          'byte[32]',
        ]);
      }
    },
  );

  it('that can be read once only still tells the arrays', async () => {
    const { dump, secret } = small(8);
    async function* once() {
      yield dump;
    }
    const attributions = await mapOf(dump).attribute?.(once(), [secret(0xa0) + 31]);
    expect([...(attributions ?? [])]).toEqual([[secret(0xa0) + 31, { object: 'byte[32]' }]]);
  });

  it('of version 1.0.1 has its heap in one record', () => {
    const b = new HprofBuilder(4, '1.0.1');
    const dump = b
      .name(1, 'x')
      .record(0x0c, b.array(9, 8, 100, Buffer.alloc(100, 5)))
      .done(false);
    expect(mapOf(dump)).toMatchObject({ format: 'hprof', warnings: [], declaredSize: dump.length });
    expect(mapOf(dump).regions.map(({ kind }) => kind)).toEqual(['metadata', 'heap']);
  });

  it('without the record that ends it was cut between two records', () => {
    const { dump } = small(8);
    expect(mapOf(dump.subarray(0, dump.length - 9)).warnings.map(({ code }) => code)).toEqual(['TRUNCATED']);
  });

  it('whose records lose the thread is called damaged, and the rest is left to the raw scan', () => {
    const { dump } = small(8);
    const broken = Buffer.concat([dump.subarray(0, dump.length - 9), Buffer.alloc(50, 0x77)]);
    expect(mapOf(broken).warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([
      ['DAMAGED_RECORDS', true],
    ]);
    expect(mapOf(broken).declaredSize).toBe(broken.length);
  });

  it('with a header that is none is scanned as raw bytes', () => {
    for (const [at, value] of [
      [17, 0x39],
      [22, 3],
    ] as const) {
      const { dump } = small(8);
      dump[at] = value;
      expect(mapOf(dump)).toMatchObject({
        regions: [{ kind: 'raw' }],
        warnings: [{ code: 'DAMAGED_HEADER', incomplete: true }],
      });
    }
  });

  it('from a stream is mapped as far as it was read', () => {
    const { dump } = small(8);
    const map = readDumpMap(bytesReader(dump.subarray(0, 300)), undefined);
    expect(map.warnings.some(({ incomplete }) => incomplete)).toBe(false);
    expect(readDumpMap(bytesReader(dump.subarray(0, dump.length - 30)), undefined).declaredSize).toBeLessThanOrEqual(
      dump.length,
    );
  });

  it('cut or with flipped bytes is mapped and attributed without an exception', async () => {
    const random = new Random(9);
    const { dump, secret } = small(8);
    const places = [0xa0, 0xa1, 0xa2, 0xa3].map(secret);
    for (let round = 0; round < 300; round++) {
      const copy = Buffer.from(dump.subarray(0, random.below(2) === 0 ? dump.length : random.below(dump.length)));
      for (let i = 0; i < random.below(6); i++) {
        if (copy.length > 31)
          copy[31 + random.below(copy.length - 31)] = random.pick([0, 255, 127, 2, random.below(256)]);
      }
      const map = mapOf(copy);
      expect(map.declaredSize).toBeGreaterThanOrEqual(copy.length);
      await map.attribute?.(pieces(copy, 1 + random.below(200)), places);
    }
  });

  it('with millions of empty records is mapped in seconds, with a bounded number of regions', async () => {
    const b = new HprofBuilder(8);
    const head = b.done(false);
    const record = Buffer.alloc(9);
    const dump = Buffer.concat([head, Buffer.alloc(9 * 1_000_000)]);
    for (let i = 0; i < 1_000_000; i++) {
      record[0] = i % 2 === 0 ? 1 : 0x1c;
      dump.set(record, head.length + 9 * i);
    }
    const elapsed = cpuTimer();
    const map = mapOf(dump);
    await map.attribute?.(pieces(dump, 1 << 20), [dump.length - 1]);
    expect(elapsed()).toBeLessThan(5000);
    expect(map.regions.length).toBeLessThanOrEqual((1 << 16) + 1);
  });
});
