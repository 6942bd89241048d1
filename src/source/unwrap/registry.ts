/** Every unpacker. Magic decides which one is taken, never the extension; the first that matches. */
import { closeSync, openSync, readSync } from 'node:fs';
import { apport } from './apport.js';
import { bzip2 } from './bzip2.js';
import { cab } from './cab/cab.js';
import { gzip } from './gzip.js';
import { lz4 } from './lz4.js';
import { lzma } from './lzma.js';
import { lzop } from './lzop.js';
import { multipart } from './multipart.js';
import { sevenZip } from './seven-zip/seven-zip.js';
import { snappy } from './snappy.js';
import { tar } from './tar/tar.js';
import type { Wrapper } from './wrapper.js';
import { xz } from './xz.js';
import { zip } from './zip/zip.js';
import { zstd } from './zstd.js';

export const WRAPPERS: readonly Wrapper[] = [
  gzip,
  zstd,
  xz,
  lzma,
  lz4,
  bzip2,
  snappy,
  lzop,
  tar,
  zip,
  sevenZip,
  apport,
  cab,
  multipart,
];

/** Bytes that `matches` wants to see. */
export const HEAD_LENGTH = 512;

export function wrapperOf(head: Uint8Array, wrappers: readonly Wrapper[] = WRAPPERS): Wrapper | undefined {
  return wrappers.find((wrapper) => wrapper.matches(head));
}

/** Whether a file begins like something that is packed; one that cannot be read does not. */
export function beginsPacked(path: string): boolean {
  try {
    const fd = openSync(path, 'r');
    try {
      const head = new Uint8Array(HEAD_LENGTH);
      return wrapperOf(head.subarray(0, readSync(fd, head, 0, HEAD_LENGTH, 0))) !== undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
