/** Every unpacker. Magic decides which one is taken, never the extension; the first that matches. */
import { bzip2 } from './bzip2.js';
import { gzip } from './gzip.js';
import { lz4 } from './lz4.js';
import { lzma } from './lzma.js';
import { lzop } from './lzop.js';
import { snappy } from './snappy.js';
import type { Wrapper } from './wrapper.js';
import { xz } from './xz.js';
import { zstd } from './zstd.js';

export const WRAPPERS: readonly Wrapper[] = [gzip, zstd, xz, lzma, lz4, bzip2, snappy, lzop];

/** Bytes that `matches` wants to see. */
export const HEAD_LENGTH = 512;

export function wrapperOf(head: Uint8Array, wrappers: readonly Wrapper[] = WRAPPERS): Wrapper | undefined {
  return wrappers.find((wrapper) => wrapper.matches(head));
}
