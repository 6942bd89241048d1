/** ELF cores of a machine's memory (kdump's /proc/vmcore, QEMU, VirtualBox) → dump map, by physical address. */
import { latin1 } from '../../bytes/convert.js';
import type { DumpMap, Hole, Region } from '../../types.js';
import { ELF32, PT_LOAD, PT_NOTE } from '../elf-core/format.js';
import type { CoreNotes } from '../elf-core/notes.js';
import type { Core, Segment } from '../elf-core/segments.js';
import { MAX_VALUE, VMCOREINFO_FACTS } from './format.js';

/** Whether the notes are those of a machine. */
export function isVmcore({ machine }: CoreNotes): boolean {
  return machine !== undefined;
}

/** Regions of the loadable segments and notes, cut at `size`. Segments without bytes in the file are left out. */
export function physicalRegions(segments: readonly Segment[], { layout }: Core, size: number): Region[] {
  const regions: Region[] = [];
  for (const segment of segments) {
    const { type, offset, fileSize } = segment;
    if (fileSize === 0 || offset >= size) continue;
    const length = Math.min(fileSize, size - offset);
    if (type === PT_NOTE) regions.push({ offset, length, kind: 'metadata' });
    if (type !== PT_LOAD) continue;
    const { address, physical } = addressesOf(segment, layout === ELF32);
    regions.push({
      offset,
      length,
      kind: 'physical',
      ...(address !== undefined && { address }),
      ...(physical !== undefined && { physical }),
    });
  }
  return regions;
}

/**
 * kexec gives all ones where the kernel has no address for memory (high memory), and /proc/kcore where an address has no
 * fixed memory. QEMU writes zero, or the physical address once more, when it looked at no page tables.
 */
function addressesOf({ address, physical }: Segment, narrow: boolean): { address?: bigint; physical?: bigint } {
  const none = narrow ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
  if (physical === none) return { address };
  return address === none || address === 0n || address === physical ? { physical } : { address, physical };
}

/** Pages that makedumpfile left out. By physical address where there is no other. */
export function physicalHoles(segments: readonly Segment[], { layout }: Core): Hole[] {
  const holes: Hole[] = [];
  for (const segment of segments) {
    const { type, fileSize, memorySize } = segment;
    if (type !== PT_LOAD || memorySize <= fileSize) continue;
    const { address, physical } = addressesOf(segment, layout === ELF32);
    const start = address ?? physical ?? 0n;
    holes.push({ address: start + BigInt(fileSize), length: BigInt(memorySize - fileSize) });
  }
  return holes;
}

export function machineFacts({ machine, threads }: CoreNotes): DumpMap['facts'] {
  const facts: Array<readonly [string, string]> = [];
  if (machine === undefined) return facts;
  facts.push(['written by', machine.writer]);
  const lines = latin1(machine.vmcoreinfo).split('\n');
  for (const line of lines) {
    const equals = line.indexOf('=');
    const name = VMCOREINFO_FACTS[line.slice(0, Math.max(0, equals))];
    const value = line.slice(equals + 1, equals + 1 + MAX_VALUE);
    if (name !== undefined) facts.push([name, value]);
  }
  const processors = Math.max(threads.length, machine.processors);
  if (processors > 0) facts.push(['processors', String(processors)]);
  return facts;
}
