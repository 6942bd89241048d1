/** zstd of node:zlib, several times as fast as fzstd. Node has it from 22.15 on: undefined before, and not in the types of 20. */

import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

interface NodeZstd {
  readonly createZstdDecompress?: (options: { chunkSize: number; params: Record<number, number> }) => Transform & {
    readonly bytesWritten: number;
  };
  readonly zstdDecompressSync?: (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
}

export const { createZstdDecompress, zstdDecompressSync } = zlib as NodeZstd;
