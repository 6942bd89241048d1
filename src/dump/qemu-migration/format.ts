/** QEMU's migration stream (migration/savevm.c, migration/ram.c, migration/qemu-file-types.h): all numbers are big-endian. */

export const MAGIC = 'QEVM';
export const VERSION = 3;

/** savevm.c: what comes next. */
export const SECTION = {
  start: 0x01,
  part: 0x02,
  end: 0x03,
  full: 0x04,
  subsection: 0x05,
  configuration: 0x07,
  command: 0x08,
  footer: 0x7e,
} as const;

/** ram.c: in the bits of an address that are below a page. */
export const RAM = {
  zero: 0x02,
  memSize: 0x04,
  page: 0x08,
  eos: 0x10,
  continue: 0x20,
  xbzrle: 0x40,
  compressed: 0x100,
  multifdFlush: 0x200,
} as const;

/** Of all machines that Debian's QEMU runs with KVM. Others say so in `configuration/target-page-bits`. */
export const PAGE_BITS = 12;
export const MAX_PAGE_BITS = 16;

const GIB = 2 ** 30;

/**
 * Where the main memory of a machine lies. hw/i386/pc_piix.c and pc_q35.c: what does not fit below the devices follows at
 * 4 GiB (unless the machine was started with max-ram-below-4g). hw/arm/virt.c: memory begins at 1 GiB. Undefined where
 * it is not known.
 */
export function physicalOf(machine: string, block: string, size: number, offset: number): number | undefined {
  const name = block.replace(/^\/objects\//, '');
  if (name === 'pc.ram' && /^pc(-|$)/.test(machine)) {
    const q35 = machine.startsWith('pc-q35');
    const [limit, low] = q35 ? [0xb0000000, 2 * GIB] : [0xe0000000, 3 * GIB];
    return size < limit || offset < low ? offset : offset - low + 4 * GIB;
  }
  if (name === 'mach-virt.ram' && machine.startsWith('virt')) return GIB + offset;
  return name === 's390.ram' ? offset : undefined;
}
