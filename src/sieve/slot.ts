/**
 * A slot: one piece of WebAssembly memory that is filled with a window of the dump, scanned, and filled again. It is
 * shared between threads, so bytes are read straight into it and no message carries them.
 *
 * ```
 * 0      4 Ki     768 Ki   1 Mi
 * │ number │ tables │ hits │ window: BACK │ chunk │ CARRY │ padding
 * ```
 */
import { BACK, CARRY } from '../detect/detector.js';

const KiB = 1024;
const PAGE = 64 * KiB;

export const TABLES_OFFSET = 4 * KiB;
export const TABLES_CAPACITY = 764 * KiB;
export const HITS_OFFSET = 768 * KiB;
/** Hits that fit: {u32, u32} each. When they are full the kernel returns and is called again: none is lost. */
export const HIT_CAPACITY = (256 * KiB) / 8;
export const WINDOW_OFFSET = 1024 * KiB;
/** The kernel loads whole blocks and may touch this many bytes past the window. */
const PADDING = PAGE;

export interface Slot {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
}

/** Bytes that a window may have for this chunk size. */
export function windowCapacity(chunkSize: number): number {
  return BACK + chunkSize + CARRY;
}

export function createSlot(id: number, chunkSize: number): Slot {
  const pages = Math.ceil((WINDOW_OFFSET + windowCapacity(chunkSize) + PADDING) / PAGE);
  return { id, memory: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }) };
}

/** The window's bytes: a view of shared memory. */
export function windowBytes(slot: Slot, length: number): Uint8Array {
  return new Uint8Array(slot.memory.buffer, WINDOW_OFFSET, length);
}

/** Overwrites the first `length` bytes of the window, and what a kernel may have put behind them. */
export function wipeWindow(slot: Slot, length: number): void {
  if (length > 0) new Uint8Array(slot.memory.buffer, WINDOW_OFFSET).subarray(0, length + PADDING).fill(0);
}
