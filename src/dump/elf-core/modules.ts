/** The files that a process had mapped, and how far each of their copies in memory reaches. */
import type { Module } from '../../types.js';
import type { MappedFile } from './notes.js';

/**
 * The segments of one program lie at most as far apart as its linker aligns them (2 MiB, rarely 64 MiB with huge pages).
 * What lies further on is a second copy: node, for one, maps parts of its program again, far away.
 */
const MAX_DISTANCE = 64n * 1024n * 1024n;

/** Mappings of one file that belong together, as one module each. `files` are sorted by start. */
export function modulesOf(files: readonly MappedFile[]): Module[] {
  const modules: Array<{ name: string; address: bigint; end: bigint }> = [];
  const latest = new Map<string, (typeof modules)[number]>();
  for (const { name, start, end } of files) {
    const known = latest.get(name);
    if (known !== undefined && start - known.end <= MAX_DISTANCE) {
      if (end > known.end) known.end = end;
      continue;
    }
    // A mapping that ends before it starts is a lie; it has no bytes.
    const module = { name, address: start, end: end > start ? end : start };
    modules.push(module);
    latest.set(name, module);
  }
  return modules.map(({ name, address, end }) => ({ name, address, length: end - address }));
}
