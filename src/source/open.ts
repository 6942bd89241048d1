/** Opens one input: a regular file is read at random, everything else (a pipe, a device) is read once from the front. */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteReader } from '../bytes/read.js';
import { codeOf, DumpsieveError } from '../errors.js';

export const STDIN = '-';

export type Source =
  | { readonly kind: 'file'; readonly fd: number; readonly size: number; close(): Promise<void> }
  /** `regular`: a file that says it is empty, which under /proc need not be true. */
  | { readonly kind: 'stream'; readonly fd: number; readonly regular: boolean; close(): Promise<void> };

/** Opens `path`, or standard input for `-`. Throws UNREADABLE with the system's code, never with content. */
export async function openSource(path: string, signal?: AbortSignal): Promise<Source> {
  let handle: FileHandle | undefined;
  const release = () => releaseOpen(path);
  signal?.addEventListener('abort', release, { once: true });
  try {
    handle = path === STDIN ? undefined : await open(path, 'r');
    signal?.throwIfAborted();
    const fd = handle?.fd ?? 0;
    const stat = fstatSync(fd);
    const close = async () => handle?.close();
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    // Files under /proc say that they are empty: reading them to the end is the only way to know.
    if (stat.isFile() && stat.size > 0) return { kind: 'file', fd, size: stat.size, close };
    return { kind: 'stream', fd, regular: stat.isFile(), close };
  } catch (error) {
    await handle?.close();
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
