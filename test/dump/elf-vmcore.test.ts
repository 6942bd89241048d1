/** ELF cores of a machine: a real one by QEMU (test/fixtures/dump/qemu), and built ones in the ways of kexec. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { holeBytes, RegionIndex } from '../../src/dump/map.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { expectCutsTold } from '../support/cuts.js';
import { Random } from '../support/random.js';
import { buildCore, prstatusX64 } from './build/elf.js';

const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

const VMCOREINFO = [
  'OSRELEASE=6.1.0-44-amd64',
  'BUILD-ID=0123456789abcdef',
  'PAGESIZE=4096',
  'SYMBOL(init_uts_ns)=ffffffff82a0c0e0',
  'NUMBER(phys_base)=1048576',
  'KERNELOFFSET=1c000000',
  'CRASHTIME=1700000000',
  '',
].join('\n');

describe('the memory of a machine that QEMU dumped', () => {
  const dump = gunzipSync(readFileSync(new URL('../fixtures/dump/qemu/guest.elf.gz', import.meta.url)));
  const pattern = Uint8Array.from({ length: 4096 }, (_, i) => 5 + 13 * i);

  it('is told by physical address, as the monitor tells it', () => {
    const map = mapOf(dump);
    expect(map).toMatchObject({
      format: 'elf-vmcore',
      warnings: [],
      declaredSize: dump.length,
      threads: [],
      holes: [],
    });
    const at = dump.indexOf(pattern);
    expect(new RegionIndex(map).locate({ offset: at, length: 1 })).toEqual([
      { physical: '0x123400', region: 'physical' },
    ]);
    expect(map.facts).toContainEqual(['written by', 'QEMU']);
    expect(map.facts).toContainEqual(['processors', '2']);
    expect(map.regions.filter(({ kind }) => kind === 'physical').map(({ physical }) => physical)).toEqual([
      ...[0n, 0xc0000n, 0xe0000n, 0xf0000n, 0x100000n, 0xffff0000n],
    ]);
  });

  it('cut at any place says so', () => {
    expectCutsTold(dump, 64, 100);
  });
});

describe('a core with the kernel’s own note', () => {
  it.each([
    [64, false],
    [64, true],
    [32, false],
    [32, true],
  ] as const)('of %i bits, big-endian %s, has both addresses', (bits, big) => {
    const wide = bits === 64;
    const [text, direct, none] = wide
      ? ([0xffffffff81000000n, 0xffff888000001000n, 0xffffffffffffffffn] as const)
      : ([0xc1000000n, 0xc0001000n, 0xffffffffn] as const);
    const segments = [
      { address: text, physical: 0x1000000n, bytes: filled(512, 1) },
      { address: direct, physical: 0x1000n, bytes: filled(512, 2), memorySize: 4096 },
      // High memory, which the kernel does not map; and memory of no fixed physical address, of /proc/kcore.
      { address: none, physical: 0x40000000n, bytes: filled(512, 3) },
      { address: direct + 0x2000n, physical: none, bytes: filled(512, 4) },
    ];
    const notes = [{ type: 0, name: 'VMCOREINFO', desc: Buffer.from(VMCOREINFO) }];
    const core = buildCore({ bits, big, segments, notes });
    const map = mapOf(core);
    expect(map).toMatchObject({ format: 'elf-vmcore', warnings: [] });
    expect(
      map.regions.filter(({ kind }) => kind === 'physical').map(({ address, physical }) => [address, physical]),
    ).toEqual([
      [text, 0x1000000n],
      [direct, 0x1000n],
      [undefined, 0x40000000n],
      [direct + 0x2000n, undefined],
    ]);
    expect(map.holes).toEqual([{ address: direct + 512n, length: 3584n }]);
    expect(holeBytes(map)).toBe(3584);
  });

  it('tells the kernel’s facts, and those of no symbols', () => {
    const notes = [
      { type: 1, desc: prstatusX64(0, 0n) },
      { type: 1, desc: prstatusX64(812, 0n) },
      { type: 0, name: 'VMCOREINFO', desc: Buffer.from(VMCOREINFO) },
    ];
    const map = mapOf(buildCore({ bits: 64, big: false, segments: [], notes }));
    expect(map.facts.slice(1, -1)).toEqual([
      ['written by', 'kdump'],
      ['kernel', '6.1.0-44-amd64'],
      ['build id', '0123456789abcdef'],
      ['page size', '4096'],
      ['phys_base', '1048576'],
      ['kernel offset', '1c000000'],
      ['crash time', '1700000000'],
      ['processors', '2'],
    ]);
    expect(map.threads).toEqual([]);
  });

  it('of VirtualBox has physical addresses only', () => {
    const notes = [
      { type: 0xb00, name: 'VBCORE', desc: Buffer.alloc(24) },
      { type: 0xb01, name: 'VBCPU', desc: Buffer.alloc(64) },
    ];
    const segments = [{ address: 0n, physical: 0x100000n, bytes: filled(512, 1) }];
    const map = mapOf(buildCore({ bits: 64, big: false, segments, notes }));
    expect(map.facts).toContainEqual(['written by', 'VirtualBox']);
    expect(map.facts).toContainEqual(['processors', '1']);
    expect(map.regions.at(-1)).toEqual({
      offset: map.regions.at(-1)?.offset,
      length: 512,
      kind: 'physical',
      physical: 0x100000n,
    });
  });

  it('that lies is never followed', () => {
    const random = new Random(4);
    const notes = [{ type: 0, name: 'VMCOREINFO', desc: Buffer.from(VMCOREINFO) }];
    const core = buildCore({ bits: 64, big: false, segments: [{ address: 1n, bytes: filled(300, 1) }], notes });
    for (let round = 0; round < 500; round++) {
      const copy = Buffer.from(core);
      for (let i = 0; i < 1 + random.below(6); i++)
        copy[4 + random.below(500)] = random.pick([0, 255, 127, random.below(256)]);
      expect(Number.isSafeInteger(holeBytes(mapOf(copy)))).toBe(true);
    }
  });
});
