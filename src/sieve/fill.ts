/** Reads pieces of a file straight into a slot's window, and tells what could not be read. */
import { readSync } from 'node:fs';
import { codeOf } from '../errors.js';
import type { Skipped, Span } from '../types.js';

/** After a read error, the file is tried again in steps of this many bytes, so that one bad sector costs little. */
const RETRY_STEP = 64 * 1024;

/** Fills `window` with the pieces, end to end. Unreadable bytes become zeros and are returned. */
export function fillWindow(window: Uint8Array, fd: number, pieces: readonly Span[]): Skipped[] {
  const skipped: Skipped[] = [];
  let at = 0;
  for (const piece of pieces) {
    fillPiece(window.subarray(at, at + piece.length), fd, piece.offset, skipped);
    at += piece.length;
  }
  return skipped;
}

function fillPiece(target: Uint8Array, fd: number, offset: number, skipped: Skipped[]): void {
  let done = 0;
  let step = target.length;
  while (done < target.length) {
    const wanted = Math.min(step, target.length - done);
    let got: number;
    try {
      got = readSync(fd, target, done, wanted, offset + done);
    } catch (error) {
      if (step > RETRY_STEP) {
        step = RETRY_STEP;
        continue;
      }
      target.fill(0, done, done + wanted);
      skipped.push({ offset: offset + done, length: wanted, reason: `read error: ${codeOf(error)}` });
      done += wanted;
      continue;
    }
    if (got === 0) {
      target.fill(0, done);
      skipped.push({ offset: offset + done, length: target.length - done, reason: 'the file became shorter' });
      return;
    }
    done += got;
  }
}
