import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { expectCutsTold } from '../support/cuts.js';
import { Random } from '../support/random.js';
import { blockTag, buildVmware, valueTag } from './build/vmware.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const pages = (...fill: number[]) => Buffer.concat(fill.map((byte) => Buffer.alloc(4096, byte)));

const MEMORY = pages(1, 1, 2, 2, 2, 3);
/** Two pages at 0, three at 1 MiB, one at 4 GiB. */
const RUNS = [
  [0, 0, 2],
  [0x100, 2, 3],
  [0x100000, 5, 1],
] as const;
const regionTags = RUNS.flatMap(([physical, page, count], i) => [
  valueTag('regionPPN', [i], physical),
  valueTag('regionPageNum', [i], page),
  valueTag('regionSize', [i], count),
]);
const cpu = {
  name: 'cpu',
  tags: [valueTag('cpu:numVCPUs', [], 4), valueTag('rax', [0], 7, 8), blockTag('gpregs', [0], Buffer.alloc(128))],
};

function stateOf({ id = 0xbed2bed2, padding = 13, word = 8, memory = true, compressed = false } = {}): Buffer {
  const block = blockTag('Memory', [0, 0], MEMORY, { padding, word, compressed });
  return buildVmware(id, [
    { name: 'cpu', tags: word === 8 ? cpu.tags : cpu.tags.slice(0, 2) },
    {
      name: 'memory',
      tags: [
        valueTag('regionsCount', [], 3),
        ...regionTags,
        ...(memory ? [block] : []),
        valueTag('align_mask', [], 0xffff),
      ],
    },
    { name: 'vga', tags: [blockTag('screen', [1, 2, 3], Buffer.alloc(300, 9), { word })] },
  ]);
}

describe('a VMware state', () => {
  it.each([
    ['.vmss', { id: 0xbed2bed2 }],
    ['partial', { id: 0xbed3bed3 }],
    ['restored', { id: 0xbad1bad1 }],
    ['not to be restored', { id: 0xbad2bad2 }],
    ['of old, with 32-bit sizes', { id: 0xbed0bed0, word: 4 }],
    ['without padding', { padding: 0 }],
  ])('%s: tells the physical address of each byte', (_, options) => {
    const state = stateOf(options);
    const map = mapOf(state);
    expect(map).toMatchObject({ format: 'vmware-state', warnings: [], declaredSize: state.length });
    expect(map.facts).toEqual([
      ['groups', '3'],
      ['processors', '4'],
      ['memory', '24576 bytes in 3 runs'],
    ]);
    const at = state.indexOf(MEMORY);
    const places = [5, 2 * 4096 + 5, 5 * 4096 + 5].map((offset) =>
      new RegionIndex(map).locate({ offset: at + offset, length: 1 }),
    );
    expect(places).toEqual([
      [{ physical: '0x5', region: 'physical' }],
      [{ physical: '0x100005', region: 'physical' }],
      [{ physical: '0x100000005', region: 'physical' }],
    ]);
    expect(map.regions.reduce((sum, { length }) => sum + length, 0)).toBe(state.length);
  });

  it('whose tags tell no runs has its memory from zero on', () => {
    const state = buildVmware(0xbed2bed2, [{ name: 'memory', tags: [blockTag('Memory', [], MEMORY)] }]);
    expect(mapOf(state).regions.find(({ kind }) => kind === 'physical')).toMatchObject({
      length: MEMORY.length,
      physical: 0n,
    });
  });

  it('without memory says where it is', () => {
    const map = mapOf(stateOf({ memory: false }));
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MEMORY_ELSEWHERE', false]]);
    expect(map.facts).toContainEqual(['memory', 'not in this file: in the .vmem next to it']);
  });

  it('with compressed memory is never called complete', () => {
    const map = mapOf(stateOf({ compressed: true }));
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['COMPRESSED_NOT_UNPACKED', true]]);
  });

  it('cut at any place says so', () => {
    expectCutsTold(stateOf(), 4, 150);
  });

  it('from a stream is mapped as far as it was read', () => {
    const state = stateOf();
    const map = readDumpMap(bytesReader(state.subarray(0, 4096)), undefined);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_PREFIX_ONLY', false]]);
    expect(map.regions.filter(({ kind }) => kind === 'physical')).toHaveLength(3);
  });

  it('that lies is never followed, and costs no time', () => {
    const random = new Random(11);
    const state = stateOf();
    const elapsed = cpuTimer();
    for (let round = 0; round < 300; round++) {
      const copy = Buffer.from(state);
      for (let i = 0; i < 1 + random.below(6); i++)
        copy[4 + random.below(900)] = random.pick([0, 255, 127, 128, random.below(256)]);
      const map = mapOf(copy);
      expect(Number.isSafeInteger(map.declaredSize)).toBe(true);
      for (const { offset, length } of map.regions) expect(offset + length).toBeLessThanOrEqual(copy.length);
    }
    // Four thousand groups that all begin at the same 700,000 tags.
    const tags = Buffer.alloc(2_000_000, Buffer.from([0x01, 0x00, 0x00]));
    const many = buildVmware(
      0xbed2bed2,
      Array.from({ length: 4000 }, () => ({ name: 'memory', tags: [] })),
    );
    for (let i = 0; i < 4000; i++) many.writeBigUInt64LE(BigInt(many.length), 12 + 80 * i + 64);
    expect(mapOf(Buffer.concat([many, tags])).regions.length).toBeLessThan(10_000);
    expect(elapsed()).toBeLessThan(15_000);
  });
});
