/**
 * As much of a loaded kernel as other readers look for (PE/COFF specification, sections 3 to 6.3): headers with a section
 * POOLCODE, and an export directory that names PsInitialSystemProcess, whose value is `system`.
 */
export function ntoskrnl(system: bigint): Buffer {
  const image = Buffer.alloc(0x4000);
  image.write('MZ', 0, 'latin1');
  image.writeUInt32LE(0x80, 0x3c);
  image.write('PE\0\0', 0x80, 'latin1');
  // COFF header: machine, sections, size of the optional header, characteristics.
  image.writeUInt16LE(0x8664, 0x84);
  image.writeUInt16LE(2, 0x86);
  image.writeUInt16LE(0xf0, 0x94);
  image.writeUInt16LE(0x22, 0x96);
  const optional = 0x98;
  image.writeUInt16LE(0x20b, optional);
  // SectionAlignment, FileAlignment, SizeOfImage, SizeOfHeaders, NumberOfRvaAndSizes.
  image.writeUInt32LE(0x1000, optional + 32);
  image.writeUInt32LE(0x200, optional + 36);
  image.writeUInt32LE(0x20000, optional + 56);
  image.writeUInt32LE(0x400, optional + 60);
  image.writeUInt32LE(16, optional + 108);
  image.writeUInt32LE(EXPORTS, optional + 112);
  image.writeUInt32LE(0x200, optional + 116);
  for (const [index, name] of ['POOLCODE', '.data'].entries()) {
    const at = optional + 0xf0 + index * 40;
    image.write(name, at, 'latin1');
    image.writeUInt32LE(0x1000, at + 8);
    image.writeUInt32LE((index + 1) * 0x1000, at + 12);
  }
  // Export directory: name, base, functions, names; their addresses, names, ordinals.
  const fields = [EXPORTS + 0x80, 1, 1, 1, EXPORTS + 0x40, EXPORTS + 0x50, EXPORTS + 0x60];
  for (const [index, value] of fields.entries()) image.writeUInt32LE(value, EXPORTS + 12 + index * 4);
  image.writeUInt32LE(SYSTEM_PROCESS, EXPORTS + 0x40);
  image.writeUInt32LE(EXPORTS + 0xa0, EXPORTS + 0x50);
  image.write('ntoskrnl.exe\0', EXPORTS + 0x80, 'latin1');
  image.write('PsInitialSystemProcess\0', EXPORTS + 0xa0, 'latin1');
  image.writeBigUInt64LE(system, SYSTEM_PROCESS);
  return image;
}

const EXPORTS = 0x1000;
const SYSTEM_PROCESS = 0x2000;
/** Heads of lists that the kernel keeps, 16 bytes each. */
export const LIST_HEADS = { active: 0x3000n, kernel: 0x3010n, session: 0x3020n, memory: 0x3030n } as const;
