/** AVML snapshots: one that AVML itself wrote, against the memory it was made of. */
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../src/bytes/crc32c.js';
import { avml } from '../../src/dump/avml/parse.js';
import { pagedFormatOf } from '../../src/dump/paged.js';
import { avmlBlock, limeBlock, noise, slowCrc32c } from './build/avml.js';
import { bitFlips, compareWithMemory, fixture, imageOf, surviveDamage, truncations } from './paged-support.js';

const memory = fixture('memory.raw');
const file = fixture('memory.avml');

describe('a snapshot of AVML', () => {
  it('gives the memory, as regions with physical addresses', async () => {
    expect(pagedFormatOf(file.subarray(0, 512))).toBe(avml);
    const image = await imageOf(avml, file);
    const { regions, warnings, declaredSize } = image.dump.map;
    const physical = regions.filter(({ kind }) => kind === 'physical');
    expect(physical.map((region) => [region.physical, region.length])).toEqual([
      [0x1000n, 0x9e000],
      [0xf0000n, 0x10000],
    ]);
    expect(compareWithMemory(image, memory)).toBe(0x9e000 + 0x10000);
    expect(warnings).toEqual([]);
    expect(image.unread).toEqual([]);
    expect(declaredSize).toBe(image.dump.size);
  });
});

describe('what AVML rarely writes', () => {
  it('frames of plain data, padding, blocks of LiME', async () => {
    const bytes = noise(3_000_000);
    const padding = Buffer.from('kept');
    const built = Buffer.concat([
      avmlBlock(0x10000, bytes.subarray(0, 2_500_000), padding),
      limeBlock(0x1000000, bytes.subarray(2_500_000)),
    ]);
    const image = await imageOf(avml, Uint8Array.from(built));
    const [head, first, second] = image.dump.map.regions;
    const at = (offset = 0, length = 0) => Buffer.from(image.bytes).subarray(offset, offset + length);
    expect(Buffer.compare(at(first?.offset, first?.length), bytes.subarray(0, 2_500_000))).toBe(0);
    expect(Buffer.compare(at(second?.offset, second?.length), bytes.subarray(2_500_000))).toBe(0);
    expect(second?.physical).toBe(0x1000000n);
    expect(at(head?.offset, head?.length).toString('latin1').split('kept').length - 1).toBe(41);
    expect(image.unread).toEqual([]);
  });

  it('keeps what stands in an identifier that is too long', async () => {
    const built = avmlBlock(0, noise(100), Buffer.alloc(0), 'sNaPpY and something else');
    const { bytes } = await imageOf(avml, Uint8Array.from(built));
    expect(Buffer.from(bytes).toString('latin1')).toContain('something else');
  });

  it('checksums as RFC 3720 has them', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    for (const length of [0, 1, 7, 8, 9, 100]) expect(crc32c(noise(length))).toBe(slowCrc32c(noise(length)));
  });
});

describe('damage', () => {
  it('by truncation is told', async () => {
    expect(await surviveDamage(avml, file, truncations(file, 80))).toBeGreaterThan(70);
  });

  it('by flipped bits throws nothing else, and no change of memory goes by', async () => {
    await surviveDamage(avml, file, bitFlips(file, 60, 8));
    const whole = (await imageOf(avml, file)).bytes;
    for (const damaged of bitFlips(file, 40, 20_000, 28_000)) {
      const { dump, bytes, unread } = await imageOf(avml, damaged);
      const same = Buffer.compare(bytes, whole) === 0;
      expect(same || unread.length + dump.map.warnings.length > 0).toBe(true);
    }
  });

  it('of a header leaves the rest as it stands', async () => {
    const built = Buffer.concat([avmlBlock(0, noise(100_000)), Buffer.from('no block at all')]);
    const { dump, bytes } = await imageOf(avml, Uint8Array.from(built));
    expect(dump.map.warnings.map(({ incomplete }) => incomplete)).toEqual([true]);
    expect(Buffer.from(bytes).toString('latin1')).toContain('no block at all');
  });
});
