/** Every unpacker. Magic decides which one is taken, never the extension; the first that matches. */
import { apport } from './apport.js';
import { cab } from './cab/cab.js';
import { multipart } from './multipart.js';
import { tar } from './tar/tar.js';
import type { Wrapper } from './wrapper.js';
import { zip } from './zip/zip.js';

export const WRAPPERS: readonly Wrapper[] = [tar, zip, apport, cab, multipart];

/** Bytes that `matches` wants to see. */
export const HEAD_LENGTH = 512;

export function wrapperOf(head: Uint8Array, wrappers: readonly Wrapper[] = WRAPPERS): Wrapper | undefined {
  return wrappers.find((wrapper) => wrapper.matches(head));
}
