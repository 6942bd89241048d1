/** What the notes of a core tell of the process: threads, stacks, heap, program. */
import { describe, expect, it } from 'vitest';
import { readDumpMap } from '../../src/dump/detect.js';
import { bytesReader } from '../../src/source/open.js';
import type { DumpMap } from '../../src/types.js';
import { cpuTimer } from '../support/cpu.js';
import { auxvNote, buildCore, type CoreOptions, fileNote, prstatus, prstatusX64 } from './build/elf.js';

const NT = { prstatus: 1, prpsinfo: 3, auxv: 6, siginfo: 0x53494749, file: 0x46494c45 };
const AT = { entry: 9, vdso: 33 };

const filled = (length: number) => new Uint8Array(length).fill(1);
const mapOf = (bytes: Uint8Array): DumpMap => readDumpMap(bytesReader(bytes), bytes.length);
const mapWith = (options: Partial<CoreOptions>) => mapOf(buildCore({ bits: 64, big: false, segments: [], ...options }));
const kinds = ({ regions }: DumpMap) =>
  regions.filter(({ address }) => address !== undefined).map(({ address, kind }) => [address, kind]);

describe('the notes of a core', () => {
  // Sizes and places of pr_pid and of the stack pointer within elf_prstatus, as gdb and bfd know them.
  it.each([
    ['i386', 3, 32, false, 144, 24, 132],
    ['m68k', 4, 32, true, 154, 22, 130],
    ['mips o32', 8, 32, true, 256, 24, 212],
    ['mips n64', 8, 64, true, 480, 32, 344],
    ['powerpc', 20, 32, true, 268, 24, 76],
    ['powerpc64', 21, 64, false, 504, 32, 120],
    ['s390x', 22, 64, true, 336, 32, 248],
    ['arm', 40, 32, false, 148, 24, 124],
    ['x86-64', 62, 64, false, 336, 32, 264],
    ['aarch64', 183, 64, false, 392, 32, 360],
    ['riscv64', 243, 64, false, 376, 32, 128],
    ['riscv32', 243, 32, false, 204, 24, 80],
    ['loongarch64', 258, 64, false, 480, 32, 136],
  ] as const)('tell the threads and stacks of %s', (_, machine, bits, big, size, idAt, stackAt) => {
    const desc = prstatus(size, big, [idAt, 4711], [stackAt, bits === 64 ? 8 : 4, 0x7ff00010n]);
    const segments = [
      { address: 0x10000n, bytes: filled(64) },
      { address: 0x7ff00000n, bytes: filled(64) },
    ];
    const map = mapOf(buildCore({ bits, big, machine, segments, notes: [{ type: NT.prstatus, desc }] }));
    expect(map.threads).toEqual([{ id: 4711, stackPointer: 0x7ff00010n }]);
    expect(kinds(map)).toEqual([
      [0x10000n, 'anonymous'],
      [0x7ff00000n, 'stack'],
    ]);
  });

  it.each([
    ['mips n32', 8, true, 440],
    ['x32', 62, false, 296],
    ['sparc', 2, true, 224],
  ] as const)('tell the thread but no stack where registers are not known: %s', (_, machine, big, size) => {
    const desc = prstatus(size, big, [24, 9], [72, 8, 0x4000n]);
    const map = mapOf(buildCore({ bits: 32, big, machine, segments: [], notes: [{ type: NT.prstatus, desc }] }));
    expect(map.threads).toEqual([{ id: 9 }]);
  });

  it('tell the vdso and the signal', () => {
    const siginfo = Buffer.alloc(128);
    siginfo.writeInt32LE(11);
    const map = mapWith({
      segments: [{ address: 0x7fff1000n, bytes: filled(16), flags: 5 }],
      notes: [
        { type: NT.siginfo, desc: siginfo },
        { type: NT.auxv, desc: auxvNote([[AT.vdso, 0x7fff1000n]]) },
      ],
    });
    expect(kinds(map)).toEqual([[0x7fff1000n, 'vdso']]);
    expect(map.facts).toContainEqual(['signal', '11']);
  });

  it('of other systems are passed over', () => {
    const map = mapWith({
      notes: [
        { name: 'NetBSD-CORE@1', type: 33, desc: filled(256) },
        { name: 'FreeBSD', type: 1, desc: filled(360) },
        { type: NT.prstatus, desc: prstatusX64(5, 0n) },
      ],
    });
    expect(map.threads.map(({ id }) => id)).toEqual([5]);
    expect(map.warnings).toEqual([]);
  });

  it('that map the program a second time, far away, move neither its end nor its heap', () => {
    const map = mapWith({
      segments: [
        { address: 0x400000n, bytes: filled(16), flags: 5 },
        { address: 0x603000n, bytes: filled(16) },
        { address: 0x7f0000000000n, bytes: filled(16), flags: 5 },
      ],
      notes: [
        { type: NT.auxv, desc: auxvNote([[AT.entry, 0x400000n]]) },
        {
          type: NT.file,
          desc: fileNote([
            [0x400000n, 0x401000n, '/usr/bin/node'],
            [0x600000n, 0x602000n, '/usr/bin/node'],
            [0x7f0000000000n, 0x7f0000001000n, '/usr/bin/node'],
          ]),
        },
      ],
    });
    expect(kinds(map)[1]).toEqual([0x603000n, 'heap']);
    expect(map.modules).toEqual([
      { name: '/usr/bin/node', address: 0x400000n, length: 0x202000n },
      { name: '/usr/bin/node', address: 0x7f0000000000n, length: 0x1000n },
    ]);
  });

  it('tell libraries and programs from data files', () => {
    const files = ['/bin/server', '/lib/libc.so.6', '/lib/x.so', '/data/model.bin', '/usr/share/sofa.so.txt'];
    const map = mapWith({
      segments: files.map((_, i) => ({ address: BigInt(0x10000 * (i + 1)), bytes: filled(8), flags: i === 0 ? 5 : 4 })),
      notes: [
        {
          type: NT.file,
          desc: fileNote(files.map((name, i) => [BigInt(0x10000 * (i + 1)), BigInt(0x10000 * (i + 1) + 4096), name])),
        },
      ],
    });
    expect(kinds(map).map(([, kind]) => kind)).toEqual(['module', 'module', 'module', 'mapped-file', 'module']);
  });

  it('with 200,000 mapped files are read, quickly', () => {
    const files = Array.from({ length: 200_000 }, (_, i): [bigint, bigint, string] => [
      BigInt(i) << 16n,
      (BigInt(i) << 16n) + 4096n,
      `/lib/${i % 500}`,
    ]);
    const core = buildCore({ bits: 64, big: false, segments: [], notes: [{ type: NT.file, desc: fileNote(files) }] });
    const elapsed = cpuTimer();
    expect(mapOf(core).modules.length).toBeGreaterThan(400);
    expect(elapsed()).toBeLessThan(2000);
  });

  it('that thousands of headers share are not read thousands of times', () => {
    const core = buildCore({
      bits: 64,
      big: false,
      segments: Array.from({ length: 20_000 }, () => ({ address: 0n, bytes: filled(0) })),
      notes: [{ type: NT.prstatus, desc: filled(8 * 1024 * 1024) }],
    });
    const size = 20 + 8 * 1024 * 1024;
    for (let i = 1; i <= 20_000; i++) {
      const entry = 64 + i * 56;
      core.writeUInt32LE(4, entry); // PT_NOTE
      core.writeBigUInt64LE(BigInt(core.length - size), entry + 8);
      core.writeBigUInt64LE(BigInt(size), entry + 32);
    }
    const elapsed = cpuTimer();
    const { warnings } = mapOf(core);
    expect(elapsed()).toBeLessThan(2000);
    expect(warnings.map(({ code }) => code)).toEqual(['DAMAGED_NOTES']);
  });

  it('that lie beyond the first part of a stream are left out with a word', () => {
    const core = buildCore({
      bits: 64,
      big: false,
      segments: [{ address: 0x1000n, bytes: filled(100) }],
      notes: [{ type: NT.prstatus, desc: prstatusX64(5, 0x1000n) }],
    });
    const map = readDumpMap(bytesReader(core.subarray(0, 64 + 2 * 56 + 40)), undefined);
    expect(map.warnings.map(({ code, incomplete }) => [code, incomplete])).toEqual([['MAP_PREFIX_ONLY', false]]);
    expect(kinds(map)).toEqual([[0x1000n, 'anonymous']]);
    expect(map.declaredSize).toBe(core.length);
  });
});
