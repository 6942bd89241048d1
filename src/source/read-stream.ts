/** Sequential reads from a descriptor into a given piece of memory, as large as the pipe gives them. */
import { read } from 'node:fs';

/** How long to wait when a descriptor that does not block has nothing yet, in milliseconds. */
const RETRY_DELAY = 5;

/** Fills `target` from the front; resolves to the number of bytes, fewer than its length only at the end of the stream. */
export async function readFully(fd: number, target: Uint8Array): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const got = await readSome(fd, target, done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

function readSome(fd: number, target: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = () =>
      read(fd, target, at, target.length - at, null, (error, got) => {
        if (error === null) resolve(got);
        else if (error.code === 'EAGAIN') setTimeout(attempt, RETRY_DELAY);
        else if (error.code === 'EOF') resolve(0);
        else reject(error);
      });
    attempt();
  });
}
