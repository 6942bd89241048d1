/**
 * The program of a Linux process, by the top of its stack: above the environment the kernel puts the path of the program
 * and eight zero bytes, at the very end of the stack's mapping (fs/exec.c, bprm->p and copy_string_kernel of filename).
 */
import { latin1 } from '../../bytes/convert.js';
import { PAGE } from './memory.js';
import type { Extent } from './page-tables.js';

/** Page numbers: the stack lies in the topmost terabyte of the lower half. */
const STACK_FROM = 0x7f00_0000_0000 / PAGE;
const ZEROS = 8;
const MAX_PATH = 1024;

/** Where the last page of each mapping in the stack's part of the address space lies, the topmost first. */
export function stackTops(extents: readonly Extent[]): number[] {
  const tops: number[] = [];
  extents.forEach(({ virtual, offset, pages }, index) => {
    const end = virtual + pages;
    if (end > STACK_FROM && extents[index + 1]?.virtual !== end) tops.push(offset + (pages - 1) * PAGE);
  });
  return tops.reverse();
}

/** The path at the end of a stack's last page; undefined when the page is none. */
export function programAt(page: Uint8Array): string | undefined {
  const end = page.length - ZEROS;
  if (page.subarray(end).some((byte) => byte !== 0) || page[end - 1] !== 0) return undefined;
  let start = end - 1;
  while (start > end - MAX_PATH && isPathByte(page[start - 1] as number)) start--;
  // The environment or the arguments stand before it, and end with a zero, too.
  if (end - 1 - start < 2 || page[start - 1] !== 0 || !isPathByte(page[start - 2] as number)) return undefined;
  return latin1(page, start, end - 1);
}

function isPathByte(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}
