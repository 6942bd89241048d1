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
    expect(new Uint8Array(store.buffer).every((byte) => byte === 0)).toBe(true);
  });
});
