/** Opens one input: a regular file is read at random, everything else (a pipe, a device) is read once from the front. */

import { close, closeSync, constants, fstatSync, open, openSync, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ByteReader } from '../bytes/read.js';
import { codeOf, DumpsieveError } from '../errors.js';

export const STDIN = '-';

export type Source =
  /** `changed`: whether the file is another one than when it was opened: written to, grown, or cut. */
  | { readonly kind: 'file'; readonly fd: number; readonly size: number; changed(): boolean; close(): Promise<void> }
  /** `regular`: a file that says it is empty, which under /proc need not be true. */
  | { readonly kind: 'stream'; readonly fd: number; readonly regular: boolean; close(): Promise<void> };

/** Opens `path`, or standard input for `-`. Throws UNREADABLE with the system's code, never with content. */
export async function openSource(path: string, signal?: AbortSignal): Promise<Source> {
  let fd: number | undefined;
  const release = () => releaseOpen(path);
  signal?.addEventListener('abort', release, { once: true });
  try {
    fd = path === STDIN ? 0 : await promisify(open)(path, 'r');
    signal?.throwIfAborted();
    const stat = fstatSync(fd);
    // The reader of a pipe owns its descriptor and closes it; standard input is nobody's to close.
    const owned = path !== STDIN && !stat.isFIFO() && !stat.isSocket();
    const descriptor = fd;
    const closeSource = async () => {
      if (owned) await promisify(close)(descriptor);
    };
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    // Files under /proc say that they are empty: reading them to the end is the only way to know.
    if (stat.isFile() && stat.size > 0) {
      const changed = () => {
        const now = fstatSync(descriptor);
        return now.size !== stat.size || now.mtimeMs !== stat.mtimeMs;
      };
      return { kind: 'file', fd, size: stat.size, changed, close: closeSource };
    }
    return { kind: 'stream', fd, regular: stat.isFile(), close: closeSource };
  } catch (error) {
    if (fd !== undefined && path !== STDIN) closeSync(fd);
    signal?.throwIfAborted();
    throw new DumpsieveError('UNREADABLE', `cannot be read: ${codeOf(error)}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', release);
  }
}

/**
 * The opening of a FIFO waits in a thread of the pool until somebody writes, and the process could not end before: a
 * writer that comes and goes lets it return.
 */
function releaseOpen(path: string): void {
  try {
    if (!statSync(path).isFIFO()) return;
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody waits, or it is no FIFO.
  }
}

/** Random access for the parsers of dump maps. A read error reads as the end of the file: the map is then partial. */
export function fileReader(fd: number, size: number): ByteReader {
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = new Uint8Array(wanted);
      let done = 0;
      try {
        while (done < wanted) {
          const got = readSync(fd, bytes, done, wanted - done, offset + done);
          if (got === 0) break;
          done += got;
        }
      } catch {
        return bytes.subarray(0, done);
      }
      return bytes.subarray(0, done);
    },
  };
}

/** Random access to bytes in memory. */
export function bytesReader(bytes: Uint8Array): ByteReader {
  return { size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) };
}
