/** Sequential reads into a given piece of memory, from a pipe or from any other descriptor that has no random access. */
import { fstatSync, read } from 'node:fs';
import { Socket } from 'node:net';

export interface SequentialReader {
  /** Fills `target` from the front; resolves to the number of bytes, fewer than its length only at the end. */
  readFully(target: Uint8Array): Promise<number>;
  /** Gives up waiting: a read that is under way fails. To be called in the end, or the process stays alive for it. */
  close(): void;
}

/**
 * Pipes and sockets are waited for by the event loop, not by a thread of the pool: such a thread sits in its read until
 * somebody writes, and the process could not end before.
 */
export function sequentialReader(fd: number): SequentialReader {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket() ? pipeReader(fd) : deviceReader(fd);
}

function pipeReader(fd: number): SequentialReader {
  const socket = new Socket({ fd, readable: true, writable: false });
  let [ended, failure]: [boolean, Error | undefined] = [false, undefined];
  let wake = () => {};
  socket.on('readable', () => wake());
  socket.on('end', () => {
    ended = true;
    wake();
  });
  socket.on('error', (error) => {
    failure = error;
    wake();
  });
  let left: Uint8Array = new Uint8Array(0);
  return {
    async readFully(target) {
      let done = 0;
      while (done < target.length) {
        if (failure) throw failure;
        if (left.length === 0) left = (socket.read() as Buffer | null) ?? left;
        if (left.length === 0) {
          if (ended) break;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const part = left.subarray(0, target.length - done);
        target.set(part, done);
        done += part.length;
        left = left.subarray(part.length);
      }
      return done;
    },
    close() {
      socket.destroy(new Error('closed'));
    },
  };
}

function deviceReader(fd: number): SequentialReader {
  const readSome = (target: Uint8Array, at: number) =>
    new Promise<number>((resolve, reject) => {
      read(fd, target, at, target.length - at, null, (error, got) => {
        if (error === null) resolve(got);
        else if (error.code === 'EOF') resolve(0);
        else reject(error);
      });
    });
  return {
    async readFully(target) {
      let done = 0;
      while (done < target.length) {
        const got = await readSome(target, done);
        if (got === 0) break;
        done += got;
      }
      return done;
    },
    close() {},
  };
}
