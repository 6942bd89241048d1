/** makedumpfile's flattened format (IMPLEMENTATION, "The flattened format"): all numbers are big-endian, whatever the machine. */

/** struct makedumpfile_header; the file's first data header stands at HEADER_LENGTH. */
export const SIGNATURE = 'makedumpfile\0\0\0\0';
export const HEADER_LENGTH = 4096;
export const TYPE = { offset: 16, flat: 1n } as const;
/** struct makedumpfile_data_header: where the data belongs, and how long it is. Both are -1 at the end. */
export const RECORD = { length: 16, offset: 0, size: 8 } as const;
export const END = -1n;
