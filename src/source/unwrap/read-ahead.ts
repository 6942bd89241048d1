/** Random access whose small reads, one near the other, are served from one larger read: a million members have millions. */
import type { RandomBytes } from './chunks.js';

const WINDOW = 64 * 1024;
const BEHIND = WINDOW - WINDOW / 8;

export function readAhead(file: RandomBytes): RandomBytes {
  let [window, from]: [Uint8Array, number] = [new Uint8Array(0), 0];
  return {
    size: file.size,
    async read(offset, length) {
      if (length > WINDOW / 2) return file.read(offset, length);
      const wanted = Math.max(0, Math.min(length, file.size - offset));
      if (offset < from || offset + wanted > from + window.length) {
        // Whoever goes back, as through a directory whose members lie the other way round, goes on going back, and looks
        // a little further at each place.
        from = offset < from ? Math.max(0, offset + wanted - BEHIND) : offset;
        window = await file.read(from, WINDOW);
      }
      return window.slice(offset - from, offset - from + wanted);
    },
  };
}
