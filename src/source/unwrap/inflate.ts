/**
 * Raw deflate (RFC 1951) in constant memory, which tells where the stream ended and why. Node's own zlib does the work;
 * it is fed small pieces, since it hands on nothing of the last buffer it filled before it met damage.
 */
import { createInflate, createInflateRaw } from 'node:zlib';
import { type InflatedBlock, inflateRawBlock } from '../../bytes/inflate-whole.js';
import type { Chunks } from './chunks.js';

export interface Inflated {
  /** Packed bytes that belong to the stream. Where it is damaged, about as many as were understood. */
  consumed: number;
  state: 'running' | 'ended' | 'truncated' | 'damaged';
}

/** Packed bytes between two looks at the output: a thousand times as many may come out. */
const PIECE = 8 * 1024;

interface Options {
  /** Behind zlib's own header (RFC 1950). */
  readonly zlib?: boolean;
  /** Where to go on byte by byte: nothing is lost of what stands before damage, at a thousandth of the speed. */
  readonly fineFrom?: number;
}

/** `outcome` is filled in when the bytes have come to their end. Leaves what stands behind the stream. */
export async function* inflate(packed: Chunks, outcome: Inflated, options: Options = {}): Chunks {
  const stream = options.zlib ? createInflate() : createInflateRaw();
  const fineFrom = options.fineFrom ?? Number.POSITIVE_INFINITY;
  const out: Buffer[] = [];
  let failure: Error | undefined;
  let settle = () => {};
  stream.on('data', (bytes: Buffer) => out.push(bytes));
  stream.on('error', (error) => {
    failure = error;
    settle();
  });
  /** Waits until the stream has done what `start` asks of it, or failed. */
  const step = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      settle = resolve;
      if (failure) resolve();
      else start(resolve);
    });
  try {
    let fed = 0;
    for await (const chunk of packed) {
      for (let at = 0, most = PIECE; at < chunk.length; at += most) {
        most = Math.max(1, Math.min(PIECE, fineFrom - fed));
        const piece = chunk.subarray(at, at + most);
        await step((done) => stream.write(piece, () => done()));
        fed += piece.length;
        while (out.length > 0) yield out.shift() as Buffer;
        outcome.consumed = Math.min(fed, stream.bytesWritten);
        if (failure) {
          outcome.state = 'damaged';
          return;
        }
        if (stream.bytesWritten < fed) {
          outcome.state = 'ended';
          return;
        }
      }
    }
    await step((done) => stream.once('end', done).end());
    while (out.length > 0) yield out.shift() as Buffer;
    outcome.state = failure ? 'truncated' : 'ended';
  } finally {
    stream.destroy();
  }
}

/** Packed bytes that are inflated in one step: for small members, setting up a stream is most of the work. */
const SMALL = 64 * 1024;
/** What they may unpack to in one step. */
const SMALL_UNPACKED = 1024 * 1024;

/** Raw deflate of few bytes; undefined where it does not end well, or in too much. */
function inflateSmall(packed: Uint8Array): InflatedBlock | undefined {
  try {
    return inflateRawBlock(packed, { maxOutputLength: SMALL_UNPACKED });
  } catch {
    return undefined;
  }
}

/** Like `inflate`, of `length` packed bytes that can be read again: nothing is lost of what stands before damage. */
export async function* inflateAgain(packed: () => Chunks, length: number, outcome: Inflated): Chunks {
  if (length <= SMALL) {
    for await (const piece of packed()) {
      const whole = piece.length === length ? inflateSmall(piece) : undefined;
      if (whole === undefined) break;
      outcome.consumed = whole.consumed;
      outcome.state = 'ended';
      if (whole.bytes.length > 0) yield whole.bytes;
      return;
    }
  }
  let given = 0;
  for await (const bytes of inflate(packed(), outcome)) {
    given += bytes.length;
    yield bytes;
  }
  if (outcome.state !== 'damaged') return;
  for await (const bytes of inflate(packed(), outcome, { fineFrom: Math.max(0, outcome.consumed - PIECE) })) {
    if (bytes.length > given) yield bytes.subarray(given);
    given = Math.max(0, given - bytes.length);
  }
}
