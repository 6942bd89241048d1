/** Flattened dumps: QEMU's own, and what else the format allows. makedumpfile -R says what the rearranged file is. */
import { describe, expect, it } from 'vitest';
import { kdump } from '../../src/dump/kdump/parse.js';
import { kdumpFlattened } from '../../src/dump/kdump-flattened/parse.js';
import { buildFlattened, scattered } from './build/flattened.js';
import { bitFlips, compareWithMemory, fixture, imageOf, surviveDamage, truncations } from './paged-support.js';

const memory = fixture('memory.raw');
const flattened = fixture('flattened.kdump');
const rearranged = fixture('zlib.kdump');
const elf = fixture('machine.elf');

describe('a kdump', () => {
  it('gives the memory of the machine, and the same image as the rearranged file', async () => {
    const image = await imageOf(kdumpFlattened, flattened);
    expect(compareWithMemory(image, memory)).toBe(memory.length);
    expect(image.unread).toEqual([]);
    expect(image.dump.map.warnings).toEqual([]);
    const other = await imageOf(kdump, rearranged);
    expect(Buffer.compare(image.bytes.subarray(0, other.bytes.length), other.bytes)).toBe(0);
    expect(image.bytes.length - other.bytes.length).toBe(4096);
  });

  it('may have its records in any order', async () => {
    const image = await imageOf(kdumpFlattened, buildFlattened(scattered(rearranged, 1009)));
    expect(compareWithMemory(image, memory)).toBe(memory.length);
  });

  it('keeps what later records write over, and what stands behind the end', async () => {
    const old = (text: string, offset: number) => ({ offset, bytes: Buffer.from(text) });
    const records = [
      old('first writing', 40_000),
      ...scattered(rearranged, 5000),
      { offset: 8, bytes: rearranged.subarray(8, 12) },
    ];
    const image = await imageOf(kdumpFlattened, buildFlattened(records, Buffer.from('behind the end')));
    expect(compareWithMemory(image, memory)).toBe(memory.length);
    const rest = Buffer.from(image.bytes).subarray(-4096 - 13 - 4 - 14);
    expect(rest.toString('latin1')).toContain('first writing');
    expect(rest.toString('latin1')).toContain('behind the end');
    expect(image.dump.map.regions.at(-1)?.length).toBe(rest.length);
  });
});

describe('an ELF core', () => {
  it('is its own image, with the map of the core', async () => {
    const { dump, bytes } = await imageOf(kdumpFlattened, buildFlattened(scattered(elf, 4099)));
    expect(Buffer.compare(bytes.subarray(0, elf.length), elf)).toBe(0);
    expect(new Map(dump.map.facts).get('flattened')).toBe('elf-vmcore');
    // The key and the text lie in the first 640 KiB.
    const { offset = 0, length = 0 } = dump.map.regions.find((region) => region.physical === 0n) ?? {};
    expect(length).toBeGreaterThan(0x30000);
    expect(Buffer.compare(bytes.subarray(offset, offset + length), memory.subarray(0, length))).toBe(0);
  });
});

describe('damage', () => {
  it('by truncation is told', async () => {
    await surviveDamage(kdumpFlattened, flattened, truncations(flattened, 60));
    const scatteredElf = buildFlattened(scattered(elf, 8192));
    await surviveDamage(kdumpFlattened, scatteredElf, truncations(scatteredElf, 30));
  });

  it('by flipped bits throws nothing else', async () => {
    await surviveDamage(kdumpFlattened, flattened, bitFlips(flattened, 60, 4096, 4096 * 4));
    await surviveDamage(kdumpFlattened, flattened, bitFlips(flattened, 60));
  });

  it('does not make an image out of all proportion', async () => {
    const far = [{ offset: 2 ** 45, bytes: new Uint8Array(10) }];
    const { dump } = await imageOf(kdumpFlattened, buildFlattened([...scattered(rearranged, 5000), ...far]));
    expect(dump.map.warnings.map(({ code }) => code)).toEqual(['TRUNCATED']);
    expect(dump.size).toBeLessThan(4_000_000);
  });
});
