/**
 * Physical memory of Windows, built page by page (test/dump/build/windows-machine.ts) with the offsets of four builds; an
 * outside reader finds the same processes in what the builder writes (bench/formats/windows-processes.mjs).
 */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scan } from '../../../../src/engine.js';
import type { Finding, InputReport } from '../../../../src/types.js';
import { withFile } from '../../../support/files.js';
import { spkiSha256Of } from '../../../support/keys.js';
import { WINDOWS_BUILDS, type WindowsName } from '../../build/windows-builds.js';
import { buildBitmap, buildFull } from '../../build/windows-kernel.js';
import { type Placing, WindowsMachine } from '../../build/windows-machine.js';

const PAGE = 4096;
const HEAP = 0x1f3_a0b1_2000n;
const BUILDS = Object.keys(WINDOWS_BUILDS) as WindowsName[];

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = privateKey.export({ format: 'der', type: 'pkcs8' });
const spkiSha256 = spkiSha256Of(publicKey);

const scanMemory = (memory: Uint8Array): Promise<InputReport> =>
  withFile(memory, async (file) => (await scan({ targets: [file] })).inputs[0] as InputReport);

/** Pages with the key so that 500 bytes of it stand in the first page. */
function heapWith(bytes: Uint8Array, pages = 12): Buffer {
  const heap = Buffer.alloc(pages * PAGE);
  heap.set(bytes, PAGE - 500);
  return heap;
}

const filler = (fill: string) => [[HEAP, Buffer.alloc(12 * PAGE, fill)] as const];

/** A machine with what every Windows runs. */
function booted(build: WindowsName, options: ConstructorParameters<typeof WindowsMachine>[1] = {}): WindowsMachine {
  const machine = new WindowsMachine(build, options);
  machine.process('smss.exe', 348, filler('a'));
  machine.process('csrss.exe', 452, filler('b'));
  machine.process('lsass.exe', 712, filler('c'));
  return machine;
}

const keyIn = ({ findings }: InputReport) => findings.find(({ key }) => key?.spkiSha256 === spkiSha256) as Finding;
const processesOf = (report: InputReport) =>
  new Set(keyIn(report).locations.flatMap(({ process, also }) => [process, ...(also ?? []).map((at) => at.process)]));

describe.each(BUILDS)('the memory of %s', (build) => {
  it.each([
    ['one top table for each process', {}],
    ['a second one for user mode', { shadow: true }],
    ['its pool in a large page', { large: true }],
  ])('with %s: a key across scattered pages is found, with name, number and address', async (_, options) => {
    const machine = booted(build, options);
    machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    const memory = machine.finish();
    const report = await scanMemory(memory);
    const whole = keyIn(report).locations.filter(({ part }) => / DER \([12] of 2\)$/.test(part));
    const first = memory.indexOf(der.subarray(0, 500));
    const second = memory.indexOf(der.subarray(500));
    expect(Math.abs(second - first)).not.toBe(500);
    expect(whole.map(({ offset, length }) => [offset, length]).sort()).toEqual(
      [
        [first, 500],
        [second, der.length - 500],
      ].sort(),
    );
    expect(processesOf(report)).toEqual(new Set(['server.exe (pid 4712)']));
    const address = `0x${(HEAP + BigInt(PAGE - 500)).toString(16)}`;
    expect(whole.find(({ offset }) => offset === first)?.address).toBe(address);
    expect(report.warnings.map(({ code }) => code)).not.toContain('PAGES_CUT');
  });

  it('does not name what a process that ended had: its table is another’s now', async () => {
    const machine = booted(build);
    const server = machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    machine.process('gone.exe', 4000, [], { state: 'ended', table: server.table });
    machine.process('stray.exe', 4004, [], { state: 'hidden', table: server.table });
    const report = await scanMemory(machine.finish());
    expect(processesOf(report)).toEqual(new Set(['server.exe (pid 4712)']));
  });

  it.each<[string, Placing]>([
    ['that no list has', { state: 'hidden' }],
    ['whose structure begins at the end of a page', { address: WINDOWS_BUILDS[build].pool + 0x6_0fd0n }],
  ])('names a process %s', async (_, placing) => {
    const machine = booted(build);
    machine.process('server.exe', 4712, [[HEAP, heapWith(der)]], placing);
    machine.process('explorer.exe', 5000, filler('d'));
    expect(processesOf(await scanMemory(machine.finish()))).toEqual(new Set(['server.exe (pid 4712)']));
  });
});

describe('the memory of Windows', () => {
  it('tells of memory that two processes share in both of them', async () => {
    const machine = booted('Windows 10 2004');
    const content = Buffer.concat([der, Buffer.alloc(PAGE - der.length)]);
    const one = machine.process('one.exe', 1000, [...filler('d'), [0x5000_0000n, content]]);
    const two = machine.process('two.exe', 1004, filler('e'));
    machine.share(one, 0x5000_0000n, two, 0x7000_0000n);
    const report = await scanMemory(machine.finish());
    expect(processesOf(report)).toEqual(new Set(['one.exe (pid 1000)', 'two.exe (pid 1004)']));
  });

  it('names what lies in a large page', async () => {
    const machine = booted('Windows 10 2004');
    const server = machine.process('server.exe', 4712, filler('d'));
    machine.largePage(server, 0x2_0040_0000n).set(der, 0x12340);
    const report = await scanMemory(machine.finish());
    expect(processesOf(report)).toEqual(new Set(['server.exe (pid 4712)']));
    expect(keyIn(report).locations.map(({ address }) => address)).toContain('0x200412340');
  });

  it('is not joined, nor named, where a page is on its way to the page file; what lies whole is found all the same', async () => {
    const machine = booted('Windows 10 2004');
    const server = machine.process('server.exe', 4712, [[HEAP, Buffer.concat([Buffer.alloc(12 * PAGE), der])]]);
    machine.trim(server, HEAP + BigInt(12 * PAGE));
    const report = await scanMemory(machine.finish());
    expect(keyIn(report).confidence).toBe('proven');
    expect(processesOf(report)).toEqual(new Set([undefined]));
  });

  it('has no name for a table whose process ended', async () => {
    const machine = booted('Windows 10 2004');
    machine.process('gone.exe', 4712, [[HEAP, heapWith(der)]], { state: 'ended' });
    const [name] = processesOf(await scanMemory(machine.finish()));
    expect(name).toMatch(/^address space of table 0x/);
  });

  it('has control characters in no name', async () => {
    const machine = booted('Windows 10 2004');
    machine.process('\u001b[31mred.exe', 4712, [[HEAP, heapWith(der)]]);
    const [name] = processesOf(await scanMemory(machine.finish()));
    expect(name).toMatch(/^address space of table 0x/);
  });
});

describe('a kernel dump', () => {
  const machine = booted('Windows 10 2004', { shadow: true });
  machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
  const memory = machine.finish();
  // With memory that the firmware keeps for itself, and some between.
  const runs = [
    { page: 1, bytes: memory.subarray(PAGE, 600 * PAGE) },
    { page: 600, bytes: memory.subarray(600 * PAGE, 1536 * PAGE) },
    { page: 1536, bytes: memory.subarray(1536 * PAGE) },
  ];

  it.each([
    ['full', buildFull(runs)],
    ['bitmap', buildBitmap(5, runs, 2048)],
  ])('%s: has its processes named as a raw image has', async (_, dump) => {
    const report = await scanMemory(dump);
    expect(report.format).toBe('windows-kernel-dump-64');
    expect(processesOf(report)).toEqual(new Set(['server.exe (pid 4712)']));
    expect(report.warnings.map(({ code }) => code)).toEqual([]);
  });

  it('has the table that its header tells of walked, also where nothing else tells that it is one', async () => {
    const alone = new WindowsMachine('Windows 10 2004');
    const { table } = alone.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    const bytes = alone.finish();
    for (let index = 256; index < 512; index++) bytes.writeBigUInt64LE(0n, table * PAGE + index * 8);
    const whole = [{ page: 1, bytes: bytes.subarray(PAGE) }];
    const report = await scanMemory(buildFull(whole, 64, BigInt(table * PAGE) | 2n));
    const offset = 0x2000 + (table - 1) * PAGE;
    expect(processesOf(report)).toContain(`address space of table 0x${offset.toString(16)}`);
    expect(keyIn(await scanMemory(buildFull(whole))).locations.some(({ process }) => process)).toBe(false);
  });
});

describe('forged process structures', () => {
  it('in the memory of a process name nothing: they do not lie where they say', async () => {
    const machine = booted('Windows 11 22H2');
    const server = machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    const memory = machine.finish();
    // A copy of the structure, with another name, at another place of the same page offset.
    const { bytes, imageFileName } = machine.build;
    const copy = Buffer.alloc(2 * PAGE);
    for (let i = 0; i < bytes; i++)
      copy[Number(server.address & 0xfffn) + i] = memory[machine.physical(server.address + BigInt(i))] as number;
    copy.write('forged.exe\0', Number(server.address & 0xfffn) + imageFileName, 'latin1');
    memory.set(copy, 1100 * PAGE);
    expect(processesOf(await scanMemory(memory))).toEqual(new Set(['server.exe (pid 4712)']));
  });

  it('that claim the same table name neither', async () => {
    const machine = booted('Windows 11 22H2');
    const server = machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    machine.process('other.exe', 4716, [], { table: server.table });
    const [name] = processesOf(await scanMemory(machine.finish()));
    expect(name).toMatch(/^address space of table 0x/);
  });

  it('by the hundred thousand, with tables in circles and lists without end, cost no more than their bounds', async () => {
    const machine = booted('Windows 11 22H2');
    machine.process('server.exe', 4712, [[HEAP, heapWith(der)]]);
    const memory = Buffer.concat([machine.finish(), Buffer.alloc(1500 * PAGE)]);
    const first = machine.memory.length / PAGE;
    // Each page is a table that leads to itself, and maps the structures in it where they say that they are.
    const index = 8n;
    const own = 0xffff_8400_0000_0000n + (index << 30n) + (index << 21n) + (index << 12n);
    for (let at = first * PAGE; at < memory.length; at += 0x80) {
      const itself = BigInt(at - (at % PAGE)) | 0x67n;
      const address = own + BigInt(at % PAGE);
      const words = [8n, 8n, 0x18n, 0x18n].map((word) => address + word);
      for (const [i, word] of [3n, ...words, itself, address + 0x30n, address + 0x30n].entries())
        memory.writeBigUInt64LE(word, at + i * 8);
      for (let i = 8; i < 16; i++) memory.writeBigUInt64LE(itself, at + i * 8);
    }
    const started = process.cpuUsage();
    const report = await scanMemory(memory);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(40);
    expect(processesOf(report)).toContain('server.exe (pid 4712)');
  });
});
