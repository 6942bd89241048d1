import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine.js';
import { KIND, ORDER } from '../../src/relate/number-store.js';
import { windowBytes, windowCapacity } from '../../src/sieve/slot.js';
import { giveBackSlots, giveBackStores, takeSlots, takeStore } from '../../src/sieve/spare-memory.js';

const CHUNK = 65_536;

describe('memory of ended pools', () => {
  it('is used again for the same chunk size, with nothing left in it', () => {
    const [slot] = takeSlots(1, CHUNK);
    if (!slot) throw new Error('no slot');
    windowBytes(slot, windowCapacity(CHUNK)).fill(0xa5);
    giveBackSlots(CHUNK, [slot], () => windowCapacity(CHUNK));
    const again = takeSlots(17, CHUNK);
    expect(again.some(({ memory }) => memory === slot.memory)).toBe(true);
    expect(new Set(again.map(({ memory }) => memory)).size).toBe(17);
    expect(again.map(({ id }) => id)).toEqual([...again.keys()]);
    for (const { memory } of again) expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });

  it('is let go when the chunk size is another one', () => {
    const [slot] = takeSlots(1, CHUNK);
    if (!slot) throw new Error('no slot');
    giveBackSlots(CHUNK, [slot], () => 0);
    expect(takeSlots(1, 2 * CHUNK)[0]?.memory).not.toBe(slot.memory);
  });

  it('does not pile up over many scans', async () => {
    const store = takeStore(1 << 20);
    store.add(KIND.run, ORDER.little, 0, new Uint8Array(64).fill(7), 8);
    store.wipe();
    giveBackStores([store]);
    expect(takeStore(1 << 20).entries()).toEqual([]);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 8; i++) await scan({ targets: ['samples/sleep-clean.core.gz'], jobs: 1 });
    // One store, where each scan used to leave its own of 24 MiB to the collector.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
  });
});
