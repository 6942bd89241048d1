import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { KIND, NumberStore, ORDER } from '../../src/relate/number-store.js';

describe('the number store', () => {
  it('gives back what was put in, by offset, whatever the order', () => {
    const store = NumberStore.create(4096);
    store.add(KIND.factor, ORDER.big, 700, Uint8Array.of(1, 2, 3));
    store.add(KIND.run, ORDER.little, 5, Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1), 1);
    const entries = new NumberStore(store.buffer).entries();
    expect(entries.map(({ kind, order, offset, lead, bytes }) => [kind, order, offset, lead, [...bytes]])).toEqual([
      [KIND.run, ORDER.little, 5, 1, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
      [KIND.factor, ORDER.big, 700, 0, [1, 2, 3]],
    ]);
  });

  it('counts what finds no room, and keeps room for the rest from what may be ciphertext', () => {
    const store = NumberStore.create(1000);
    for (let i = 0; i < 10; i++) store.add(KIND.ciphertext, ORDER.little, i, new Uint8Array(100));
    expect(store.dropped(KIND.ciphertext)).toBeGreaterThan(4);
    for (let i = 0; i < 10; i++) store.add(KIND.factor, ORDER.little, i, new Uint8Array(100));
    const kept = store.entries().filter(({ kind }) => kind === KIND.factor).length;
    expect(kept).toBeGreaterThan(2);
    expect(store.dropped(KIND.factor)).toBe(10 - kept);
  });

  it('holds nothing after it is wiped', () => {
    const store = NumberStore.create(1000);
    store.add(KIND.run, ORDER.little, 1, new Uint8Array(200).fill(7));
    store.wipe();
    // But for the count of wipes.
    const rest = [...new Uint8Array(store.buffer).entries()].filter(([at]) => at < 60 || at >= 64);
    expect(rest.every(([, byte]) => byte === 0)).toBe(true);
    expect(store.entries()).toEqual([]);
  });
});

describe('a number store that several threads fill', () => {
  it('keeps every entry that it did not count as dropped', async () => {
    const store = NumberStore.create(8 * 1024 * 1024);
    const start = new Int32Array(new SharedArrayBuffer(4));
    const module = new URL('../../dist/relate/number-store.js', import.meta.url).href;
    const code = `
      import { workerData } from 'node:worker_threads';
      const { KIND, NumberStore, ORDER } = await import(workerData.module);
      const store = new NumberStore(workerData.buffer);
      const bytes = new Uint8Array(4096).fill(workerData.id);
      // All at once, when the last one is ready.
      Atomics.add(workerData.start, 0, 1);
      while (Atomics.load(workerData.start, 0) < 3);
      for (let i = 0; i < 20000; i++) {
        store.add(KIND.ciphertext, ORDER.little, i, bytes);
        store.add(KIND.run, ORDER.little, i, bytes.subarray(0, 16));
      }`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const done = [1, 2, 3].map(
      (id) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(url, { workerData: { module, id, start, buffer: store.buffer } });
          worker.once('exit', resolve);
          worker.once('error', reject);
        }),
    );
    await Promise.all(done);
    const entries = store.entries();
    expect(entries.length + store.dropped(KIND.ciphertext) + store.dropped(KIND.run)).toBe(120_000);
    expect(store.dropped(KIND.ciphertext)).toBeGreaterThan(50_000);
    // Nobody wrote into another's entry.
    for (const { bytes } of entries) expect(new Set(bytes).size).toBe(1);
  });
});
