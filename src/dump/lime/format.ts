/** Layout of LiME's dumps: lime_mem_range_header of LiME's lime.h, in the byte order of the machine. */

/** Magic 0x4C694D45 0, version 4, first address 8, last address 16 (it belongs to the range), reserved 24. */
export const HEADER = { size: 32, magic: 0, version: 4, first: 8, last: 16 } as const;
export const MAGIC = 0x4c694d45;
export const VERSION = 1;
