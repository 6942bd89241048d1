/** VMCOREINFO: lines NAME=VALUE that the kernel wrote about itself (Linux, admin-guide/kdump/vmcoreinfo.rst). */
import { latin1 } from '../../bytes/convert.js';
import type { RandomBytes } from '../../source/unwrap/chunks.js';
import type { Span } from '../../types.js';

/** The kernel's own is one page. */
const MAX_LENGTH = 1 << 20;

/** What is told of it; addresses of the kernel among them, which tools that read the dump need. */
const TOLD = /^(OSRELEASE|PAGESIZE|KERNELOFFSET|NUMBER\(phys_base\)|CRASHTIME|BUILD-ID)=([\x21-\x7e]{1,80})$/;

/** Empty where there is none. */
export async function readVmcoreinfo(file: RandomBytes, { offset, length }: Span): Promise<Array<[string, string]>> {
  if (length === 0) return [];
  const text = latin1(await file.read(offset, Math.min(length, MAX_LENGTH)));
  const facts: Array<[string, string]> = [];
  for (const line of text.split('\n')) {
    const match = TOLD.exec(line);
    if (match) facts.push([`kernel ${match[1]}`, match[2] as string]);
  }
  return facts;
}
