/** libvirt's save images (src/qemu/qemu_saveimage.h, struct _virQEMUSaveHeader), in the byte order of the host. */

export const MAGIC = 'LibvirtQemudSave';
/** Stands instead until the image is whole. */
export const PARTIAL = 'LibvirtQemudPart';
export const VERSION = 2;
/** Magic, five numbers and 14 unused ones, of 32 bits each. XML of the domain follows, with a NUL and perhaps more. */
export const HEADER = { length: 92, version: 16, dataLength: 20, wasRunning: 24, format: 28 } as const;
/** virQEMUSaveFormat. */
export const FORMATS = ['raw', 'gzip', 'bzip2', 'xz', 'lzop'] as const;
