import { describe, expect, it } from 'vitest';
import { addressAt, directoryTableAt, isProcessHeader } from '../../../../src/dump/virtual/windows/process-header.js';
import { findProcesses } from '../../../../src/sieve/machine-pages.js';
import { WindowsMachine } from '../../build/windows-machine.js';

const PAGE = 4096;
/**
 * The first 64 bytes of the process System of a Windows 10 at 0xffffbe8c2141d040, as its debugger's `dd` printed them
 * (public, in the comments of a driver's source). They are the one thing here that a real Windows wrote.
 */
const REAL = [
  ...[0x00b60003, 0x00000000, 0x2141d048, 0xffffbe8c, 0x2141d048, 0xffffbe8c, 0x2141d058, 0xffffbe8c],
  ...[0x2141d058, 0xffffbe8c, 0x001ab000, 0x00000000, 0x214aa338, 0xffffbe8c, 0x25089338, 0xffffbe8c],
];

/** A page with the words at an offset. */
function pageWith(words: readonly number[], at: number): DataView {
  const view = new DataView(new ArrayBuffer(PAGE));
  for (const [index, word] of words.entries()) view.setUint32(at + index * 4, word, true);
  return view;
}

const changed = (index: number, word: number) => REAL.map((each, i) => (i === index ? word : each));

describe('the beginning of a process structure', () => {
  it('is recognised in what a real Windows had, which tells its address and its table', () => {
    const view = pageWith(REAL, 0x40);
    expect(isProcessHeader(view, 0x40, 0x40)).toBe(true);
    expect(addressAt(view, 0x40)).toBe(0xffffbe8c2141d040n);
    expect(directoryTableAt(view, 0x40)).toBe(0x1ab);
  });

  it.each([
    ['another kind of object', 0, 0x00b60006],
    ['a signal that is none', 1, 7],
    ['a list head of user memory', 3, 0x00007ff6],
    ['a profiled process', 8, 0x2141d158],
    ['no table', 10, 0x00000fff],
    ['threads of user memory', 13, 0x00000001],
  ])('is not %s', (_, index, word) => {
    expect(isProcessHeader(pageWith(changed(index, word), 0x40), 0x40, 0x40)).toBe(false);
  });

  it('is not where its own address has another place in the page', () => {
    expect(isProcessHeader(pageWith(REAL, 0x50), 0x50, 0x50)).toBe(false);
  });

  it('is recognised when its lock is taken, and when the table has flags and a context', () => {
    expect(isProcessHeader(pageWith(changed(0, 0x00b60083), 0x40), 0x40, 0x40)).toBe(true);
    const view = pageWith(changed(10, 0x001ab002), 0x40);
    expect(directoryTableAt(view, 0x40)).toBe(0x1ab);
  });
});

describe('a window', () => {
  const { memory, processes } = (() => {
    const machine = new WindowsMachine('Windows 10 2004');
    for (let id = 348; id < 400; id += 4) machine.process('svchost.exe', id, []);
    const places = machine.processes.map(({ address }) => machine.physical(address));
    return { memory: machine.finish(), processes: places.sort((a, b) => a - b) };
  })();
  const whole = { from: 0, to: memory.length, page: 0 };

  it('tells every structure, each once, in the part of it that it is asked for', () => {
    expect(findProcesses(memory, [whole], 0, memory.length)).toEqual(processes);
    const half = 1000 * PAGE;
    const halves = [findProcesses(memory, [whole], 0, half), findProcesses(memory, [whole], half, memory.length)];
    expect(halves.flat()).toEqual(processes);
    expect(halves[0]?.every((at) => at < half)).toBe(true);
  });

  it('tells them where pages begin at odd places, and none outside of pages', () => {
    const shifted = new Uint8Array(memory.length + 33);
    shifted.set(memory, 33);
    const range = { from: 33, to: shifted.length, page: 0 };
    expect(findProcesses(shifted, [range], 0, shifted.length)).toEqual(processes.map((at) => at + 33));
    expect(findProcesses(shifted, [{ ...range, from: 0 }], 0, shifted.length)).toEqual([]);
    expect(findProcesses(memory, [], 0, memory.length)).toEqual([]);
  });
});
