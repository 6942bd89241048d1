/** Layout of VMware's suspended states (.vmss) and snapshots (.vmsn), from crash's vmware_vmss.h and vmware_vmss.c. */

/** Id 0, version 4, count of groups 8. */
export const HEADER = { size: 12, groups: 8 } as const;
/** The one id of states with 32-bit sizes (volatility3, layers/vmware.py); the others' are of 64 bits. */
export const OLD_ID = 0xbed0bed0;
export const IDS: ReadonlySet<number> = new Set([OLD_ID, 0xbed2bed2, 0xbed3bed3, 0xbad1bad1, 0xbad2bad2]);

/** Name, padded with NUL; where its tags begin 64, size 72. */
export const GROUP = { size: 80, name: 64, position: 64 } as const;

/** A tag's 16 bits: length of its name, count of 32-bit indices, size of its value or one of two words for blocks. */
export const TAG = {
  nameShift: 8,
  indexShift: 6,
  indexMask: 3,
  sizeMask: 0x3f,
  block: 0x3f,
  compressed: 0x3e,
} as const;

export const PAGE = 4096;
