/** The bitmaps of a kdump: which page frames are there, which are left out, as runs. */
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { KdumpHeader } from './header.js';

/** Bytes of a bitmap read at a time. */
const BLOCK = 1 << 20;
/** Runs kept; what lies beyond has no address of its own. */
export const MAX_RUNS = 1 << 20;

/** Page frames that follow each other. */
export interface Run {
  readonly first: number;
  count: number;
}

export class Runs {
  readonly runs: Run[] = [];
  /** Frames in all, also those beyond the last run that was kept. */
  total = 0;

  add(first: number, count: number): void {
    this.total += count;
    const last = this.runs.at(-1);
    if (last !== undefined && last.first + last.count === first) last.count += count;
    else if (this.runs.length < MAX_RUNS) this.runs.push({ first, count });
  }

  get cut(): boolean {
    return this.total > this.runs.reduce((sum, { count }) => sum + count, 0);
  }
}

export interface Frames {
  /** Frames that have a descriptor. */
  readonly present: Runs;
  /** Memory that the writer left out. */
  readonly excluded: Runs;
  /** Set when the file ends within the bitmaps. */
  readonly truncated: boolean;
}

export async function readBitmaps(file: RandomBytes, header: KdumpHeader): Promise<Frames> {
  const { bitmaps, partial, pages, split } = header;
  const half = partial ? Math.floor(bitmaps.length / 2) : 0;
  const [from, to] = split ?? [0, pages];
  const bits = Math.min(pages, to, (bitmaps.length - half) * 8);
  const [present, excluded] = [new Runs(), new Runs()];
  let truncated = bits < Math.min(pages, to);
  for (let byte = Math.floor(from / 8); byte * 8 < bits; byte += BLOCK) {
    const want = Math.min(BLOCK, Math.ceil(bits / 8) - byte);
    const second = await file.read(bitmaps.offset + half + byte, want);
    const first = partial ? await file.read(bitmaps.offset + byte, want) : second;
    if (second.length < want) truncated = true;
    const end = Math.min(bits, (byte + second.length) * 8);
    addRuns(present, second, byte * 8, Math.max(from, byte * 8), end);
    if (partial) {
      for (let i = 0; i < second.length; i++) first[i] = (first[i] as number) & ~(second[i] as number);
      addRuns(excluded, first, byte * 8, Math.max(from, byte * 8), end);
    }
    if (second.length < want) break;
  }
  return { present, excluded, truncated };
}

/** Bit 0 of a byte is its first frame (makedumpfile, set_bitmap). `base` is the frame of the first bit of `bytes`. */
function addRuns(runs: Runs, bytes: Uint8Array, base: number, from: number, to: number): void {
  let start = -1;
  for (let frame = from; frame < to; ) {
    const index = (frame - base) >>> 3;
    const byte = bytes[index] as number;
    if ((frame & 7) === 0 && (byte === 0 || byte === 0xff) && frame + 8 <= to) {
      if (byte === 0 && start >= 0) {
        runs.add(start, frame - start);
        start = -1;
      } else if (byte !== 0 && start < 0) start = frame;
      frame += 8;
      continue;
    }
    const set = ((byte >>> (frame % 8)) & 1) !== 0;
    if (set && start < 0) start = frame;
    else if (!set && start >= 0) {
      runs.add(start, frame - start);
      start = -1;
    }
    frame++;
  }
  if (start >= 0) runs.add(start, to - start);
}
