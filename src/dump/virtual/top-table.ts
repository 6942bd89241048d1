/**
 * Recognises the top page table (PML4) of a process among the pages of a machine's memory, by what every one of them has:
 * in Linux the last entry leads to the kernel's own mapping, and is the same in all (arch/x86/kernel/head_64.S,
 * init_top_pgt); in Windows one entry of the upper half leads back to the table itself.
 */

const PAGE = 4096;
const LAST = 511 * 8;
/** Flags of an entry that leads to a table: present, writable, accessed and dirty; user or not. */
const KERNEL_TABLE = 0x063;
const USER_TABLE = 0x067;
/** Bits 52 to 62 are the system's or reserved; 63 forbids execution. */
const UNUSED_HIGH = 0x7ff0_0000;
const PRESENT = 1n;
/** Bits 12 to 51 of an entry. */
const PAGE_NUMBER = 0x000f_ffff_ffff_f000n;

export type TopTableKind = 'linux' | 'windows';

/** `page`: the number of the page at `at`, for the table that leads to itself. */
export function topTableKind(view: DataView, at: number, page: number): TopTableKind | undefined {
  const flags = view.getUint32(at + LAST, true) & 0xfff;
  if ((flags === KERNEL_TABLE || flags === USER_TABLE) && leadsSomewhere(view, at)) return 'linux';
  // Page 0 is the firmware's: small integers in any file's first page would lead there.
  return page > 0 && leadsToItself(view, at, page) ? 'windows' : undefined;
}

/** All entries are empty or lead to tables, and some of them are the process's. */
function leadsSomewhere(view: DataView, at: number): boolean {
  let user = 0;
  for (let index = 0; index < 512; index++) {
    const low = view.getUint32(at + index * 8, true);
    const high = view.getUint32(at + index * 8 + 4, true);
    if (low === 0 && high === 0) continue;
    if ((low & 1) === 0 || (low & 0x80) !== 0 || (high & UNUSED_HIGH) !== 0) return false;
    if (index < 256) {
      if ((low & 7) !== 7) return false;
      user++;
    }
  }
  return user > 0;
}

/** Windows moves this entry about; it is always in the upper half, and valid, writable and for the system alone. */
function leadsToItself(view: DataView, at: number, page: number): boolean {
  const low = page << 12;
  const high = Math.floor(page / 2 ** 20);
  for (let index = 256; index < 512; index++) {
    const entry = view.getInt32(at + index * 8, true);
    if ((entry & ~0xfff) !== low || (entry & 7) !== 3) continue;
    if ((view.getUint32(at + index * 8 + 4, true) & 0x000f_ffff) === high) return true;
  }
  return false;
}

/** The last entry, by which tables of one kernel are told from chance. */
export function kernelEntry(table: Uint8Array): bigint {
  return new DataView(table.buffer, table.byteOffset, PAGE).getBigUint64(LAST, true) & ~0x60n;
}

/** The tables of the process's own half, whatever flags lead to them: the same text for the same tables. */
export function userTables(table: Uint8Array): string {
  const view = new DataView(table.buffer, table.byteOffset, PAGE);
  const tables: string[] = [];
  for (let index = 0; index < 256; index++) {
    const entry = view.getBigUint64(index * 8, true);
    if ((entry & PRESENT) !== 0n) tables.push(`${index}:${(entry & PAGE_NUMBER).toString(36)}`);
  }
  return tables.join(' ');
}
