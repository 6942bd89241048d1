/** Records of makedumpfile's flattened format, after its IMPLEMENTATION. */
export interface FlatRecord {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function buildFlattened(records: readonly FlatRecord[], tail = Buffer.alloc(0)): Uint8Array {
  const header = Buffer.alloc(4096);
  header.write('makedumpfile', 'latin1');
  header.writeBigInt64BE(1n, 16);
  header.writeBigInt64BE(1n, 24);
  const parts: Uint8Array[] = [header];
  for (const { offset, bytes } of [...records, { offset: -1, bytes: undefined }]) {
    const head = Buffer.alloc(16);
    head.writeBigInt64BE(BigInt(offset), 0);
    head.writeBigInt64BE(BigInt(bytes?.length ?? -1), 8);
    parts.push(head, bytes ?? new Uint8Array(0));
  }
  return Uint8Array.from(Buffer.concat([...parts, tail]));
}

/** A file cut into records of `length` bytes, in an order that jumps about. */
export function scattered(file: Uint8Array, length: number): FlatRecord[] {
  const records: FlatRecord[] = [];
  for (let offset = 0; offset < file.length; offset += length) {
    records.push({ offset, bytes: file.subarray(offset, offset + length) });
  }
  return records.map((_, i) => records[(i * 7919) % records.length] as FlatRecord);
}
