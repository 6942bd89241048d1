/** Compressed kdumps: QEMU's and makedumpfile's files against the memory that QEMU saved of the same machine. */
import { describe, expect, it } from 'vitest';
import { kdump } from '../../src/dump/kdump/parse.js';
import { pagedFormatOf } from '../../src/dump/paged.js';
import { buildKdump } from './build/kdump.js';
import { bitFlips, compareWithMemory, fixture, imageOf, surviveDamage, truncations } from './paged-support.js';

const memory = fixture('memory.raw');
const FORMS = ['zlib', 'lzo', 'snappy', 'zstd'] as const;

describe('files of QEMU, rearranged by makedumpfile', () => {
  it.each(FORMS)('give the memory of the machine, packed by %s', async (form) => {
    const image = await imageOf(kdump, fixture(`${form}.kdump`));
    expect(compareWithMemory(image, memory)).toBe(memory.length);
    expect(image.unread).toEqual([]);
    expect(image.dump.map.warnings).toEqual([]);
    expect(image.dump.map.declaredSize).toBe(image.dump.size);
    const facts = new Map(image.dump.map.facts);
    expect(facts.get('machine')).toBe('x86_64, 64-bit, little-endian');
    expect(facts.get('compression')).toBe(form);
  });

  it('are recognised', () => {
    expect(pagedFormatOf(fixture('zlib.kdump').subarray(0, 512))).toBe(kdump);
  });

  it('cover the image without a gap, and begin as the file does', async () => {
    const file = fixture('zlib.kdump');
    const { dump, bytes } = await imageOf(kdump, file);
    let end = 0;
    for (const { offset, length } of dump.map.regions) {
      expect(offset).toBe(end);
      end += length;
    }
    expect(end).toBe(dump.size);
    const head = dump.map.regions[0]?.length ?? 0;
    expect(Buffer.compare(bytes.subarray(0, head), file.subarray(0, head))).toBe(0);
  });
});

const pageOf = (frame: number, size = 4096) => new Uint8Array(size).fill(frame + 1);
const SHAPES = [
  ['64-bit', {}],
  ['64-bit, big-endian, pages of 64 KiB', { bigEndian: true, pageSize: 65536, machine: 's390x' }],
  ['i386', { word: 4, machine: 'i686' }],
  ['i386, version 5', { word: 4, machine: 'i686', version: 5 }],
  ['arm', { word: 4, machine: 'armv7l', aligned: true }],
  ['arm, version 5', { word: 4, machine: 'armv7l', aligned: true, version: 5 }],
  ['mips, big-endian', { word: 4, machine: 'mips', aligned: true, bigEndian: true }],
] as const;

describe('files of other machines', () => {
  it.each(SHAPES)('%s', async (_, rest) => {
    const size = 'pageSize' in rest ? rest.pageSize : 4096;
    const page = (frame: number) => pageOf(frame, size);
    const shape = { maxMapNr: 40, exists: [3, 4, 5, 6, 17, 39], present: [4, 5, 17, 39], page, ...rest };
    const { dump, bytes } = await imageOf(kdump, buildKdump(shape));
    const physical = dump.map.regions.filter(({ kind }) => kind === 'physical');
    expect(physical.map(({ physical }) => Number(physical) / size)).toEqual([4, 17, 39]);
    expect(physical.map(({ length }) => length / size)).toEqual([2, 1, 1]);
    expect(physical.map(({ offset }) => bytes[offset])).toEqual([5, 18, 40]);
    expect(dump.map.holes.map(({ address, length }) => [Number(address) / size, Number(length) / size])).toEqual([
      [3, 1],
      [6, 1],
    ]);
    const facts = new Map(dump.map.facts);
    expect(facts.get('machine')).toContain('machine' in rest ? rest.machine : 'x86_64');
    expect(facts.get('node')).toBe('host');
    expect(facts.get('release')).toBe('6.1.0');
    expect(facts.get('time')).toBe('2023-11-14T22:13:20.000Z');
    expect(facts.get('processors')).toBe('2');
    expect(facts.get('dump level')).toBe('31');
    expect(dump.map.warnings).toEqual([]);
  });
});

describe('what is not as it should be', () => {
  const base = { maxMapNr: 100, exists: [1, 2, 3, 50], present: [1, 2, 3, 50], page: pageOf };
  const incomplete = (codes: readonly { code: string; incomplete: boolean }[]) =>
    codes.filter((warning) => warning.incomplete).map(({ code }) => code);

  it('keeps bytes that no descriptor refers to', async () => {
    const gap = Uint8Array.from(Buffer.from('between two pages'));
    const tail = Uint8Array.from(Buffer.from('behind the last page'));
    const { dump, bytes } = await imageOf(kdump, buildKdump({ ...base, gap, tail }));
    const end = Buffer.from(bytes).toString('latin1', bytes.length - 4 * gap.length - tail.length);
    expect(end).toBe(`${'between two pages'.repeat(4)}behind the last page`);
    expect(dump.map.regions.at(-1)).toMatchObject({ kind: 'metadata', length: gap.length + tail.length });
  });

  it('tells pages that were not written', async () => {
    const file = buildKdump({ ...base, status: 8, page: (frame) => (frame > 2 ? undefined : pageOf(frame)) });
    const { dump, unread } = await imageOf(kdump, file);
    expect(incomplete(dump.map.warnings)).toEqual(['INCOMPLETE_DUMP']);
    const third = dump.map.regions.find(({ physical }) => physical === 4096n)?.offset ?? 0;
    expect(unread).toEqual([{ offset: third + 2 * 4096, length: 2 * 4096, reason: expect.any(String) }]);
  });

  it('tells the part of a split dump', async () => {
    const { dump, bytes } = await imageOf(kdump, buildKdump({ ...base, split: [2, 60] }));
    expect(incomplete(dump.map.warnings)).toEqual(['SPLIT_DUMP']);
    const physical = dump.map.regions.filter(({ kind }) => kind === 'physical');
    expect(physical.map((region) => [region.physical, region.length, bytes[region.offset]])).toEqual([
      [0x2000n, 8192, 3],
      [50n * 4096n, 4096, 51],
    ]);
  });

  it('counts descriptors that a cut file lacks', async () => {
    const file = buildKdump(base);
    const { dump } = await imageOf(kdump, file.subarray(0, 4 * 4096 + 30));
    expect(incomplete(dump.map.warnings)).toEqual(['TRUNCATED']);
    expect(dump.map.declaredSize - dump.size).toBe(3 * 4096);
  });

  it('refuses what cannot be a header', async () => {
    const file = fixture('zlib.kdump');
    file.fill(0xff, 424, 432);
    await expect(kdump.open({ size: file.length, read: async (at, n) => file.slice(at, at + n) })).rejects.toThrow();
  });
});

describe('damage', () => {
  it.each(FORMS)('by truncation is told: %s', async (form) => {
    const file = fixture(`${form}.kdump`);
    expect(await surviveDamage(kdump, file, truncations(file, 60))).toBeGreaterThan(20);
  });

  it.each(FORMS)('by flipped bits throws nothing else: %s', async (form) => {
    const file = fixture(`${form}.kdump`);
    await surviveDamage(kdump, file, bitFlips(file, 60, 0, 4096 * 3));
    await surviveDamage(kdump, file, bitFlips(file, 60, 4096 * 4));
  });

  it.each(FORMS)('of a page: bytes behind the end of its stream are told, packed by %s', async (form) => {
    const file = fixture(`${form}.kdump`);
    const whole = await imageOf(kdump, file);
    // The last descriptor's page, which lies at the end, is said to be longer, and is.
    const tables = whole.dump.map.regions[0]?.length ?? 0;
    const view = new DataView(file.buffer, tables - 24);
    const size = view.getUint32(8, true);
    expect(Number(view.getBigUint64(0, true)) + size).toBe(file.length);
    view.setUint32(8, size + 30, true);
    const { unread } = await imageOf(kdump, Buffer.concat([file, Buffer.from('thirty bytes, in which a key is')]));
    expect(unread.map(({ length, reason }) => [length, reason])).toEqual([[4096, 'its compressed data is damaged']]);
  });

  it('of a zlib page is told where it is', async () => {
    const file = fixture('zlib.kdump');
    // The last page of the file: its checksum.
    file[file.length - 1] = (file[file.length - 1] as number) ^ 1;
    const { unread } = await imageOf(kdump, file);
    expect(unread).toHaveLength(1);
    expect(unread[0]?.reason).toContain('damaged');
  });
});
