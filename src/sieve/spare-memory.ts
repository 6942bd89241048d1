/**
 * Memory of ended pools, wiped and kept for the next ones. The collector does not see how much shared memory hangs on a
 * small object: a program that scans again and again would hold gigabytes of it before any is freed.
 */
import { NumberStore } from '../relate/number-store.js';
import { createSlot, type Slot, wipeWindow } from './slot.js';

/** Kept of each kind, for pools that run side by side. */
const MAX_SPARE = 16;

let spareSize = 0;
let spareSlots: Slot[] = [];
const spareStores: NumberStore[] = [];

/** Slots for windows of chunks of `chunkSize` bytes, numbered from 0. */
export function takeSlots(count: number, chunkSize: number): Slot[] {
  const spare = chunkSize === spareSize ? spareSlots.splice(0, count) : [];
  return Array.from({ length: count }, (_, id) => {
    const memory = spare[id]?.memory;
    return memory ? { id, memory } : createSlot(id, chunkSize);
  });
}

/** `used`: bytes of the window that may hold something. Slots of the last chunk size are kept. */
export function giveBackSlots(chunkSize: number, slots: readonly Slot[], used: (slot: Slot) => number): void {
  for (const slot of slots) wipeWindow(slot, used(slot));
  if (chunkSize !== spareSize) spareSlots = [];
  spareSize = chunkSize;
  spareSlots.push(...slots.slice(0, MAX_SPARE - spareSlots.length));
}

export function takeStore(size: number): NumberStore {
  const index = spareStores.findIndex((store) => store.size === size);
  return index < 0 ? NumberStore.create(size) : (spareStores.splice(index, 1)[0] as NumberStore);
}

/** Stores that have been wiped. */
export function giveBackStores(stores: readonly NumberStore[]): void {
  spareStores.push(...stores.slice(0, MAX_SPARE - spareStores.length));
}
