/**
 * Deflated blocks of which the length is known. What stands between the end of the stream and that of the block would
 * never be looked at, and zlib does not mind it: hence it is told how many bytes the stream took.
 */
import { inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { FormatError } from '../errors.js';

/** Node's types do not tell what `info` gives. */
type Inflate = (
  packed: Uint8Array,
  options: ZlibOptions & { info: true },
) => { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

export interface InflatedBlock {
  readonly bytes: Uint8Array;
  /** Packed bytes that belong to the stream. */
  readonly consumed: number;
}

/** Raw deflate. Throws zlib's errors. */
export function inflateRawBlock(packed: Uint8Array, options: ZlibOptions): InflatedBlock {
  const { buffer, engine } = (inflateRawSync as unknown as Inflate)(packed, { ...options, info: true });
  return { bytes: buffer, consumed: engine.bytesWritten };
}

/** A zlib stream that takes all of `packed`. Throws zlib's errors, and a FormatError where bytes are left. */
export function inflateWhole(packed: Uint8Array, maxOutputLength: number): Uint8Array {
  const { buffer, engine } = (inflateSync as unknown as Inflate)(packed, { maxOutputLength, info: true });
  if (engine.bytesWritten !== packed.length) throw new FormatError('bytes behind the end of a zlib stream');
  return buffer;
}
